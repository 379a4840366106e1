"""Git's smart HTTP protocol: requests with a credential are streamed to Git's own server program and back, chunk by chunk.

The first request of a Git client carries no credential; it is answered with 401, and Git then asks its credential helper.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tornado.iostream import StreamClosedError

from enablement_ext.core.errors import BadRequest, GitFailed, NotFound, NotSignedIn, TooLarge
from enablement_ext.core.git.forges.ports import GitAccess, GitCall, GitExchange
from enablement_ext.core.git.repository_names import RepositoryId, repository_of_path
from enablement_ext.service.http.admission import declared_length
from enablement_ext.service.http.endpoint import Endpoint
from enablement_ext.web.auth import Scope, basic_credentials
from enablement_ext.web.problem import Problem

_IN_FLIGHT_BYTES = 16 * 1024 * 1024  # what one exchange counts for
_SLOW_SECONDS = 60.0
USERNAME = "enablement"
_SERVICES = ("git-upload-pack", "git-receive-pack")
_PASSED_ON = ("content-type", "content-encoding", "git-protocol")


class GitEndpoint(Endpoint):
    """Serves one path of Git's HTTP protocol."""

    exchange: GitExchange | None = None
    received = 0

    async def examine_head(self) -> None:
        """Authentication, before any of the body is read."""
        service = self._service()
        repository = self._repository()
        write = service == "git-receive-pack"
        if self.route.scope is Scope.READ and self.route.method == "POST" and write:
            raise BadRequest("This is no request of Git.")
        if declared_length(self.request) > max(self._body_limit(), 1):
            raise TooLarge(facts={"limit": self._body_limit()})
        git = self._context.repositories.forge.server
        if git is None:
            raise NotFound("Repositories are kept elsewhere here; their addresses are on the page of repositories.")
        who = git.admit(GitAccess(repository, self._password(), write, self._context.review.clock.now()))
        self._admission.who = who
        self._admission.acquire(_IN_FLIGHT_BYTES, self._context.limits.in_flight)
        headers = {name: self.request.headers.get(name, "") for name in _PASSED_ON}
        call = GitCall(repository, service, self.route.method == "GET", who, headers)
        self.exchange = await git.open(call)

    async def take(self, chunk: bytes) -> None:
        """Passed on; the next chunk is read once Git has taken this one (backpressure)."""
        self.received += len(chunk)
        if self.received > self._body_limit():
            self._close_exchange()
            raise TooLarge(facts={"limit": self._body_limit()})
        if self.exchange is not None:
            await self.exchange.feed(chunk)

    async def respond(self) -> None:
        exchange = self.exchange
        if exchange is None:
            raise GitFailed
        await exchange.end()
        status, headers = await exchange.head()
        self.set_status(status)
        for name, value in headers.items():
            self.set_header(name, value)
        async for piece in exchange.pieces():
            self.write(piece)
            async with asyncio.timeout(_SLOW_SECONDS):  # a client that takes nothing is dropped
                await self.flush()
        self.finish()

    def _write_problem(self, problem: Problem) -> None:
        """As everywhere; and Git is told to send Basic authentication."""
        if problem.status == NotSignedIn.status:
            self.set_header("WWW-Authenticate", 'Basic realm="enablement", charset="UTF-8"')
        super()._write_problem(problem)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """A response that has begun is broken off: finished properly it would pass for a complete one."""
        if self._headers_written:
            if not isinstance(kwargs.get("exc_info", (None, None))[1], StreamClosedError):
                self.close_connection()
        else:
            super().send_error(status_code, **kwargs)

    def on_connection_close(self) -> None:
        self._close_exchange()
        super().on_connection_close()

    def on_finish(self) -> None:
        self._close_exchange()
        super().on_finish()

    def _close_exchange(self) -> None:
        if self.exchange is not None:
            self.exchange.close()

    def _service(self) -> str:
        name = self.request.path.rsplit("/", 1)[-1]
        service = self.get_query_argument("service", "") if self.route.method == "GET" else name
        if service not in _SERVICES:
            raise BadRequest("This is no request of Git.")
        return service

    def _repository(self) -> RepositoryId:
        names = self.path_kwargs
        repository = repository_of_path(f"git/{names['space']}/{names['owner']}/{names['repository']}")
        if repository is None:
            raise NotFound
        return repository

    def _password(self) -> str:
        """The credential that Git sent. Raises `NotSignedIn`."""
        username, password = basic_credentials(self.request.headers.get("Authorization", ""))
        if username != USERNAME or not password:
            raise NotSignedIn("A key is needed here. Git gets one by itself in a server of this hub.")
        return password
