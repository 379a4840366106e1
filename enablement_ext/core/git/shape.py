"""The shape of a repository: whether everything about it is understood, or why not.

The everyday buttons act only in a repository that is wholly understood, and ask at the moment they act. In any other the lab shows what is there, says
in one sentence what it is, and leaves it to the Git panel and the terminal. Pure: the same facts give the same reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from enablement_ext.core.git.config_keys import Settings, is_partial, setting, unknown_setting, wants_signatures
from enablement_ext.core.git.repository_names import is_plain

CONVERTED = ("filter", "working-tree-encoding", "eol", "ident")
_HARMLESS = {"filter": ("enablement",), "eol": ("lf",)}
_UNSET = ("unspecified", "unset")


class ShapeCode(StrEnum):
    """Why a repository is left alone, the most telling first."""

    ELSEWHERE = "elsewhere"  # `.git` is a link or a file
    BORROWS = "borrows"  # objects, refs or settings of another repository
    UNREADABLE = "unreadable"
    OPERATION = "operation"  # facts: operation
    DETACHED = "detached"
    SUBMODULES = "submodules"
    WORKTREES = "worktrees"
    CONVERTED = "converted"  # facts: filter, path
    SPARSE = "sparse"
    SHALLOW = "shallow"
    PARTIAL = "partial"
    SIGNED = "signed"
    BRANCH = "branch"  # facts: branch; it goes to the server under another name, or its own is odd
    OTHER_REMOTE = "other-remote"
    SETTING = "setting"  # facts: setting
    LOCKED = "locked"  # facts: lock, held


class LockHolder(StrEnum):
    """Whether a Git runs that holds a lock."""

    NOBODY = "nobody"
    RUNNING = "running"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What was found out about a repository. `place` is a code for one that cannot be looked into at all."""

    place: ShapeCode | None = None
    settings: Settings = ()
    origin: str = ""
    connected: bool = False  # set up before, by this set-up
    operation: str = ""  # a merge, rebase, … that is not finished
    branch: str = "main"  # "" where `HEAD` is detached
    submodules: bool = False
    worktrees: bool = False
    conversions: tuple[tuple[str, str, str], ...] = ()  # path, attribute, value: what Git makes of files on their way
    sparse: bool = False
    shallow: bool = False
    promised: bool = False  # a pack whose objects are elsewhere
    signed: bool = False  # the author's own configuration asks for signatures
    lock: str = ""
    holder: LockHolder = LockHolder.NOBODY


@dataclass(frozen=True, slots=True)
class ShapeReason:
    """One reason. Facts are JSON values."""

    code: ShapeCode
    facts: Mapping[str, object] = field(default_factory=dict)


def shape_of(found: RepositoryFacts, url: str) -> tuple[ShapeReason, ...]:
    """Why the repository, whose place on the server is `url`, is left alone; nothing where it is understood."""
    if found.place is not None:
        return (ShapeReason(found.place),)
    reasons = {
        ShapeCode.OPERATION: {"operation": found.operation} if found.operation else None,
        ShapeCode.DETACHED: {} if not found.branch and not found.operation else None,
        ShapeCode.SUBMODULES: {} if found.submodules else None,
        ShapeCode.WORKTREES: {} if found.worktrees else None,
        ShapeCode.CONVERTED: _foreign(found),
        ShapeCode.SPARSE: {} if found.sparse else None,
        ShapeCode.SHALLOW: {} if found.shallow else None,
        ShapeCode.PARTIAL: {} if found.promised or is_partial(found.settings) else None,
        ShapeCode.SIGNED: {} if found.signed or wants_signatures(found.settings) else None,
        ShapeCode.BRANCH: None if not found.branch or _own_name(found) else {"branch": shown(found.branch)},
        ShapeCode.OTHER_REMOTE: None if _own_place(found, url) else {},
        ShapeCode.SETTING: _setting(found.settings),
        ShapeCode.LOCKED: {"lock": found.lock, "held": found.holder.value} if found.lock else None,
    }
    return tuple(ShapeReason(code, facts) for code, facts in reasons.items() if facts is not None)


def is_readable(found: RepositoryFacts) -> bool:
    """Whether status and history can be shown."""
    return found.place is None


def _foreign(found: RepositoryFacts) -> dict[str, object] | None:
    """The first file that a filter or conversion of somebody else's changes on its way into a version."""
    for path, attribute, value in found.conversions:
        if value not in _UNSET and value not in _HARMLESS.get(attribute, ()):
            name = value if attribute == "filter" else attribute
            return {"filter": shown(name), "path": shown(path)}
    return None


def _own_name(found: RepositoryFacts) -> bool:
    """Whether the branch goes to the server under its own name."""
    remote = setting(found.settings, f"branch.{found.branch}.remote")
    target = setting(found.settings, f"branch.{found.branch}.merge")
    return (
        is_plain(found.branch)
        and remote in ("", "origin")
        and target in ("", f"refs/heads/{found.branch}")
        and len(found.branch) <= 200
    )


def _own_place(found: RepositoryFacts, url: str) -> bool:
    """Whether `origin` is missing, is the place, or was it when the service was at another address."""
    if found.origin in ("", url):
        return True
    try:
        return found.connected and urlsplit(found.origin).path == urlsplit(url).path
    except ValueError:
        return False


def _setting(settings: Settings) -> dict[str, object] | None:
    key = unknown_setting(settings)
    return {"setting": shown(key)} if key else None


def shown(text: str) -> str:
    """A name out of a repository or a home, as it can be passed on."""
    return "".join(mark for mark in text if mark.isprintable())[:80]
