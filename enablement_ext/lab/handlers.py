"""Request handlers of the lab extension, below `<base>/enablement/`. Each needs an authenticated, authorised user of this server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

from enablement_ext.core.errors import BadRequest, EnablementError, NoService, ServiceAway, TooLarge
from enablement_ext.lab.preflight import Preflight, preflight_question
from enablement_ext.lab.proxy_rules import EVENTS, answer_headers, request_headers, service_path
from enablement_ext.lab.send import NotebookSender, intent_of
from enablement_ext.lab.send_candidates import Candidates
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest, ServiceResponse
from enablement_ext.lab.service_responses import ServiceRefused, problem_of_any
from enablement_ext.lab.settings import EnablementLab
from enablement_ext.lab.suggestions.planning import planned, suggestion_question
from enablement_ext.lab.working_copy import WorkingCopyComparison
from enablement_ext.web.messages import parse_object
from enablement_ext.web.problem import CONTENT_TYPE, problem_of_status
from enablement_ext.web.validation import query_number

_BODY_BYTES = 1024 * 1024
_BUFFERED_BYTES = 64 * 1024 * 1024
_LINES = "application/x-ndjson"
_STREAMED = ("application/octet-stream", "text/event-stream")
_PREFIX = "/enablement/api/v1/"
_EVENTS_SECONDS = 60.0  # the service sends something every 15 s


@dataclass(frozen=True, slots=True)
class LabServices:
    """What the handlers need. `service` is None where the environment names no review service."""

    settings: EnablementLab
    candidates: Candidates
    preflight: Preflight
    sender: NotebookSender
    service: ServiceClient | None
    working_copy: WorkingCopyComparison

    def require_service(self) -> ServiceClient:
        """Raises `NoService`."""
        if self.service is None:
            raise NoService
        return self.service


class LabHandler(APIHandler):
    """Base class: errors as problem documents (RFC 9457), `Cache-Control: no-store`."""

    auth_resource = "enablement"

    def initialize(self, services: LabServices) -> None:
        """Called by tornado for each request."""
        self.services = services

    def set_default_headers(self) -> None:
        """Called by tornado."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The error translator: any exception becomes a problem document. Called by tornado."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        known = error is None or isinstance(error, web.HTTPError)
        problem = problem_of_status(status_code) if known else problem_of_any(error)
        if problem.incident:
            self.log.error("enablement: incident %s", problem.incident)
        self.set_status(problem.status)
        for name, value in problem.headers().items():
            self.set_header(name, value)
        if problem.status == 405:  # RFC 9110, 15.5.6
            self.set_header("Allow", ", ".join(verb for verb in ("GET", "POST") if _handles(type(self), verb)))
        self.finish(problem.body(), set_content_type=CONTENT_TYPE)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Called by tornado: an answer of our own tree is no reason for a traceback."""
        if not isinstance(value, (EnablementError, ServiceRefused)):
            super().log_exception(typ, value, tb)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Called by tornado. An answer that has begun breaks off: finished politely it would pass for a whole one."""
        if self._headers_written:
            self.request.connection.stream.close()
        else:
            super().send_error(status_code, **kwargs)

    async def pass_on(self, chunk: bytes) -> None:
        """Write a piece of an answer; nothing happens where the browser has gone."""
        with suppress(StreamClosedError):
            self.write(chunk)
            await self.flush()

    async def pass_lines_on(self, lines: AsyncIterator[object]) -> None:
        """Answer with lines of JSON as they come."""
        self.set_header("Content-Type", _LINES)
        self.set_header("X-Accel-Buffering", "no")
        async for line in lines:
            await self.pass_on(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self.finish(set_content_type=_LINES)

    def answer(self, value: object) -> None:
        """Answer with JSON."""
        self.finish(json.dumps(value, ensure_ascii=False))


def _handles(handler: type[LabHandler], method: str) -> bool:
    """Whether a class of ours has this method; the bases of Jupyter Server and tornado answer 405."""
    name = method.lower()
    return any(name in vars(base) for base in handler.__mro__ if base.__module__.startswith("enablement_ext."))


class ContextHandler(LabHandler):
    """GET /enablement/context"""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """What the front end needs to know first. Answers without a service, too."""
        self.answer(self.services.settings.context())


class CandidatesHandler(LabHandler):
    """GET /enablement/candidates?path="""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """What can be sent with a notebook."""
        path = self.get_query_argument("path", "", strip=False).lstrip("/")
        if not path:
            raise BadRequest("Say which notebook: ?path=…")
        self.answer(await self.services.candidates.of(path, self.services.require_service()))


class PreflightHandler(LabHandler):
    """POST /enablement/preflight"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """What checks find before the notebook is sent. Answers without a service, too."""
        question = preflight_question(parse_object(self.request.body))
        self.answer(await self.services.preflight.of(question, self.services.service))


class SendHandler(LabHandler):
    """POST /enablement/send"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Send a notebook; lines of JSON, the last one a receipt or a problem.

        A sending goes on when the browser goes away: the next try with its key is then answered at once.
        """
        service = self.services.require_service()
        await self.pass_lines_on(self.services.sender.lines(intent_of(parse_object(self.request.body)), service))


class TryHandler(LabHandler):
    """POST /enablement/try"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Have what would be sent run before it is; lines of JSON, the last one a trial or a problem."""
        service = self.services.require_service()
        await self.pass_lines_on(self.services.sender.trial_lines(intent_of(parse_object(self.request.body)), service))


class DifferenceHandler(LabHandler):
    """GET /enablement/difference?submission=&version=&path="""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """What differs between a version that was sent and the file as it is now."""
        service = self.services.require_service()
        query = {name: self.get_query_argument(name, "") for name in ("submission", "version")}
        path = self.get_query_argument("path", "", strip=False).lstrip("/")
        submission, version = (query_number(query, name, (1, 10**9), None) for name in query)
        if not path or submission is None or version is None:
            raise BadRequest("Say what to compare: ?submission=…&version=…&path=…")
        self.answer(await self.services.working_copy.of(submission, version, path, service))


class SuggestionsHandler(LabHandler):
    """POST /enablement/suggestions/plan"""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """What suggested edits would do to the cells that are sent; nothing is written."""
        service = self.services.require_service()
        self.answer(await planned(suggestion_question(parse_object(self.request.body)), service))


class ServiceHandler(LabHandler):
    """GET, POST /enablement/api/v1/…: a reverse proxy to the review service that adds this server's token."""

    upstream: ServiceResponse | None = None
    disconnected = False

    @web.authenticated
    @authorized
    async def get(self, rest: str) -> None:
        """Proxy a read."""
        await self.forward(rest, b"")

    @web.authenticated
    @authorized
    async def post(self, rest: str) -> None:
        """Proxy an action; its body is at most `_BODY_BYTES`."""
        await self.forward(rest, self.request.body)

    async def forward(self, rest: str, body: bytes) -> None:
        """Proxy the request; files and events are streamed, everything else is buffered."""
        if len(body) > _BODY_BYTES:
            raise TooLarge
        method = str(self.request.method)
        stream = method == "GET" and rest == EVENTS
        path = service_path(method, self.request.path.partition(_PREFIX)[2], self.request.query)
        call = ServiceRequest(method, path, request_headers(method, self.request.headers, stream=stream), body)
        self.upstream = answer = await self.services.require_service().open(call)
        if self.disconnected:
            answer.close()
            return
        headers = answer_headers(answer.status, answer.headers)
        self.set_status(answer.status)
        for name, value in headers.items():
            self.set_header(name, value)
        media_type = headers.get("Content-Type", "")
        if media_type.startswith(_STREAMED):
            await (self.stream(answer) if stream else self.download(answer))
            self.finish(set_content_type=media_type)
        else:
            self.finish(await answer.read(_BUFFERED_BYTES), set_content_type=media_type)

    async def download(self, answer: ServiceResponse) -> None:
        """Stream a file. Where it breaks off the connection does, too, so that a browser sees it."""
        length = answer.headers.get("Content-Length")
        if length is not None:
            self.set_header("Content-Length", length)
        async for chunk in answer.chunks():
            await self.pass_on(chunk)

    async def stream(self, answer: ServiceResponse) -> None:
        """Stream events. They may end at any time, the browser asks again."""
        self.set_header("X-Accel-Buffering", "no")
        self._track_activity = False  # an open tab alone keeps no server from being culled
        await self.flush()
        with suppress(ServiceAway):
            async for chunk in answer.chunks(_EVENTS_SECONDS):
                await self.pass_on(chunk)

    def on_connection_close(self) -> None:
        """Called by tornado when the browser disconnects: the request to the service is aborted too."""
        self.disconnected = True
        self.on_finish()

    def on_finish(self) -> None:
        """Called by tornado."""
        if self.upstream is not None:
            self.upstream.close()


def routes(services: LabServices) -> list[tuple[str, type[LabHandler], dict[str, Any]]]:
    """Patterns below the server's base address, with their handlers."""
    table: list[tuple[str, type[LabHandler]]] = [
        (r"/enablement/context", ContextHandler),
        (r"/enablement/candidates", CandidatesHandler),
        (r"/enablement/preflight", PreflightHandler),
        (r"/enablement/send", SendHandler),
        (r"/enablement/try", TryHandler),
        (r"/enablement/difference", DifferenceHandler),
        (r"/enablement/suggestions/plan", SuggestionsHandler),
        (rf"{_PREFIX}(.*)", ServiceHandler),
    ]
    return [(pattern, handler, {"services": services}) for pattern, handler in table]
