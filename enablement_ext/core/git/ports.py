"""What the author's side of Git needs, as Protocols: the working copy in their home, and its history of versions.

The side of the server is in `git.forges.ports`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from enablement_ext.core.git.forges.names import hosted_name
from enablement_ext.core.git.repository_names import RepositoryId
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.core.git.setup.file_selection import HeldBack
from enablement_ext.core.git.setup.plan import FolderFacts


@dataclass(frozen=True, slots=True)
class WorkingCopyOwner:
    """For whom the working copy is set up: the person, and the address of the service's own forge (ending in `/git`).

    `forge`: what every clone address begins with, ending in a slash, where a forge elsewhere keeps repositories; else "".
    """

    person: GitIdentity
    base: str
    forge: str = ""

    def url(self, repository: RepositoryId) -> str:
        """What is cloned."""
        if self.forge:
            return f"{self.forge}{hosted_name(repository)}.git"
        return self.base.removesuffix("git") + repository.path

    def keeps(self, url: str) -> bool:
        """Whether an address is one of the forge's."""
        return url.startswith(self.forge or f"{self.base}/")


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A folder with versions. `changed`: files to be kept that differ; `unpushed`: versions that the server is not known to have."""

    state: str
    branch: str = ""
    changed: tuple[str, ...] = ()
    unpushed: int = 0
    commit: str = ""


class WorkingCopy(Protocol):
    """The author's side of Git, for one owner. Folders are paths relative to the home. All of it blocks, and everything may be repeated."""

    @property
    def owner(self) -> WorkingCopyOwner:
        """For whom."""
        ...

    def inspect(self, folder: str) -> FolderFacts:
        """What is there. Writes nothing, runs nothing that the folder names."""
        ...

    def configure(self) -> None:
        """The managed configuration and the one line in `~/.gitconfig`. Raises `NoSpace`, `GitFailed`."""
        ...

    def prepare(self, folder: str, url: str) -> None:
        """The repository with its remote, after `configure`. Raises `GitFailed`."""
        ...

    def adopt_history(self, folder: str) -> bool:
        """Take over versions the forge has of a folder that has none; files that are here stay as they are. Raises `GitFailed`."""
        ...

    def commit(self, folder: str, paths: Sequence[str], message: str) -> str:
        """Keep a version of these files and return its id; the present one where nothing differs. Raises `GitFailed`."""
        ...

    def push(self, folder: str) -> None:
        """Copy the versions to the forge. Raises `GitFailed`, `ForgeAway`."""
        ...

    def heads(self, folder: str) -> tuple[str, str]:
        """The commit here, and the one the forge says it has ("" for none). Raises `GitFailed`, `ForgeAway`."""
        ...

    def status(self, folder: str) -> FolderStatus:
        """How the folder stands; without asking the forge."""
        ...

    def undo(self, folder: str) -> None:
        """Take everything back that was set up. Raises `SetupRefused` where versions would be lost, `GitFailed`, `ForgeAway`."""
        ...


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that would go into the next version. `state`: new, changed or deleted."""

    path: str
    state: str


@dataclass(frozen=True, slots=True)
class UncommittedChanges:
    """What differs from the last version; `held`: what differs and stays out, with the reason."""

    files: tuple[ChangedFile, ...] = ()
    held: tuple[HeldBack, ...] = ()


@dataclass(frozen=True, slots=True)
class FileVersion:
    """A version in which a file differs from the one before. `pushed`: the forge is known to have it."""

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
        """Files that both sides changed."""
        return tuple(path for path in self.their_files if path in set(self.our_files))


@dataclass(frozen=True, slots=True)
class Backup:
    """A file of the author's that was kept under another name, because another one came into its place."""

    path: str
    copy: str


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What came of a merge: the version that has both, files that are different now, copies that were kept."""

    commit: str
    written: tuple[str, ...] = ()
    backups: tuple[Backup, ...] = ()


class VersionHistory(Protocol):
    """Versions of one owner's folders. Folders are relative to the home, files to their folder. All of it blocks."""

    def changes(self, folder: str) -> UncommittedChanges:
        """What differs from the last version."""
        ...

    def history(self, folder: str, path: str, most: int) -> Sequence[FileVersion]:
        """Versions of a file, the newest first. Raises `GitFailed`."""
        ...

    def read(self, folder: str, commit: str, path: str) -> bytes | None:
        """The file in that version, None where it has none. Raises `BadRequest` for what is no version of this folder, `GitFailed`."""
        ...

    def read_working_file(self, folder: str, path: str) -> bytes | None:
        """The file as it lies there, None where there is none. Raises `SetupRefused` for what is no file of the folder, `GitFailed`."""
        ...

    def write_working_file(self, folder: str, path: str, data: bytes) -> None:
        """Replace the file as it lies there. Raises `SetupRefused`, `GitFailed`, `NoSpace`."""
        ...

    def back_up(self, folder: str, path: str, at: datetime) -> Backup:
        """A copy of the file as it lies there, under a name that nobody has. Raises `SetupRefused`, `GitFailed`, `NoSpace`."""
        ...

    def fetch(self, folder: str) -> FetchResult:
        """Learn what the forge has. Changes no file of the author's. Raises `ForgeAway`, `GitFailed`."""
        ...

    def merge(
        self, folder: str, fetched: FetchResult, resolutions: Mapping[str, bytes | None], at: datetime
    ) -> MergeResult:
        """Make one version of both. `resolutions` has what contested files become, None for none.

        A file that lies there and is in no version is kept aside before another one takes its place. Cut off anywhere, it may be repeated.
        Raises `SetupRefused` where the folder has moved on since the meeting, or something that is no file stands in the way; `GitFailed`.
        """
        ...

    def notebooks_with_outputs(self, folder: str) -> Sequence[str]:
        """Notebooks whose last version has results of cells, because nothing keeps them out here; the first few hundred."""
        ...

    def strip_outputs(self, folder: str) -> str:
        """One version that takes them out, and from now on they stay out; the files keep theirs. Its commit.

        Raises `SetupRefused` where a notebook has changes that are in no version, `GitFailed`.
        """
        ...

    def refresh_index(self, folder: str, changed: Set[str]) -> int:
        """Let Git itself know of notebooks that differ from their version in results alone, so that it names them no more; how many.

        `changed` are known to differ. Neither a file nor what is staged changes. Raises nothing: the next look tries again.
        """
        ...
