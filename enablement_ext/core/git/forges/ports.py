"""Ports of a forge: it hosts repositories, issues credentials for exactly one of them, and sends webhooks. One contract test suite runs over all forges."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from enablement_ext.core.git.repository_names import RepositoryId, Space


class ForgeKind(StrEnum):
    """The Git servers that repositories can be kept on; each value stands in events, settings and the table of access grants."""

    MEMORY = "memory"
    BUNDLED = "bundled"
    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"


@dataclass(frozen=True, slots=True)
class ForgeInfo:
    """A forge's properties. `base`: what every clone URL begins with, ending in a slash; "" where the service itself serves Git.

    `proposals`: it has pull or merge requests. `lasting`: a credential outlives its grant unless it is revoked.
    """

    kind: ForgeKind
    base: str = ""
    proposals: bool = True
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class ForgeAccount:
    """Where a forge is, and the account the service uses. `url` is what people open, `api` what is asked; `owner` the organisation or group.

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
    """Clone URL and web page. Both "" where the service serves the repository itself."""

    clone: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """That a person may read, or write, a repository until then. `id` is safe in a URL, and no secret."""

    id: str
    repository: RepositoryId
    who: str
    write: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class Credential:
    """User name and password for Git. Never stored, logged or shown."""

    username: str
    password: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class PullRequestDraft:
    """A pull or merge request to open: merge the branch `head` into `base`."""

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
    """A webhook request: header names in lower case, the exact body, and when it came in."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A parsed delivery. `keys` identify it: one with any of them was seen before. `kind`: "push", "proposal" or "" for what is of no interest."""

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
        """Part of the request body; returns once Git has read it. What Git no longer reads is dropped."""
        ...

    async def end(self) -> None:
        """The request body is complete."""
        ...

    async def head(self) -> tuple[int, Mapping[str, str]]:
        """Status and headers of the response. Raises `GitFailed`."""
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """The response body. Raises `GitFailed` where it broke off or took too long."""
        ...

    def close(self) -> None:
        """End the process if it runs; idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class GitAccess:
    """A request to read, or write, a repository with this password."""

    repository: RepositoryId
    password: str = field(repr=False)
    write: bool
    now: datetime


class GitServer(Protocol):
    """Git's smart HTTP protocol, where the service serves it itself."""

    def admit(self, access: GitAccess) -> str:
        """Whose password this is. Raises `NotSignedIn` for none, an expired one and another repository's; `Forbidden` to write with a read-only one."""
        ...

    async def open(self, call: GitCall) -> GitExchange:
        """Start an exchange. Raises `NotFound`, `TooLarge` (quota), `Unavailable`."""
        ...


class Forge(Protocol):
    """Hosts repositories. Every method blocks (at most half a minute): call it from a worker thread.

    Every method may raise `ForgeAway`, `ForgeRefuses`, `TooManyRequests` (the forge's own limit) and `StoreUnavailable`.
    """

    @property
    def place(self) -> ForgeInfo:
        """Its properties; asks nobody."""
        ...

    @property
    def server(self) -> GitServer | None:
        """The Git server, None where the forge has its own."""
        ...

    def adopt(self, repository: RepositoryId, at: datetime) -> Repository:
        """Create the repository, or return the existing one; concurrent calls create one. Raises `TooLarge` (quota), `NoSpace`."""
        ...

    def find(self, repository: RepositoryId) -> Repository:
        """The repository's present state. Raises `NotFound`."""
        ...

    def listed(self, owners: Sequence[tuple[Space, str]]) -> Sequence[Repository]:
        """All repositories of these owners, by path; a hosted forge leaves out heads and sizes."""
        ...

    def read(self, repository: RepositoryId, ref: str, path: str, most: int) -> bytes:
        """A file at a commit (its whole id) or a branch. Raises `NotFound`, `TooLarge`, `BadRequest`."""
        ...

    def address(self, repository: RepositoryId) -> RepositoryUrls:
        """Its URLs, whether it exists or not; asks nobody."""
        ...

    def recognise(self, url: str) -> RepositoryId | None:
        """The repository with exactly this clone URL, with `.git` or without; None for any other URL."""
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
        """Verify and parse a delivery. Raises `NotSignedIn` for a missing or wrong signature, `BadRequest` for what is no JSON object."""
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
        """Store the keys of a delivery; False where one of them was seen within the last 30 days."""
        ...
