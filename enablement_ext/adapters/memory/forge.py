"""The forge in memory: repositories that are known of and have no versions. It ships, and passes the contract tests of `Forge`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from enablement_ext.core.errors import NotFound, TooLarge, Unavailable
from enablement_ext.core.git_ports import GitCall, GitExchange, Repository
from enablement_ext.core.git_setup.names import RepositoryId, Space


@dataclass(slots=True)
class MemoryForge:
    """A `Forge`. Files are put in by hand; an exchange is refused: there is no Git behind it."""

    most: int = 200
    files: dict[tuple[RepositoryId, str, str], bytes] = field(default_factory=dict)
    _kept: dict[RepositoryId, Repository] = field(default_factory=dict)

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

    def read(self, repository: RepositoryId, commit: str, path: str, most: int) -> bytes:
        """A file that was put in. Raises `NotFound`, `TooLarge`."""
        data = self.files.get((self.find(repository).id, commit, path))
        if data is None:
            raise NotFound
        if len(data) > most:
            raise TooLarge(facts={"limit": most})
        return data

    async def open(self, call: GitCall) -> GitExchange:
        """Raises `NotFound`, `Unavailable`."""
        self.find(call.repository)
        raise Unavailable("This forge is kept in memory: it takes no versions.")
