"""Which repository a folder belongs to, and what its author may do with that: as the review service knows it.

A folder that was set up is known by its record, wherever it lies by now. One that was not, but came from a repository of the forge (a copy of a folder
that was set up, a clone), is known by its `origin`, where the service says that the author may use that. Any other gets a repository of its own, the
author's or a group's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from enablement_ext.core.errors import NoService, ServiceAway
from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.ports import WorkingCopy
from enablement_ext.core.git.repository_names import RepositoryId, Space, repository_of_path
from enablement_ext.core.git.setup.plan import RepositoryStanding
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest
from enablement_ext.lab.service_responses import ServiceRefused, document_of

_ANSWER_BYTES = 4 * 1024 * 1024
_REPOSITORIES = "/api/v1/git/repositories"

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """A repository of the forge. `access` None: the service did not say. `groups`: those for which the author may make one.

    `own`: the author's or a group's of theirs, so that it is made where it is missing.
    """

    repository: RepositoryId
    access: Access | None = None
    ask: str = ""
    page: str = ""  # as the service says, at an address that no lab page has
    exists: bool = False
    own: bool = True
    groups: tuple[str, ...] = ()

    @property
    def standing(self) -> RepositoryStanding:
        """For the plan: where nothing is known, the server will say it."""
        shared = self.exists and self.repository.space is Space.GROUP
        return RepositoryStanding(self.access or Access.WRITE, self.shown, self.ask, shared)

    @property
    def shown(self) -> str:
        """Its name as people read it."""
        return f"{self.repository.owner} / {self.repository.name}"


@dataclass(frozen=True, slots=True)
class Places:
    """Looks them up."""

    working_copy: WorkingCopy
    service: ServiceClient | None

    async def of(self, folder: str, group: str = "") -> Place:
        """The folder's place. `group`: for whom one is wanted, where it has none. Raises `ServiceRefused` for a strange name."""
        known = await asyncio.to_thread(self.working_copy.place, folder)
        if known is not None:
            return await self._looked_up({"path": known.path}, known)
        came_from = await self._by_origin(folder)
        if came_from is not None:
            return came_from
        name = await asyncio.to_thread(self.working_copy.free_name, folder, group)
        space, owner = (Space.GROUP, group) if group else (Space.USER, self.working_copy.owner.person.name)
        query = {"name": name, **({"group": group} if group else {})}
        return await self._looked_up(query, RepositoryId(space, owner, name))

    async def by_path(self, path: str) -> Place | None:
        """The place with this path, None for what is no path of a repository."""
        wanted = repository_of_path(path)
        return None if wanted is None else await self._looked_up({"path": path}, wanted)

    async def listed(self) -> list[Json]:
        """Every repository that the author may use. Raises `NoService`, `ServiceAway`, `ServiceRefused`."""
        found = (await self._ask("GET", _REPOSITORIES)).get("items")
        items = found if isinstance(found, list) else []
        return [item for item in items if isinstance(item, dict) and repository_of_path(str(item.get("path")))]

    async def make(self, repository: RepositoryId) -> Json:
        """Make it or find it. Raises `NoService`, `ServiceAway`, `ServiceRefused`."""
        group = repository.owner if repository.space is Space.GROUP else None
        return await self._ask("POST", _REPOSITORIES, {"name": repository.name, "group": group})

    async def _by_origin(self, folder: str) -> Place | None:
        origin = (await asyncio.to_thread(self.working_copy.repository, folder)).origin
        owner = self.working_copy.owner
        if not origin or not origin.isprintable() or not owner.hosts(origin):
            return None
        known = owner.recognise(origin)
        if known is None and not owner.forge:
            return None
        try:
            found = await self._found({"path": known.path} if known else {"url": origin})
        except (NoService, ServiceAway, ServiceRefused):
            return None
        return None if found is None or found.access is Access.NONE else found

    async def _looked_up(self, query: Mapping[str, str], guess: RepositoryId) -> Place:
        """What the service says; the guess where it does not answer, or is one that does not know the question yet."""
        try:
            return await self._found(query) or Place(guess)
        except (NoService, ServiceAway):
            return Place(guess)
        except ServiceRefused as refused:
            if refused.problem.status == 403:
                return Place(guess, Access.NONE, refused.problem.detail)
            if refused.problem.status == 400:
                raise
            return Place(guess)

    async def _found(self, query: Mapping[str, str]) -> Place | None:
        told = await self._ask("GET", f"/api/v1/git/repository?{urlencode(query)}")
        repository, groups = repository_of_path(str(told.get("path"))), told.get("groups")
        access = str(told.get("access"))
        if repository is None or access not in Access._value2member_map_:
            return None
        names = tuple(str(group) for group in groups) if isinstance(groups, list) else ()
        return Place(
            repository,
            Access(access),
            ask=str(told.get("ask", "")),
            page=str(told.get("page", "")),
            exists=told.get("exists") is True,
            own=told.get("mine") is True,
            groups=names,
        )

    async def _ask(self, method: str, path: str, body: object = None) -> Json:
        if self.service is None:
            raise NoService
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
        data = b"" if body is None else json.dumps(body).encode()
        answer = await self.service.open(ServiceRequest(method, path, headers, data))
        try:
            return document_of(answer.status, await answer.read(_ANSWER_BYTES))
        finally:
            answer.close()
