"""The tornado request handler of every route: it admits a request, calls the function the route declares, and writes its response.

Errors are raised through it: tornado's outermost loop hands them to `write_error`, where the one translator makes the answer. A large
body is judged before it is read, a small one afterwards; `draining_handler` sees to it that a refusal arrives either way.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from enablement_ext.core.errors import TooLarge
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.admission import AdmittedRequest, InFlight, admit, declared_length
from enablement_ext.service.http.draining_handler import DrainingHandler, Refusal
from enablement_ext.service.http.listeners import Listener, require_served
from enablement_ext.service.http.presentation import with_json_facts
from enablement_ext.service.http.rendering import error_page
from enablement_ext.service.http.session import sign_in
from enablement_ext.service.http.streaming import StreamingResponse, flush
from enablement_ext.web import headers, logs
from enablement_ext.web.auth import Session
from enablement_ext.web.messages import JSON, READ_FIRST_BYTES, Request, Response
from enablement_ext.web.problem import CONTENT_TYPE, Problem, problem_of, problem_of_status
from enablement_ext.web.routes import TEXTS, Route
from enablement_ext.web.shared_bytes import SharedBytes

log = logging.getLogger("enablement.http")

_SLOW_SECONDS = 30.0


class Endpoint(DrainingHandler):
    """Serves one path of the route table."""

    def initialize(
        self,
        context: ServiceContext,
        methods: Mapping[str, Route[ServiceContext]],
        in_flight: InFlight,
        listener: Listener,
    ) -> None:
        self._context = context
        self._listener = listener
        self._methods = methods
        self._started = time.perf_counter()
        self._admission = AdmittedRequest(in_flight)
        self._admitted: Request | None = None
        self._stream: StreamingResponse | None = None
        self._in_flight = True
        context.draining.request_started()
        if context.draining.started:
            self.set_header("Connection", "close")  # the next request of this client finds another replica

    @property
    def route(self) -> Route[ServiceContext]:
        """The route of this method. Raises 405, and what `require_served` raises: whoever takes the route serves it."""
        route = self._methods.get(self.request.method or "")
        if route is None:
            raise HTTPError(405)
        require_served(self._listener, self._context, route, self.request)
        return route

    def refuse(self, refusal: Refusal) -> None:
        self._admission.discard()
        super().refuse(refusal)

    def set_default_headers(self) -> None:
        for name, value in headers.EVERY.items():
            self.set_header(name, value)
        self.set_header("Server", "enablement")

    def compute_etag(self) -> None:
        """None: responses are `no-store`, and hashing a large file again costs."""

    async def examine_head(self) -> None:
        if declared_length(self.request) > READ_FIRST_BYTES:
            await self._admit()

    def take(self, chunk: bytes) -> Awaitable[None] | None:
        # Who is asking is judged before how much they send, so that much is read of every body.
        self._admission.receive(
            chunk, self._body_limit() if self._admitted else max(self._body_limit(), 2 * READ_FIRST_BYTES)
        )
        if self._admitted is None and self._admission.received > READ_FIRST_BYTES:
            return self._admit_unannounced()
        if self._admitted is not None and not declared_length(self.request):
            self._admission.acquire(len(chunk), self._context.limits.in_flight)
        return None

    async def respond(self) -> None:
        route = self.route
        request = self._admitted or await self._admit()
        self._require_size()
        if self._admission.large is not None:
            request = _with_large_body(route, request, self._admission.large)
        if route.session is Session.BROWSER and request.who is None:
            self._write(sign_in(self._context, request))
            return
        response = await self._call(route, request)
        if isinstance(response, StreamingResponse):
            await self._write_stream(response)
        else:
            self._write(response)

    async def _admit(self) -> Request:
        admitted = await admit(self._context, self.route, self.request, self._admission)
        numbers = {name: int(value) for name, value in self.path_kwargs.items() if name not in TEXTS}
        names = {name: value for name, value in self.path_kwargs.items() if name in TEXTS}
        self._admitted = replace(admitted, numbers=numbers, names=names) if numbers or names else admitted
        return self._admitted

    async def _admit_unannounced(self) -> None:
        """A body without a declared length turns out to be large: whose it is, is asked now, and it counts in flight from here on."""
        await self._admit()
        self._require_size()
        self._admission.acquire(self._admission.received, self._context.limits.in_flight)

    async def _call(self, route: Route[ServiceContext], request: Request) -> Response | StreamingResponse:
        if route.work is not None:
            # Writes wait for the disk; reads do not wait behind them.
            threads = self._context.workers if route.method == "GET" else self._context.writers
            return await threads.run(route.work, self._context, request)
        flow = route.flow
        if flow is None:
            raise HTTPError(500)
        waiting: Awaitable[Response] = flow(self._context, request)
        return await waiting

    def _write(self, response: Response) -> None:
        self.set_status(response.status)
        if response.body or response.status != 302:
            self.set_header("Content-Type", response.content_type)
        for name, value in response.headers.items():
            self.set_header(name, value)
        for cookie in response.cookies:
            self.set_cookie(
                cookie.name,
                cookie.value,
                max_age=cookie.seconds,
                path=cookie.path or self._context.urls.prefix,
                httponly=True,
                secure=self._context.urls.pages.startswith("https:") or _over_tls(self.request),
                samesite="Lax",
            )
        self.finish(response.body or None)

    async def _write_stream(self, response: StreamingResponse) -> None:
        """Piece by piece; a client that takes none for half a minute is dropped."""
        self._stream = response
        self._admission.release()
        for name, value in response.headers.items():
            self.set_header(name, value)
        self.set_header("Content-Type", response.content_type)
        self.set_header("X-Accel-Buffering", "no")
        with closing(response):
            async for piece in response.pieces():
                self.write(piece)
                flushed = asyncio.ensure_future(flush(self))
                done, _ = await asyncio.wait({flushed}, timeout=_SLOW_SECONDS)
                if not done or not flushed.result():
                    flushed.cancel()
                    self.close_connection()
                    return
        self.finish()

    def on_connection_close(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._release()
        super().on_connection_close()

    def _release(self) -> None:
        self._admission.release()
        if self._in_flight:
            self._in_flight = False
            self._context.draining.request_finished()

    def on_finish(self) -> None:
        self._release()
        route = self._methods.get(self.request.method or "")
        seconds = time.perf_counter() - self._started
        operation = route.operation if route else "unknown"
        status = self.get_status()
        if self._stream is None:
            self._context.metrics.answered(operation, status, seconds)
        if route and route.session is Session.NONE:
            return  # probes: they would fill the log
        if log.isEnabledFor(logging.INFO):
            numbers = {name: str(value)[:20] for name, value in self.path_kwargs.items()}
            milliseconds = round(seconds * 1000, 1)
            log.info(
                logs.line(
                    "request", operation=operation, status=status, ms=milliseconds, who=self._admission.who, **numbers
                )
            )

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 - the error says which
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        problem = (
            problem_of_status(error.status_code) if isinstance(error, HTTPError) else with_json_facts(problem_of(error))
        )
        self._context.metrics.refused(problem.code)
        if problem.incident:
            fields = logs.failure(error) if error is not None else {}
            log.error(
                logs.line("incident", incident=problem.incident, code=problem.code, who=self._admission.who, **fields)
            )
        elif problem.status == 503:
            log.warning(
                logs.line("unavailable", code=problem.code, facts=str(dict(problem.facts)), who=self._admission.who)
            )
        self.set_status(problem.status)
        for name, value in problem.headers().items():
            self.set_header(name, value)
        if problem.status == 405:
            self.set_header("Allow", ", ".join(sorted(self._methods)))  # RFC 9110, 15.5.6
        self._write_problem(problem)

    def _write_problem(self, problem: Problem) -> None:
        route = self._methods.get(self.request.method or "")
        if route and route.session is not Session.TOKEN and "text/html" in self.request.headers.get("Accept", ""):
            answer = error_page(self._context, problem)
            for name, value in answer.headers.items():
                self.set_header(name, value)
            self.set_header("Content-Type", answer.content_type)
            self.finish(answer.body)
            return
        self.set_header("Content-Type", CONTENT_TYPE)
        self.finish(problem.body())

    def log_exception(self, *_: Any) -> None:
        """Everything is logged in `write_error`, redacted."""

    def _require_size(self) -> None:
        """Raises `TooLarge` for a body that is larger than the route takes, whatever length was declared."""
        if self._admission.received > self._body_limit():
            raise TooLarge(facts={"limit": self._body_limit()})

    def _body_limit(self) -> int:
        route = self._methods.get(self.request.method or "")
        return route.body.most if route and route.body else 0


class NotFoundHandler(DrainingHandler):
    """Every path that is no route."""

    def set_default_headers(self) -> None:
        for name, value in headers.EVERY.items():
            self.set_header(name, value)
        self.set_header("Server", "enablement")

    async def examine_head(self) -> None:
        raise HTTPError(404)

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", CONTENT_TYPE)
        self.finish(problem_of_status(status_code).body())

    def log_exception(self, *_: Any) -> None:
        """A wrong address is nothing to report."""


def log_request(handler: RequestHandler) -> None:
    """Tornado's own request log is off: it writes query strings. `Endpoint.on_finish` has ours."""


def _with_large_body(route: Route[ServiceContext], request: Request, large: SharedBytes) -> Request:
    """A bundle stays where another process can map it; JSON is parsed here."""
    if route.body is not None and route.body.content_type == JSON:
        return replace(request, body=bytearray(large.view()))
    return replace(request, large=large)


def _over_tls(request: HTTPServerRequest) -> bool:
    """Whether the browser came over TLS, as the hub's proxy in front says.

    Read where it is needed: tornado's `xheaders` looks up the client's address for every request, which nothing here asks for.
    """
    scheme = request.headers.get("X-Scheme") or request.headers.get("X-Forwarded-Proto") or request.protocol
    return scheme.rpartition(",")[2].strip() == "https"
