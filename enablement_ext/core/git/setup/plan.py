"""The plan of a set-up: steps, or refusals. Pure: the same facts give the same plan, nothing is written.

Steps and refusals are codes with facts (JSON values); the user interface has the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.repository_names import is_plain
from enablement_ext.core.git.setup.file_selection import HeldBack
from enablement_ext.core.git.shape import RepositoryFacts, ShapeCode, ShapeReason, shape_of, shown

SPARE_BYTES = 64 * 1024 * 1024


class StepKey(StrEnum):
    """The steps, in their order."""

    CONFIGURE = "configure"
    FORGE = "forge"
    PREPARE = "prepare"
    COMMIT = "commit"
    PUSH = "push"
    VERIFY = "verify"


class RefusalCode(StrEnum):
    """Why nothing is done, the most telling first."""

    NO_GIT = "no-git"
    NO_FOLDER = "no-folder"
    HOME = "home"
    NAME = "name"
    INSIDE = "inside"
    NESTED = "nested"  # facts: repository, the first one below, None where its name is odd
    ODD = "odd"  # facts: shape, and what its reason tells
    BUSY = "busy"  # facts: operation
    OTHER_REMOTE = "other-remote"
    UNWRITABLE = "unwritable"
    NO_SPACE = "no-space"
    PERMISSION = "permission"  # facts: repository, ask
    GIT_CONFIG = "git-config"  # facts: file, problem, line where one is known


class FolderState(StrEnum):
    """Whether the folder has a repository, and whose."""

    NONE = "none"  # no repository
    OURS = "ours"  # made by this set-up
    ADOPTED = "adopted"  # the author's own, set up before
    THEIRS = "theirs"  # the author's own, not set up


class ObstacleKind(StrEnum):
    """Why the author's own configuration of Git cannot take the line that the set-up needs."""

    BROKEN = "broken"  # Git does not understand it
    UNREADABLE = "unreadable"
    UNWRITABLE = "unwritable"
    IGNORED = "ignored"  # Git is told to read none


@dataclass(frozen=True, slots=True)
class HomeObstacle:
    """What is in the way in the home. `line` is that of a mistake, 0 where it is not known."""

    file: str
    kind: ObstacleKind
    line: int = 0

    def facts(self) -> dict[str, object]:
        """As a refusal tells them."""
        line: dict[str, object] = {"line": self.line} if self.line else {}
        return {"file": shown(self.file), "problem": self.kind.value, **line}


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """An inspection of a folder. `folder` is relative to the home."""

    folder: str
    git: bool = True  # whether there is a Git at all
    exists: bool = True
    is_home: bool = False
    writable: bool = True
    in_repository: bool = False  # a folder above is a repository
    nested: tuple[str, ...] = ()  # repositories below, bare ones and links included
    repository: RepositoryFacts = field(default_factory=RepositoryFacts)  # its own one
    free_bytes: int = 1 << 40
    state: FolderState = FolderState.NONE
    has_commits: bool = False
    configured: bool = False
    kept: tuple[str, ...] = ()
    held: tuple[HeldBack, ...] = ()
    changed: bool = True  # whether a file that goes in differs from the last version
    obstacle: HomeObstacle | None = None


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step. `done`: nothing is left to do. Facts of `FORGE`: shared; of `PREPARE`: existing; of `COMMIT`: files, first."""

    key: StepKey
    done: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RepositoryStanding:
    """What the person may do with the repository. `repository` is its name as people read it, `ask` a sentence that says whom to ask.

    `shared`: it is there already, and others may have written to it.
    """

    access: Access = Access.WRITE
    repository: str = ""
    ask: str = ""
    shared: bool = False

    @property
    def refusal(self) -> PlanRefusal:
        """Why nothing is written to it."""
        return PlanRefusal(RefusalCode.PERMISSION, {"repository": self.repository, "ask": self.ask})


@dataclass(frozen=True, slots=True)
class PlanRefusal:
    """Why nothing is done."""

    code: RefusalCode
    facts: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """The JSON object of the contract's schema `GitRefusal`."""
        return {"code": self.code.value, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """The steps; with a refusal there are none."""

    folder: str
    url: str
    steps: tuple[SetupStep, ...]
    kept: tuple[str, ...]
    held: tuple[HeldBack, ...]
    refusals: tuple[PlanRefusal, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether it may be applied."""
        return not self.refusals


def make_plan(facts: FolderFacts, url: str, standing: RepositoryStanding = RepositoryStanding()) -> SetupPlan:
    """The plan for a folder whose remote is to be this URL. Who may only read connects what is there; nothing is written to the server."""
    refusals = (*_not_permitted(facts, standing), *_refusals(facts, url))
    steps = () if refusals else tuple(_steps(facts, url, standing))
    return SetupPlan(facts.folder, url, steps, facts.kept, facts.held, refusals)


def _not_permitted(facts: FolderFacts, standing: RepositoryStanding) -> tuple[PlanRefusal, ...]:
    """Told before anything is written."""
    nothing = standing.access is Access.NONE
    return (standing.refusal,) if nothing or (standing.access is Access.READ and not facts.has_commits) else ()


def _refusals(facts: FolderFacts, url: str) -> list[PlanRefusal]:
    """All refusals, the most telling first."""
    if not facts.git:
        return [PlanRefusal(RefusalCode.NO_GIT)]
    if not facts.exists:
        return [PlanRefusal(RefusalCode.NO_FOLDER)]
    odd_name = not all(is_plain(part) for part in facts.folder.split("/")) and not facts.is_home
    first = {
        RefusalCode.HOME: facts.is_home,
        RefusalCode.NAME: odd_name,
        RefusalCode.INSIDE: facts.in_repository,
        RefusalCode.NESTED: bool(facts.nested),
    }
    last = {
        RefusalCode.UNWRITABLE: not facts.writable,
        RefusalCode.NO_SPACE: facts.free_bytes < SPARE_BYTES,
        RefusalCode.GIT_CONFIG: facts.obstacle is not None,
    }
    shape = shape_of(facts.repository, url)
    return [
        *(PlanRefusal(code, _refusal_facts(code, facts)) for code, true in first.items() if true),
        *(shape_refusal(reason) for reason in shape[:1]),
        *(PlanRefusal(code, _refusal_facts(code, facts)) for code, true in last.items() if true),
    ]


def shape_refusal(reason: ShapeReason) -> PlanRefusal:
    """The refusal for a repository that is not understood."""
    if reason.code is ShapeCode.OPERATION:
        return PlanRefusal(RefusalCode.BUSY, reason.facts)
    if reason.code is ShapeCode.OTHER_REMOTE:
        return PlanRefusal(RefusalCode.OTHER_REMOTE)
    return PlanRefusal(RefusalCode.ODD, {"shape": reason.code.value, **reason.facts})


def _refusal_facts(code: RefusalCode, facts: FolderFacts) -> dict[str, object]:
    if code is RefusalCode.NESTED:
        return {"repository": facts.nested[0] if is_plain(facts.nested[0]) else None}
    return facts.obstacle.facts() if code is RefusalCode.GIT_CONFIG and facts.obstacle else {}


def _steps(facts: FolderFacts, url: str, standing: RepositoryStanding) -> list[SetupStep]:
    fresh = facts.state in (FolderState.NONE, FolderState.OURS)
    connected = facts.repository.origin == url
    prepared = facts.state in (FolderState.OURS, FolderState.ADOPTED) and connected
    commit = _commit(facts) if fresh or not facts.has_commits else []
    here = SetupStep(StepKey.PREPARE, prepared, {"existing": not fresh})
    if standing.access is not Access.WRITE:
        return [SetupStep(StepKey.CONFIGURE, facts.configured), here]
    return [
        SetupStep(StepKey.CONFIGURE, facts.configured),
        SetupStep(StepKey.FORGE, facts={"shared": standing.shared}),
        here,
        *commit,
        SetupStep(StepKey.PUSH),
        SetupStep(StepKey.VERIFY),
    ]


def _commit(facts: FolderFacts) -> list[SetupStep]:
    done = facts.has_commits and not facts.changed
    return [SetupStep(StepKey.COMMIT, done, {"files": len(facts.kept), "first": not facts.has_commits})]
