"""What Git needs from the outside, as Protocols: the forge that keeps repositories, and the workshop in the author's home."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from enablement_ext.core.git_setup.names import RepositoryId, Space
from enablement_ext.core.git_setup.planning import FolderFacts
from enablement_ext.core.git_setup.texts import Person


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on a forge. `heads`: branch and commit, sorted; `size` in bytes; `created`: it was made by this call."""

    id: RepositoryId
    made_at: datetime
    heads: tuple[tuple[str, str], ...] = ()
    size: int = 0
    created: bool = False


@dataclass(frozen=True, slots=True)
class GitCall:
    """A request of Git's HTTP protocol. `advertise`: the first one (`info/refs`); `service` is `git-upload-pack` or `git-receive-pack`."""

    repository: RepositoryId
    service: str
    advertise: bool
    who: str
    headers: Mapping[str, str] = field(default_factory=dict)  # Content-Type, Content-Encoding, Git-Protocol


class GitExchange(Protocol):
    """One running exchange with Git. Close it in any case."""

    async def feed(self, chunk: bytes) -> None:
        """A piece of the request's body; returns when Git has taken it. What Git no longer wants is dropped."""
        ...

    async def end(self) -> None:
        """The body is complete."""
        ...

    async def head(self) -> tuple[int, Mapping[str, str]]:
        """Status and headers of the answer. Raises `GitFailed`."""
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """The answer's body. Raises `GitFailed` where it broke off or took too long."""
        ...

    def close(self) -> None:
        """End the process if it runs; may be called twice."""
        ...


class Forge(Protocol):
    """Keeps repositories. All but `open` blocks: call it from a worker thread."""

    def adopt(self, repository: RepositoryId, at: datetime) -> Repository:
        """The repository, made where there is none; two at once make one. Raises `TooLarge` (quota), `NoSpace`, `StoreUnavailable`."""
        ...

    def find(self, repository: RepositoryId) -> Repository:
        """The repository as it is now. Raises `NotFound`, `StoreUnavailable`."""
        ...

    def listed(self, owners: Sequence[tuple[Space, str]]) -> Sequence[Repository]:
        """All repositories of these owners, by path. Raises `StoreUnavailable`."""
        ...

    def read(self, repository: RepositoryId, commit: str, path: str, most: int) -> bytes:
        """A file of a commit (its whole id). Raises `NotFound`, `TooLarge`, `BadRequest`."""
        ...

    async def open(self, call: GitCall) -> GitExchange:
        """Begin an exchange. Raises `NotFound`, `TooLarge` (quota), `Unavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class Owner:
    """For whom the workshop works: the person, and the address of the forge (ending in `/git`)."""

    person: Person
    base: str


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A folder with versions. `changed`: files to be kept that differ; `unpushed`: versions that the server is not known to have."""

    standing: str
    branch: str = ""
    changed: tuple[str, ...] = ()
    unpushed: int = 0
    commit: str = ""


class Workshop(Protocol):
    """The author's side of Git, for one owner. Folders are paths relative to the home. All of it blocks, and everything may be repeated."""

    @property
    def owner(self) -> Owner:
        """For whom."""
        ...

    def facts(self, folder: str) -> FolderFacts:
        """What is there. Writes nothing, runs nothing that the folder names."""
        ...

    def configure(self) -> None:
        """The managed configuration and the one line in `~/.gitconfig`. Raises `NoSpace`, `GitFailed`."""
        ...

    def prepare(self, folder: str, url: str) -> None:
        """The repository with its remote, after `configure`. Raises `GitFailed`."""
        ...

    def catch_up(self, folder: str) -> bool:
        """Take over versions the forge has of a folder that has none; files that are here stay as they are. Raises `GitFailed`."""
        ...

    def commit(self, folder: str, paths: Sequence[str], message: str) -> str:
        """Keep a version of these files and return its id; the present one where nothing differs. Raises `GitFailed`."""
        ...

    def push(self, folder: str) -> None:
        """Copy the versions to the forge. Raises `GitFailed`, `ForgeAway`."""
        ...

    def published(self, folder: str) -> tuple[str, str]:
        """The commit here, and the one the forge says it has ("" for none). Raises `GitFailed`, `ForgeAway`."""
        ...

    def status(self, folder: str) -> FolderStatus:
        """How the folder stands; without asking the forge."""
        ...

    def undo(self, folder: str) -> None:
        """Take everything back that was set up. Raises `SetupRefused` where versions would be lost, `GitFailed`, `ForgeAway`."""
        ...
