"""Ports of the author's side of Git: the working copy in their home, and its history. The forge's side is in `git.forges.ports`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from enablement_ext.core.git.forges.names import hosted_name, repository_of
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_name, repository_of_path
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.core.git.setup.file_selection import HeldBack
from enablement_ext.core.git.setup.plan import FolderFacts
from enablement_ext.core.git.shape import RepositoryFacts


@dataclass(frozen=True, slots=True)
class WorkingCopyOwner:
    """For whom a working copy is set up, and where its remote is. `base`: the address of the service's own forge, ending in `/git`.

    `forge`: what every clone address begins with, ending in a slash, where a forge elsewhere keeps repositories; else "".
    """

    person: GitIdentity
    base: str
    forge: str = ""

    def url(self, repository: RepositoryId) -> str:
        """The clone URL."""
        if self.forge:
            return f"{self.forge}{hosted_name(repository)}.git"
        return self.base.removesuffix("git") + repository.path

    def repository_of(self, folder: str) -> RepositoryId:
        """The repository that a folder of the home gets where nothing else is known of it."""
        return RepositoryId(Space.USER, self.person.name, repository_name(folder))

    def recognise(self, url: str) -> RepositoryId | None:
        """The repository with this clone URL, None where it is elsewhere, or only its forge can tell."""
        if self.forge:
            return (
                repository_of(url.removeprefix(self.forge).removesuffix(".git")) if url.startswith(self.forge) else None
            )
        below = self.base.removesuffix("git")
        return repository_of_path(url.removeprefix(below).removesuffix(".git")) if url.startswith(below) else None

    def hosts(self, url: str) -> bool:
        """Whether a remote's URL is on this forge."""
        return url.startswith(self.forge or f"{self.base}/")


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that a commit would take. `state`: new, changed or deleted."""

    path: str
    state: str


@dataclass(frozen=True, slots=True)
class UncommittedChanges:
    """What differs from `HEAD`; `held`: what differs and is not committed, with the reason; `unexpected`: those of it that the author would not think of."""

    files: tuple[ChangedFile, ...] = ()
    held: tuple[HeldBack, ...] = ()
    unexpected: tuple[HeldBack, ...] = ()


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """`changed`: files that a commit would take; `held`: those that it would not, though somebody would think so.

    `unpushed`: commits that the remote-tracking branch does not have.
    """

    state: str
    branch: str = ""
    changed: tuple[str, ...] = ()
    held: tuple[HeldBack, ...] = ()
    unpushed: int = 0
    commit: str = ""


class WorkingCopy(Protocol):
    """Repositories in one author's home. Folders are relative to it. Every method blocks and is idempotent."""

    @property
    def owner(self) -> WorkingCopyOwner:
        """The author whose commits these are, and the addresses that may be pushed to."""
        ...

    def place(self, folder: str) -> RepositoryId | None:
        """The repository that a folder was set up for, wherever it was moved since; None for one that was not set up."""
        ...

    def free_name(self, folder: str, group: str = "") -> str:
        """The name that a repository for this folder gets, a person's or a group's: none that another folder was set up for."""
        ...

    def copies(self) -> Mapping[str, str]:
        """The folders that were set up and are still there, by the path of their repository."""
        ...

    def is_free(self, folder: str) -> bool:
        """Whether nothing of that name is there."""
        ...

    def clone(self, folder: str, repository: RepositoryId) -> None:
        """Make this folder, which must not be there, from a repository of the forge. Raises `SetupRefused`, `GitFailed`, `ForgeAway`, `NoSpace`."""
        ...

    def inspect(self, folder: str) -> FolderFacts:
        """What a set-up would find. Writes nothing, and runs nothing that the folder names."""
        ...

    def repository(self, folder: str) -> RepositoryFacts:
        """The facts about the folder's repository; those of an understood one where there is none. Writes nothing."""
        ...

    def release_locks(self, folder: str, asked: bool = False) -> None:
        """Remove locks that no Git holds any more; `asked`: also where that cannot be known, because a person says so."""
        ...

    def configure(self) -> None:
        """Write the managed Git configuration of the home. Raises `NoSpace`, `GitFailed`."""
        ...

    def prepare(self, folder: str, repository: RepositoryId) -> None:
        """Initialise a Git repository where there is none, set its remote and its branch's upstream; after `configure`. Raises `GitFailed`."""
        ...

    def adopt_history(self, folder: str) -> bool:
        """Give a repository without commits its remote's history; whether it did. Existing files stay as they are. Raises `GitFailed`."""
        ...

    def commit(self, folder: str, paths: Sequence[str], message: str) -> str:
        """Commit these files and return the commit; `HEAD` where nothing differs. Raises `GitFailed`."""
        ...

    def push(self, folder: str) -> None:
        """Push the branch to the forge under its own name, without force. Raises `GitFailed`, `ForgeAhead`, `ForgeAway`."""
        ...

    def heads(self, folder: str) -> tuple[str, str]:
        """The commit of `HEAD` and that of its branch on the forge, "" for none. Raises `GitFailed`, `ForgeAway`."""
        ...

    def status(self, folder: str) -> FolderStatus:
        """Branch, uncommitted files and unpushed commits, without asking the forge."""
        ...

    def undo(self, folder: str) -> str:
        """Remove what the set-up made. Commits that the forge does not have are kept in a bundle beside the folder, whose name is returned.

        Raises `SetupRefused` where the checked out branch has some, `GitFailed`, `ForgeAway`.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileVersion:
    """A commit that changed a file. `pushed`: the remote-tracking branch has it."""

    commit: str
    at: datetime
    who: str
    message: str
    pushed: bool


@dataclass(frozen=True, slots=True)
class FetchResult:
    """Both sides after a fetch: their newest commits, the merge base ("" for none), and the files each side changed since.

    `unfinished`: a merge that was begun in a terminal; then `our_files` and `their_files` are the files it stopped at.
    """

    our_commit: str
    their_commit: str
    base: str
    our_files: tuple[str, ...] = ()
    their_files: tuple[str, ...] = ()
    unfinished: bool = False

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Files that both sides changed since the merge base."""
        return tuple(path for path in self.their_files if path in set(self.our_files))


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made of a file before it was overwritten."""

    path: str
    copy: str


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The commit that has both sides, files of the work tree that changed, backups that were made."""

    commit: str
    written: tuple[str, ...] = ()
    backups: tuple[Backup, ...] = ()


class VersionHistory(Protocol):
    """History of the repositories in one author's home. Folders are relative to the home, files to their folder. Every method blocks."""

    def changes(self, folder: str) -> UncommittedChanges:
        """What differs from `HEAD`."""
        ...

    def history(self, folder: str, path: str, most: int) -> Sequence[FileVersion]:
        """Commits that changed a file, the newest first, at most `most`. Raises `GitFailed`."""
        ...

    def read(self, folder: str, commit: str, path: str) -> bytes | None:
        """The file in that commit, None where it has none. Raises `BadRequest` for what is no commit, `GitFailed`."""
        ...

    def read_working_file(self, folder: str, path: str) -> bytes | None:
        """The file in the work tree, None where there is none. Raises `SetupRefused` for what is no file of the folder, `GitFailed`."""
        ...

    def write_working_file(self, folder: str, path: str, data: bytes, commit: str = "") -> None:
        """Replace the file in the work tree; one that is not there is made executable where that commit says so.

        Raises `SetupRefused` for what is no file of the folder, `GitFailed`, `NoSpace`.
        """
        ...

    def back_up(self, folder: str, path: str, at: datetime) -> Backup:
        """Copy the file in the work tree to a name that is not taken. Raises `SetupRefused`, `GitFailed`, `NoSpace`."""
        ...

    def fetch(self, folder: str) -> FetchResult:
        """Fetch the branch from the forge and compare. The work tree and the branch stay. Raises `SetupRefused` without a commit, `ForgeAway`, `GitFailed`."""
        ...

    def merge(
        self, folder: str, fetched: FetchResult, resolutions: Mapping[str, bytes | None], at: datetime
    ) -> MergeResult:
        """Fast-forward, or commit a merge. `resolutions` has the content of every file with a conflict, None where it is deleted.

        No local work is lost: a file that is in no commit is backed up before it is overwritten. Idempotent, may be interrupted anywhere.
        Raises `SetupRefused` where `HEAD` has moved since the fetch, or a link or folder is where a file is to be; `GitFailed`.
        """
        ...

    def notebooks_with_outputs(self, folder: str) -> Sequence[str]:
        """Notebooks with outputs in `HEAD`, where no clean filter is set; of the first few hundred."""
        ...

    def strip_outputs(self, folder: str) -> str:
        """Set the clean filter and commit all notebooks without outputs; the work tree keeps them. Returns the commit.

        Raises `SetupRefused` where a notebook has uncommitted changes, `GitFailed`.
        """
        ...

    def refresh_index(self, folder: str, changed: Set[str]) -> int:
        """Refresh the index for notebooks that differ in outputs alone, so that `git status` no longer reports them; how many.

        `changed` are known to differ. Neither a file nor what is staged changes. Raises nothing: the next status tries again.
        """
        ...
