"""Gathering the facts about a repository from which its shape is told. Writes nothing, and runs nothing that the repository names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from enablement_ext.adapters.git.runner import GitLocation, GitRunner, RunOptions, joined_paths
from enablement_ext.adapters.git.shape.locks import first_lock
from enablement_ext.adapters.git.shape.repository_view import read_small
from enablement_ext.core.errors import GitFailed
from enablement_ext.core.git.config_keys import Settings, setting
from enablement_ext.core.git.shape import CONVERTED, LockHolder, RepositoryFacts, ShapeCode

_MOST_BYTES = 1024 * 1024
_OUTPUT = 256 * 1024 * 1024
_HEAD = b"ref: refs/heads/"
_SUBMODULE = "160000"
_IN_PROGRESS = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
    "sequencer": "cherry-pick",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What counts beside the repository itself: whether it was set up before, and what the author's own configuration says."""

    connected: bool = False
    signed: bool = False
    attributes: str = os.devnull  # the author's own file of attributes


@dataclass(frozen=True, slots=True)
class _Files:
    """What the index and the folder say."""

    submodules: bool
    sparse: bool
    conversions: tuple[tuple[str, str, str], ...]


def repository_facts(git: GitRunner, worktree: Path, around: Surroundings) -> RepositoryFacts:
    """The facts about the repository in a folder. Raises nothing: what cannot be read is a fact."""
    own = worktree / ".git"
    place = _place(own)
    if place is not None:
        return RepositoryFacts(place, connected=around.connected)
    try:
        settings = repository_settings(git, own)
        files = _files(git, GitLocation(str(own), str(worktree)), around)
        lock, holder = first_lock(worktree)
    except (GitFailed, OSError):
        return RepositoryFacts(ShapeCode.UNREADABLE, connected=around.connected)
    return RepositoryFacts(
        settings=settings,
        origin=setting(settings, "remote.origin.url"),
        connected=around.connected,
        operation=operation_in_progress(worktree),
        branch=current_branch(worktree),
        submodules=files.submodules or (own / "modules").is_dir(),
        worktrees=_has_entries(own / "worktrees"),
        conversions=files.conversions,
        sparse=files.sparse or setting(settings, "core.sparsecheckout") == "true",
        shallow=_is_filled(own / "shallow"),
        promised=any(islice((own / "objects/pack").glob("*.promisor"), 1)),
        signed=around.signed,
        lock=lock,
        holder=holder if lock else LockHolder.NOBODY,
    )


def repository_settings(git: GitRunner, git_dir: Path, seconds: float = 30.0) -> Settings:
    """The repository's own configuration, read as a file: what it includes is not read. Raises `GitFailed`."""
    file = git_dir / "config"
    if not file.exists():
        return ()
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST_BYTES:
        raise GitFailed("The repository's settings cannot be read.")
    arguments = ["config", "--file", str(file), "--no-includes", "--null", "--list"]
    read = git.run_checked(None, arguments, RunOptions(timeout=seconds))
    entries = read.stdout.decode("utf-8", "surrogateescape").split("\0")
    return tuple((entry.partition("\n")[0], entry.partition("\n")[2]) for entry in entries if entry)


def current_branch(worktree: Path) -> str:
    """The branch that `HEAD` names, "" where it names none."""
    try:
        head = read_small(worktree / ".git/HEAD")
    except OSError:
        return ""
    return head.removeprefix(_HEAD).decode("utf-8", "surrogateescape").strip() if head.startswith(_HEAD) else ""


def operation_in_progress(worktree: Path) -> str:
    """The merge, rebase, … that was begun and not finished, "" for none."""
    return next((word for name, word in _IN_PROGRESS.items() if os.path.lexists(worktree / ".git" / name)), "")


def _place(own: Path) -> ShapeCode | None:
    if own.is_symlink() or not own.is_dir() or (own / "commondir").exists():
        return ShapeCode.ELSEWHERE
    linked = ("objects", "refs", "config", "HEAD", "index", "packed-refs", "logs", "info", "shallow")
    if _is_filled(own / "objects/info/alternates") or any((own / name).is_symlink() for name in linked):
        return ShapeCode.BORROWS
    return None


def _files(git: GitRunner, location: GitLocation, around: Surroundings) -> _Files:
    """One listing of the index and of what lies beside it, and the attributes of all of these files."""
    listing = ["ls-files", "-z", "-v", "--stage", "--cached", "--others", "--exclude-standard"]
    entries = git.run_checked(location, listing, RunOptions(max_output=_OUTPUT, timeout=60)).entries
    tracked = [entry for entry in entries if not entry.startswith("? ")]
    paths = [entry.partition("\t")[2] for entry in tracked] + [entry[2:] for entry in entries if entry.startswith("? ")]
    return _Files(
        submodules=any(entry.split(" ", 2)[1] == _SUBMODULE for entry in tracked),
        sparse=any(entry[0] == "S" or entry[0].islower() for entry in tracked),
        conversions=_conversions(git, location, around, paths),
    )


def _conversions(
    git: GitRunner, location: GitLocation, around: Surroundings, paths: Iterable[str]
) -> tuple[tuple[str, str, str], ...]:
    """The first file of each attribute and value that says how Git converts it."""
    options = RunOptions(
        stdin=joined_paths(paths), config=(("core.attributesFile", around.attributes),), max_output=_OUTPUT, timeout=60
    )
    found = git.run_checked(location, ["check-attr", "-z", "--stdin", *CONVERTED], options).entries
    first: dict[tuple[str, str], str] = {}
    for path, attribute, value in zip(found[::3], found[1::3], found[2::3], strict=False):
        first.setdefault((attribute, value), path)
    return tuple((path, attribute, value) for (attribute, value), path in first.items())


def _has_entries(folder: Path) -> bool:
    return folder.is_dir() and any(islice(folder.iterdir(), 1))


def _is_filled(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0
