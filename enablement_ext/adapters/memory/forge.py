"""The forge in memory: repositories without Git, with files put in by hand. It ships, and passes the contract tests of `Forge`."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from enablement_ext.core.errors import BadRequest, Forbidden, NotFound, NotSignedIn, TooLarge, Unavailable
from enablement_ext.core.git.forges.ports import (
    AccessGrant,
    Credential,
    Delivery,
    ForgeInfo,
    ForgeKind,
    GitAccess,
    GitCall,
    GitExchange,
    PullRequest,
    PullRequestDraft,
    Repository,
    RepositoryUrls,
    WebhookEvent,
)
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_of_path

_SIGNATURE_HEADER = "x-memory-signature"


@dataclass(slots=True)
class MemoryForge:
    """A `Forge` and a `GitServer`. Files are put in by hand; an exchange is refused: there is no Git behind it.

    A delivery is `{"id": …, "path": …}`, signed with `secret`.
    """

    most: int = 200
    secret: bytes = b"memory"
    files: dict[tuple[RepositoryId, str, str], bytes] = field(default_factory=dict)
    _repositories: dict[RepositoryId, Repository] = field(default_factory=dict)
    _credentials: dict[str, tuple[str, AccessGrant]] = field(default_factory=dict)
    _pull_requests: list[tuple[RepositoryId, PullRequestDraft]] = field(default_factory=list)

    @property
    def place(self) -> ForgeInfo:
        """With pull requests."""
        return ForgeInfo(ForgeKind.MEMORY, lasting=True)

    @property
    def server(self) -> MemoryForge:
        """The forge itself."""
        return self

    def put(self, repository: RepositoryId, branch: str, path: str, data: bytes) -> str:
        """A branch whose newest commit has this file; the commit's id."""
        kept = self.find(repository)
        commit = sha256(f"{branch}\0{path}\0".encode() + data).hexdigest()[:40]
        self.files[repository, commit, path] = self.files[repository, branch, path] = data
        heads = dict(kept.heads) | {branch: commit}
        self._repositories[repository] = replace(kept, heads=tuple(sorted(heads.items())))
        return commit

    def adopt(self, repository: RepositoryId, at: datetime) -> Repository:
        """At most `most` for one owner."""
        if repository in self._repositories:
            return self._repositories[repository]
        if (
            sum(kept.space is repository.space and kept.owner == repository.owner for kept in self._repositories)
            >= self.most
        ):
            raise TooLarge("You have as many repositories as the server keeps for one owner.")
        self._repositories[repository] = Repository(repository, at)
        return Repository(repository, at, created=True)

    def find(self, repository: RepositoryId) -> Repository:
        """Raises `NotFound`."""
        if repository not in self._repositories:
            raise NotFound
        return self._repositories[repository]

    def listed(self, owners: Sequence[tuple[Space, str]]) -> Sequence[Repository]:
        """By a scan."""
        found = [kept for kept in self._repositories.values() if (kept.id.space, kept.id.owner) in owners]
        return sorted(found, key=lambda repository: repository.id.path)

    def read(self, repository: RepositoryId, ref: str, path: str, most: int) -> bytes:
        """A file that was put in. Raises `NotFound`, `TooLarge`."""
        if path.startswith(("/", "-")) or ".." in ref:
            raise BadRequest("This names no file of a version.")
        data = self.files.get((self.find(repository).id, ref, path))
        if data is None:
            raise NotFound
        if len(data) > most:
            raise TooLarge(facts={"limit": most})
        return data

    def address(self, repository: RepositoryId) -> RepositoryUrls:  # noqa: ARG002 - the same for all
        """Empty: the service serves the repository."""
        return RepositoryUrls()

    def recognise(self, url: str) -> RepositoryId | None:  # noqa: ARG002 - as above
        """Nothing has an address here."""
        return None

    def mint(self, grant: AccessGrant) -> Credential:
        """Raises `NotFound`."""
        self.find(grant.repository)
        password = sha256(f"{id(self)}\0{grant.id}".encode()).hexdigest()
        self._credentials[password] = (grant.id, grant)
        return Credential("enablement", password, grant.until)

    def revoke(self, grant: AccessGrant) -> None:
        """Forget what was minted for it."""
        self._credentials = {password: held for password, held in self._credentials.items() if held[0] != grant.id}

    def propose(self, repository: RepositoryId, proposal: PullRequestDraft) -> PullRequest:
        """One for each pair of branches."""
        self.find(repository)
        for number, (whose, open_one) in enumerate(self._pull_requests, 1):
            if (whose, open_one.head, open_one.base) == (repository, proposal.head, proposal.base):
                return PullRequest(number, f"memory:{number}")
        self._pull_requests.append((repository, proposal))
        return PullRequest(len(self._pull_requests), f"memory:{len(self._pull_requests)}", created=True)

    def news(self, delivery: Delivery) -> WebhookEvent:
        """Raises `NotSignedIn`, `BadRequest`."""
        signed = delivery.headers.get(_SIGNATURE_HEADER, "")
        if not hmac.compare_digest(signed.encode(), hmac.digest(self.secret, delivery.body, "sha256").hex().encode()):
            raise NotSignedIn
        try:
            told = json.loads(delivery.body)
            return WebhookEvent((str(told["id"]),), "push", repository_of_path(str(told["path"])))
        except (ValueError, KeyError, TypeError):
            raise BadRequest from None

    def admit(self, access: GitAccess) -> str:
        """Raises `NotSignedIn`, `Forbidden`."""
        _, grant = self._credentials.get(access.password, ("", None))
        if grant is None or grant.repository != access.repository or grant.until <= access.now:
            raise NotSignedIn
        if access.write and not grant.write:
            raise Forbidden
        return grant.who

    async def open(self, call: GitCall) -> GitExchange:
        """Raises `NotFound`, `Unavailable`."""
        self.find(call.repository)
        raise Unavailable("This forge is kept in memory: it takes no versions.")
