"""Repositories that are on the server, and a copy of one in the home, set up: for whoever joins what others began."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from enablement_ext.core.errors import ServiceAway, SetupRefused
from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.repository_names import RepositoryId, repository_name, repository_of_path
from enablement_ext.core.git.setup.plan import StepKey
from enablement_ext.core.git.steps import PullStep, StepState
from enablement_ext.lab.git.places import Place
from enablement_ext.lab.git.setup import GitSetup, refused, step_line
from enablement_ext.lab.progress import streamed

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class RepositoryCopies:
    """Answers the routes `repositories` and `copy`."""

    setup: GitSetup

    async def listed(self) -> Json:
        """What the author may use, each with the folder where a copy is, or would be put. Raises `NoService`, `ServiceAway`, `ServiceRefused`."""
        found = await self.setup.places.listed()
        here = await asyncio.to_thread(self.setup.working_copy.copies)
        return {"items": [await asyncio.to_thread(self._item, item, here) for item in found]}

    async def copy(self, path: str) -> AsyncIterator[Json]:
        """Get a copy: lines about steps, then exactly one `copied` or `problem`. Of what is here already, where that is."""
        async with self.setup.lock:
            lines: asyncio.Queue[Json] = asyncio.Queue()
            async for line in streamed(self._copy(path, lines), lines):
                yield line

    def _item(self, item: Mapping[str, object], here: Mapping[str, str]) -> Json:
        repository = repository_of_path(str(item["path"]))
        if repository is None:
            raise ServiceAway
        return {
            "path": repository.path,
            "space": repository.space.value,
            "owner": repository.owner,
            "name": repository.name,
            "access": item.get("access"),
            "for_review": item.get("for_review") is True,
            "here": here.get(repository.path),
            "folder": self._free_folder(repository),
        }

    async def _copy(self, path: str, lines: asyncio.Queue[Json]) -> Json:
        working_copy = self.setup.working_copy
        known = (await asyncio.to_thread(working_copy.copies)).get(path)
        place = await self.setup.places.by_path(path)
        if place is None:
            raise SetupRefused("This is no repository.")
        if known is not None:
            return await self._copied(known, place)
        self.setup.access.keep(place)
        if place.access is Access.NONE:
            raise refused([place.standing.refusal])
        lines.put_nowait(step_line(StepKey.CONFIGURE, StepState.RUNNING))
        await asyncio.to_thread(working_copy.configure)
        lines.put_nowait(step_line(StepKey.CONFIGURE, StepState.DONE))
        lines.put_nowait(step_line(PullStep.FETCH, StepState.RUNNING))
        folder = await asyncio.to_thread(self._free_folder, place.repository)
        await asyncio.to_thread(working_copy.clone, folder, place.repository)
        lines.put_nowait(step_line(PullStep.FETCH, StepState.DONE))
        return await self._copied(folder, place)

    async def _copied(self, folder: str, place: Place) -> Json:
        status = await asyncio.to_thread(self.setup.working_copy.status, folder)
        return {
            "copied": {
                "folder": folder,
                "repository": place.shown,
                "commit": status.commit,
                "branch": status.branch,
                "access": place.access.value if place.access else None,
            }
        }

    def _free_folder(self, repository: RepositoryId) -> str:
        """A folder directly in the home, named as the repository; with its owner's name where there is one of that name."""
        plain = repository_name(repository.owner)
        names = (
            repository.name,
            f"{repository.name}-{plain}",
            *(f"{repository.name}-{plain}-{n}" for n in range(2, 100)),
        )
        return next((name for name in names if self.setup.working_copy.is_free(name)), names[-1])
