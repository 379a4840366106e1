"""The routes below `<base>/enablement/images/`. Every one needs a signed-in, authorised user of this server."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from enablement_ext.core.errors import BadRequest, NoService
from enablement_ext.lab.handlers import LabHandler, LabServices
from enablement_ext.lab.images.queries import ImageQueries


class ImagesHandler(LabHandler):
    """Base of the routes. They are asked by themselves, so they keep no server from being culled."""

    _track_activity = False

    def initialize(self, services: LabServices, queries: ImageQueries | None = None) -> None:
        """Called by tornado for each request."""
        super().initialize(services)
        self._queries = queries

    @property
    def queries(self) -> ImageQueries:
        """Raises `NoService` where the table of routes gave none."""
        if self._queries is None:
            raise NoService
        return self._queries


class HereHandler(ImagesHandler):
    """GET /enablement/images/here"""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """What this server runs. Answers without a service, too."""
        self.answer(await self.queries.running(self.services.service))


class NotebookImageHandler(ImagesHandler):
    """GET /enablement/images/notebook?path="""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """How a notebook's image stands to this one."""
        path = self.get_query_argument("path", "", strip=False).lstrip("/")
        if not path:
            raise BadRequest("Say which notebook: ?path=…")
        self.answer(await self.queries.notebook(path, self.services.require_service()))


def image_routes(services: LabServices, queries: ImageQueries) -> list[tuple[str, type[LabHandler], dict[str, Any]]]:
    """Patterns below the server's base address, with their handlers."""
    table: list[tuple[str, type[LabHandler]]] = [
        (r"/enablement/images/here", HereHandler),
        (r"/enablement/images/notebook", NotebookImageHandler),
    ]
    return [(pattern, handler, {"services": services, "queries": queries}) for pattern, handler in table]
