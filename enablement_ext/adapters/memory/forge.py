"""The forge in memory: repositories that are known of, with files put in by hand. It ships, and passes the contract tests of `Forge`."""

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

_SIGNED = "x-memory-signature"


@dataclass(slots=True)
class MemoryForge:
    """A `Forge` and a `GitServer`. Files are put in by hand; an exchange is refused: there is no Git behind it.

    A delivery is `{"id": …, "path": …}`, signed with `secret`.
    """

    most: int = 200
    secret: bytes = b"memory"
    files: dict[tuple[RepositoryId, str, str], bytes] = field(default_factory=dict)
    _kept: dict[RepositoryId, Repository] = field(default_factory=dict)
    _open: dict[str, tuple[str, AccessGrant]] = field(default_factory=dict)
    _proposals: list[tuple[RepositoryId, PullRequestDraft]] = field(default_factory=list)

    @property
    def place(self) -> ForgeInfo:
        """In memory."""
        return ForgeInfo(ForgeKind.MEMORY, lasting=True)

    @property
    def server(self) -> MemoryForge:
        """Itself."""
        return self

    def put(self, repository: RepositoryId, branch: str, path: str, data: bytes) -> str:
        """A branch whose newest commit has this file; the commit's id."""
        kept = self.find(repository)
        commit = sha256(f"{branch}\0{path}\0".encode() + data).hexdigest()[:40]
        self.files[repository, commit, path] = self.files[repository, branch, path] = data
        heads = dict(kept.heads) | {branch: commit}
        self._kept[repository] = replace(kept, heads=tuple(sorted(heads.items())))
        return commit

    def adopt(self, repository: RepositoryId, at: datetime) -> Repository:
        """The repository, made where there is none."""
        if repository in self._kept:
            return self._kept[repository]
        if sum(kept.space is repository.space and kept.owner == repository.owner for kept in self._kept) >= self.most:
            raise TooLarge("You have as many repositories as the server keeps for one owner.")
        self._kept[repository] = Repository(repository, at)
        return Repository(repository, at, created=True)

    def find(self, repository: RepositoryId) -> Repository:
        """Raises `NotFound`."""
        if repository not in self._kept:
            raise NotFound
        return self._kept[repository]

    def listed(self, owners: Sequence[tuple[Space, str]]) -> Sequence[Repository]:
        """The owners' repositories, by path."""
        found = [kept for kept in self._kept.values() if (kept.id.space, kept.id.owner) in owners]
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
        """None of its own."""
        return RepositoryUrls()

    def recognise(self, url: str) -> RepositoryId | None:  # noqa: ARG002 - as above
        """None."""
        return None

    def mint(self, grant: AccessGrant) -> Credential:
        """Raises `NotFound`."""
        self.find(grant.repository)
        password = sha256(f"{id(self)}\0{grant.id}".encode()).hexdigest()
        self._open[password] = (grant.id, grant)
        return Credential("enablement", password, grant.until)

    def revoke(self, grant: AccessGrant) -> None:
        """Forget what was minted for it."""
        self._open = {password: held for password, held in self._open.items() if held[0] != grant.id}

    def propose(self, repository: RepositoryId, proposal: PullRequestDraft) -> PullRequest:
        """One for two branches."""
        self.find(repository)
        for number, (whose, open_one) in enumerate(self._proposals, 1):
            if (whose, open_one.head, open_one.base) == (repository, proposal.head, proposal.base):
                return PullRequest(number, f"memory:{number}")
        self._proposals.append((repository, proposal))
        return PullRequest(len(self._proposals), f"memory:{len(self._proposals)}", created=True)

    def news(self, delivery: Delivery) -> WebhookEvent:
        """Raises `NotSignedIn`, `BadRequest`."""
        signed = delivery.headers.get(_SIGNED, "")
        if not hmac.compare_digest(signed.encode(), hmac.digest(self.secret, delivery.body, "sha256").hex().encode()):
            raise NotSignedIn
        try:
            told = json.loads(delivery.body)
            return WebhookEvent((str(told["id"]),), "push", repository_of_path(str(told["path"])))
        except (ValueError, KeyError, TypeError):
            raise BadRequest from None

    def admit(self, access: GitAccess) -> str:
        """Raises `NotSignedIn`, `Forbidden`."""
        _, grant = self._open.get(access.password, ("", None))
        if grant is None or grant.repository != access.repository or grant.until <= access.now:
            raise NotSignedIn
        if access.write and not grant.write:
            raise Forbidden
        return grant.who

    async def open(self, call: GitCall) -> GitExchange:
        """Raises `NotFound`, `Unavailable`."""
        self.find(call.repository)
        raise Unavailable("This forge is kept in memory: it takes no versions.")
