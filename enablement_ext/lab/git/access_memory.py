"""What the author may do with the repositories of others, as the review service said a moment ago: the status is asked for often, and must not wait."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.lab.git.places import Place, Places
from enablement_ext.lab.service_responses import ServiceRefused

_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class AccessMemory:
    """Asks once a minute for each repository that is not the author's own; also where nobody answered."""

    _told: dict[str, tuple[float, Place]] = field(default_factory=dict)

    async def of(self, places: Places, repository: RepositoryId) -> Place:
        """The repository's place; `access` is None where the service does not say."""
        if repository.space is Space.USER and repository.owner == places.working_copy.owner.person.name:
            return Place(repository, Access.WRITE)
        now = asyncio.get_running_loop().time()
        at, place = self._told.get(repository.path, (now - _SECONDS, Place(repository)))
        if now - at < _SECONDS:
            return place
        try:
            place = await places.by_path(repository.path) or place
        except ServiceRefused:
            place = Place(repository)
        self._told[repository.path] = (now, place)
        return place

    def keep(self, place: Place) -> None:
        """What the service has just said."""
        self._told[place.repository.path] = (asyncio.get_running_loop().time(), place)
