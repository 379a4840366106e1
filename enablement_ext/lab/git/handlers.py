"""The routes below `<base>/enablement/git/`. Every one needs a signed-in, authorised user of this server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from enablement_ext.core.errors import BadRequest, NoService
from enablement_ext.lab.git.conflicts import parse_choices
from enablement_ext.lab.git.copies import RepositoryCopies
from enablement_ext.lab.git.history import VersionActions
from enablement_ext.lab.git.setup import GitSetup
from enablement_ext.lab.handlers import LabHandler, LabServices
from enablement_ext.web.messages import parse_object

_MESSAGE = 2000


class GitHandler(LabHandler):
    """Base of the routes."""

    def initialize(self, services: LabServices, git: VersionActions | None = None) -> None:
        """Called by tornado for each request."""
        super().initialize(services)
        self.git = git

    @property
    def actions(self) -> VersionActions:
        """Raises `NoService` where no hub started this server."""
        if self.git is None:
            raise NoService
        return self.git

    @property
    def setup(self) -> GitSetup:
        """Raises `NoService` where no hub started this server."""
        return self.actions.setup

    def path_argument(self) -> str:
        """The folder of the query."""
        return parse_folder(self.get_query_argument("path", "", strip=False))

    def json_body(self) -> dict[str, object]:
        """The request's JSON object. Raises `BadRequest`."""
        return parse_object(self.request.body)

    async def stream(self, lines: AsyncIterator[dict[str, object]]) -> None:
        """Lines of JSON as they come. The work goes on when the browser goes away."""
        self.set_header("Content-Type", "application/x-ndjson")
        self.set_header("X-Accel-Buffering", "no")
        async for line in lines:
            await self.pass_on(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        self.finish(set_content_type="application/x-ndjson")


class PlanHandler(GitHandler):
    """GET /enablement/git/plan?path="""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """What would be done; nothing is written."""
        self.answer(await self.setup.plan(self.path_argument(), parse_group(self.get_query_argument("group", ""))))


class StatusHandler(GitHandler):
    """GET /enablement/git/status?path="""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """The status. The front end polls it, so it does not count as activity: an idle server is still culled."""
        self._track_activity = False
        self.answer(await self.actions.status(self.path_argument()))


class ApplyHandler(GitHandler):
    """POST /enablement/git/apply, /enablement/git/repair"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Set up; a repair is the same again."""
        body = self.json_body()
        folder, group = parse_folder(body.get("path")), parse_group(body.get("group"))
        await self.stream(self.setup.apply(folder, self.request.path.endswith("/repair"), group))


class RepositoriesHandler(GitHandler):
    """GET /enablement/git/repositories"""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Repositories of which a copy can be got."""
        self.answer(await RepositoryCopies(self.setup).listed())


class CopyHandler(GitHandler):
    """POST /enablement/git/copy"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Get a copy of a repository, set up."""
        path = self.json_body().get("repository")
        if not isinstance(path, str) or len(path) > _MESSAGE:
            raise BadRequest("Say which repository: repository.", facts={"field": "repository"})
        await self.stream(RepositoryCopies(self.setup).copy(path))


class SaveVersionHandler(GitHandler):
    """POST /enablement/git/save-version"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Commit and push."""
        body = self.json_body()
        message = body.get("message", "")
        if not isinstance(message, str) or len(message) > _MESSAGE or "\0" in message:
            raise BadRequest(f"A message has at most {_MESSAGE} characters.", facts={"field": "message"})
        files = body.get("files")
        if files is not None and not (isinstance(files, list) and all(isinstance(file, str) for file in files)):
            raise BadRequest("Say which files: files.", facts={"field": "files"})
        await self.stream(self.setup.save(parse_folder(body.get("path")), message, files))


class UndoHandler(GitHandler):
    """POST /enablement/git/undo"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Remove what the set-up made."""
        self.answer(await self.setup.undo(parse_folder(self.json_body().get("path"))))


class ChangesHandler(GitHandler):
    """GET /enablement/git/changes?path="""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """What a commit would take."""
        self.answer(await self.actions.changes(self.path_argument()))


class HistoryHandler(GitHandler):
    """GET /enablement/git/history?path="""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Commits that changed a file."""
        self.answer(await self.actions.history(self.path_argument()))


class VersionHandler(GitHandler):
    """GET /enablement/git/version?path=&commit="""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """A file in a commit, and its diff to the work tree."""
        self.answer(await self.actions.version(self.path_argument(), self.get_query_argument("commit", "")))


class RestoreHandler(GitHandler):
    """POST /enablement/git/restore"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Restore a file from a commit."""
        body = self.json_body()
        self.answer(await self.actions.restore(parse_folder(body.get("path")), str(body.get("commit", ""))))


class PullHandler(GitHandler):
    """POST /enablement/git/colleagues"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Fetch and merge."""
        await self.stream(self.actions.pull(parse_folder(self.json_body().get("path"))))


class ConflictsHandler(GitHandler):
    """GET, POST /enablement/git/clashes"""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Conflicts of a merge."""
        self.answer(await self.actions.conflicts(self.path_argument()))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Merge with resolutions."""
        body = self.json_body()
        seen, choices = parse_choices(body)
        self.answer(await self.actions.resolve(parse_folder(body.get("path")), seen, choices))


class OutputsHandler(GitHandler):
    """GET, POST /enablement/git/results"""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Notebooks with outputs in `HEAD`."""
        self.answer(await self.actions.notebooks_with_outputs(self.path_argument()))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Strip them, from now on."""
        self.answer(await self.actions.strip_outputs(parse_folder(self.json_body().get("path"))))


def git_routes(services: LabServices, git: VersionActions | None) -> list[tuple[str, type[LabHandler], dict[str, Any]]]:
    """Patterns below the server's base address, with their handlers."""
    table: list[tuple[str, type[LabHandler]]] = [
        (r"/enablement/git/plan", PlanHandler),
        (r"/enablement/git/status", StatusHandler),
        (r"/enablement/git/(?:apply|repair)", ApplyHandler),
        (r"/enablement/git/repositories", RepositoriesHandler),
        (r"/enablement/git/copy", CopyHandler),
        (r"/enablement/git/save-version", SaveVersionHandler),
        (r"/enablement/git/undo", UndoHandler),
        (r"/enablement/git/changes", ChangesHandler),
        (r"/enablement/git/history", HistoryHandler),
        (r"/enablement/git/version", VersionHandler),
        (r"/enablement/git/restore", RestoreHandler),
        (r"/enablement/git/colleagues", PullHandler),
        (r"/enablement/git/clashes", ConflictsHandler),
        (r"/enablement/git/results", OutputsHandler),
    ]
    return [(pattern, handler, {"services": services, "git": git}) for pattern, handler in table]


def parse_folder(value: object) -> str:
    """A path in the home, "" for the home itself. Raises `BadRequest`."""
    if not isinstance(value, str) or len(value) > 4000 or "\0" in value:
        raise BadRequest("Say which folder: path.", facts={"field": "path"})
    return value.strip("/")


def parse_group(value: object) -> str:
    """A group's name, "" for none. Raises `BadRequest`."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 255 or not (value.isprintable() or not value):
        raise BadRequest("This is no group.", facts={"field": "group"})
    return value
