"""From what is there to what will be done: a plan with one plain sentence for each step, or the reasons why there is none.

Pure: a plan is a value, nothing has been written when it is made, and the same facts give the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from enablement_ext.core.git.repository_names import is_plain
from enablement_ext.core.git.setup.file_selection import HeldBack

SPARE_BYTES = 64 * 1024 * 1024


class StepKey(StrEnum):
    """The steps, in their order."""

    CONFIGURE = "configure"
    FORGE = "forge"
    PREPARE = "prepare"
    COMMIT = "commit"
    PUSH = "push"
    VERIFY = "verify"


class FolderState(StrEnum):
    """What the folder is to Git."""

    NONE = "none"  # no repository
    OURS = "ours"  # made by this set-up
    ADOPTED = "adopted"  # theirs, set up before
    THEIRS = "theirs"  # a repository that somebody made


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """What a look at the folder found; nothing was written for it. Sizes in bytes, `folder` relative to the home."""

    folder: str
    git: bool = True  # whether there is a Git at all
    exists: bool = True
    is_home: bool = False
    writable: bool = True
    in_repository: bool = False  # a folder above is a repository
    nested: tuple[str, ...] = ()  # repositories below, bare ones and links included
    anomaly: str = ""  # what is unusual about its own repository
    in_progress: str = ""  # "merge", "rebase", … that is not finished
    free_bytes: int = 1 << 40
    state: FolderState = FolderState.NONE
    has_commits: bool = False
    origin: str = ""
    configured: bool = False
    kept: tuple[str, ...] = ()
    held: tuple[HeldBack, ...] = ()
    changed: bool = True  # whether a file that goes in differs from the last version
    too_many: bool = False


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step: what is done, and the idea behind it in one line. `done`: there is nothing left to do."""

    key: StepKey
    sentence: str
    idea: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class PlanRefusal:
    """Why nothing is done, in a sentence for the author."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """What would be done; with a refusal nothing is."""

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


def make_plan(facts: FolderFacts, url: str) -> SetupPlan:
    """The plan for a folder whose repository on the forge has this address."""
    refusals = tuple(_refusals(facts, url))
    steps = () if refusals else tuple(_steps(facts, url))
    return SetupPlan(facts.folder, url, steps, facts.kept, facts.held, refusals)


def _refusals(facts: FolderFacts, url: str) -> list[PlanRefusal]:
    """All reasons, the most telling first. Nothing is asked of a folder that is not there."""
    if not facts.git:
        return [PlanRefusal("no-git", "This image has no Git. Start a server with an image that has it.")]
    if not facts.exists:
        return [PlanRefusal("no-folder", "This folder is not there, or not in your home.")]
    found = [
        (
            facts.is_home,
            "home",
            "This is your home itself. Put the work into a folder of its own, then set up Git there.",
        ),
        (
            not all(is_plain(part) for part in facts.folder.split("/")) and not facts.is_home,
            "name",
            "The folder's name has characters that other tools stumble over. Give it a plain name.",
        ),
        (
            facts.in_repository,
            "inside",
            "A folder above this one is under Git already; this folder belongs to it.",
        ),
        (
            bool(facts.nested),
            "nested",
            f"There is a repository inside this folder: {_first(facts.nested)}. Move it elsewhere first.",
        ),
        (bool(facts.anomaly), "odd", f"The repository of this folder is unusual: {facts.anomaly}. It is left alone."),
        (bool(facts.in_progress), "busy", f"A {facts.in_progress} is not finished here. Finish or abort it first."),
        (
            not _ours(facts, url),
            "other-remote",
            "This repository is published somewhere else already. It is left alone.",
        ),
        (not facts.writable, "unwritable", "This folder, or your home, cannot be written to."),
        (facts.free_bytes < SPARE_BYTES, "no-space", "There is too little space left in your home."),
        (
            facts.too_many,
            "too-many",
            "There are too many files in this folder. Set up Git for a folder with the work alone.",
        ),
    ]
    return [PlanRefusal(code, sentence) for true, code, sentence in found if true]


def _ours(facts: FolderFacts, url: str) -> bool:
    """Whether the remote is none yet, the one of the plan, or the one a set-up made when the service was at another address."""
    moved = urlsplit(facts.origin).path == urlsplit(url).path and facts.state in (
        FolderState.OURS,
        FolderState.ADOPTED,
    )
    return facts.origin in ("", url) or moved


def _steps(facts: FolderFacts, url: str) -> list[SetupStep]:
    fresh = facts.state in (FolderState.NONE, FolderState.OURS)
    connected = facts.origin == url
    commit = _commit(facts) if fresh or not facts.has_commits else []
    return [
        SetupStep(
            StepKey.CONFIGURE,
            "Tell Git who you are, and where to ask for a key when it needs one.",
            "One line is added to ~/.gitconfig. No password is stored: a key is made when needed and ends by itself.",
            facts.configured,
        ),
        SetupStep(
            StepKey.FORGE,
            "Make a place for this folder's versions on the server.",
            "What is pushed there can be seen by you, and stays when your own server is gone.",
        ),
        SetupStep(
            StepKey.PREPARE,
            "Start keeping versions in this folder."
            if fresh
            else "Connect the repository that is here with its place.",
            "A repository is a folder whose versions are kept, in a hidden folder named .git.",
            facts.state in (FolderState.OURS, FolderState.ADOPTED) and connected,
        ),
        *commit,
        SetupStep(
            StepKey.PUSH,
            "Copy the versions to the server.",
            "To push is to copy versions that are here to their place on the server.",
        ),
        SetupStep(StepKey.VERIFY, "Look whether they arrived.", "The server is asked which version it has."),
    ]


def _commit(facts: FolderFacts) -> list[SetupStep]:
    count = len(facts.kept)
    files = "1 file" if count == 1 else f"{count} files"
    return [
        SetupStep(
            StepKey.COMMIT,
            f"Keep a first version of {files}." if not facts.has_commits else f"Keep a version of {files}.",
            "A commit is a version of your files with a sentence about it. Results of notebook cells stay out of it.",
            facts.has_commits and not facts.changed,
        )
    ]


def _first(nested: tuple[str, ...]) -> str:
    return nested[0] if nested and is_plain(nested[0]) else "one with an odd name"
