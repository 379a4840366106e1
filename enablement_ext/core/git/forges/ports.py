"""What is asked of a forge, as Protocols: it keeps repositories, opens exactly one of them for a while, and says what happened there.

The same questions for every kind of forge; one contract test suite asks them of all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from enablement_ext.core.git.repository_names import RepositoryId, Space


class ForgeKind(StrEnum):
    """The forges there are."""

    MEMORY = "memory"
    BUNDLED = "bundled"
    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"


@dataclass(frozen=True, slots=True)
class ForgeInfo:
    """What a forge is. `base`: what every clone address begins with, ending in a slash; "" where the service itself serves Git.

    `proposals`: it has pull or merge requests. `lasting`: a credential outlives its grant unless it is revoked.
    """

    kind: ForgeKind
    base: str = ""
    proposals: bool = True
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class ForgeAccount:
    """Where a forge is and as whom the service comes. `url` is what people open, `api` what is asked; `owner` the organisation or group.

    `name`: the App's id (GitHub) or the account's name (Gitea); `secret`: private key, token or password.
    """

    kind: ForgeKind
    url: str
    api: str
    owner: str
    name: str = ""
    secret: str = field(default="", repr=False)
    hook_secret: str = field(default="", repr=False)
    hook_url: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on a forge. `heads`: branch and commit, sorted; `size` in bytes; `created`: it was made by this call."""

    id: RepositoryId
    made_at: datetime
    heads: tuple[tuple[str, str], ...] = ()
    size: int = 0
    created: bool = False


@dataclass(frozen=True, slots=True)
class RepositoryUrls:
    """Where a repository is: what Git clones and what a person opens. Both "" where the service serves it at its own path."""

    clone: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """That somebody may open a repository until then. `id` is ours, safe in a URL, and never a secret."""

    id: str
    repository: RepositoryId
    who: str
    write: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class Credential:
    """What opens a repository. Goes to Git and nowhere else."""

    username: str
    password: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class PullRequestDraft:
    """What a pull or merge request says: take over `head` into `base` (branches)."""

    head: str
    base: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull or merge request. `created`: it was opened by this call."""

    number: int
    url: str
    created: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in from a forge: header names in lower case, the exact bytes, and when."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """What a delivery says. `keys` name it: one with any of them was seen before. `kind`: "push", "proposal" or "" for what is of no interest."""

    keys: tuple[str, ...]
    kind: str = ""
    repository: RepositoryId | None = None
    facts: tuple[tuple[str, str], ...] = ()


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


@dataclass(frozen=True, slots=True)
class GitAccess:
    """That somebody comes with a password to read, or to write."""

    repository: RepositoryId
    password: str = field(repr=False)
    write: bool
    now: datetime


class GitServer(Protocol):
    """Git's own protocol, where the service serves it itself."""

    def admit(self, wish: GitAccess) -> str:
        """Who comes with this password. Raises `NotSignedIn` for none, an old one and another repository's; `Forbidden` to write with one to read."""
        ...

    async def open(self, call: GitCall) -> GitExchange:
        """Begin an exchange. Raises `NotFound`, `TooLarge` (quota), `Unavailable`."""
        ...


class Forge(Protocol):
    """Keeps repositories. All of it blocks (at most half a minute): call it from a worker thread.

    Every method may raise `ForgeAway`, `ForgeRefuses`, `TooManyRequests` (the forge's own limit) and `StoreUnavailable`.
    """

    @property
    def place(self) -> ForgeInfo:
        """What it is. Asks nobody."""
        ...

    @property
    def server(self) -> GitServer | None:
        """Git's protocol, None where the forge serves that elsewhere."""
        ...

    def adopt(self, repository: RepositoryId, at: datetime) -> Repository:
        """The repository, made where there is none; two at once make one. Raises `TooLarge` (quota), `NoSpace`."""
        ...

    def find(self, repository: RepositoryId) -> Repository:
        """The repository as it is now. Raises `NotFound`."""
        ...

    def listed(self, owners: Sequence[tuple[Space, str]]) -> Sequence[Repository]:
        """All repositories of these owners, by path; a hosted forge leaves out heads and sizes."""
        ...

    def read(self, repository: RepositoryId, ref: str, path: str, most: int) -> bytes:
        """A file at a commit (its whole id) or a branch. Raises `NotFound`, `TooLarge`, `BadRequest`."""
        ...

    def address(self, repository: RepositoryId) -> RepositoryUrls:
        """Where it is, or would be. Asks nobody."""
        ...

    def recognise(self, url: str) -> RepositoryId | None:
        """The repository whose clone address this is exactly, with `.git` or without; None for anything else."""
        ...

    def mint(self, grant: AccessGrant) -> Credential:
        """A credential for exactly the grant's repository. Raises `NotFound`."""
        ...

    def revoke(self, grant: AccessGrant) -> None:
        """Whatever was minted for the grant opens nothing any more. Idempotent; also where nothing was minted."""
        ...

    def propose(self, repository: RepositoryId, proposal: PullRequestDraft) -> PullRequest:
        """Open a pull or merge request, or find the open one for these branches. Raises `NotFound`, `ForgeCannot`."""
        ...

    def news(self, delivery: Delivery) -> WebhookEvent:
        """What a delivery says. Raises `NotSignedIn` where it is not proved to be the forge's, `BadRequest` where it says nothing."""
        ...


class GrantReader(Protocol):
    """Access grants that are stored."""

    def grants_of(self, forge: ForgeKind, who: str, path: str) -> Sequence[AccessGrant]:
        """Grants of a person on a repository (its path), the soonest to expire first."""
        ...

    def expired_grants(self, forge: ForgeKind, now: datetime, limit: int) -> Sequence[AccessGrant]:
        """Grants whose time is over, the oldest first."""
        ...


class GrantWriter(GrantReader, Protocol):
    """Storing and deleting grants. What is stored says who may do what, never with which password."""

    def keep_grant(self, forge: ForgeKind, grant: AccessGrant) -> None:
        """Store a grant, before anything is minted for it."""
        ...

    def drop_grant(self, grant: str) -> None:
        """Delete the grant with this id; idempotent."""
        ...

    def first_seen(self, keys: Sequence[str], at: datetime) -> bool:
        """Remember these names of a delivery; False where one of them was seen within the last 30 days."""
        ...
