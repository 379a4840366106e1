"""Refusing a request whose body is still on its way.

A server that closes a connection with unread bytes in it resets it, and the reset can overtake the answer: whoever is at the other end, mostly a
proxy, then reports a broken connection in its own words. So the body is read and dropped first, within bounds; beyond them the answer is
written at once, and what still arrives is dropped for a moment longer before the connection is closed (what nginx calls a lingering close).

A sender on a fast network would keep the event loop reading for as long as there is something to read. So behind the first megabyte there is a
moment after every 256 KB in which others are answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tornado.escape import utf8
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler, stream_request_body

from enablement_ext.core.errors import EnablementError
from enablement_ext.service.http.admission import declared_length
from enablement_ext.web.messages import READ_FIRST_BYTES

Refusal = EnablementError | HTTPError
PAUSE_BYTES = 256 * 1024  # of a large body, whatever the pieces in which it arrives
PAUSE_SECONDS = 0.001  # after so many bytes: that bounds one sender at about 200 MB a second


@dataclass(frozen=True, slots=True)
class DrainLimits:
    """How much of a refused body is read before the answer: bytes, seconds in all, seconds without a byte; and seconds after it."""

    bytes: int = 320 * 1024 * 1024
    seconds: float = 20.0
    quiet: float = 2.0
    linger: float = 5.0


@stream_request_body
class DrainingHandler(RequestHandler):
    """A handler that may refuse before the body was read, and whose answer arrives all the same. Nothing of a refused body is kept."""

    drain = DrainLimits()
    body_read = False
    _refusal: Refusal | None = None
    _answered_early = False
    _arrived = 0
    _paused_at = READ_FIRST_BYTES
    _dropped = 0
    _seen = 0
    _until = 0.0
    _timer: asyncio.TimerHandle | None = None

    async def prepare(self) -> None:
        try:
            await self.examine_head()
        except (EnablementError, HTTPError) as refusal:
            self.refuse(refusal)

    async def examine_head(self) -> None:
        """Raise why the request is refused, as far as its head says."""

    def take(self, chunk: bytes) -> Awaitable[None] | None:  # noqa: ARG002 - dropped here
        """Take a piece of the body of a request that is not refused (yet). Whatever of our errors it raises refuses the request."""
        return None

    async def respond(self) -> None:
        """Answer; the body has arrived, and nothing was refused."""
        raise HTTPError(405)

    def refuse(self, refusal: Refusal) -> None:
        """Answer with this once the body has been read, or the bounds are reached. What was taken is dropped already."""
        if self._refusal is not None:
            return
        self._refusal = refusal
        loop = asyncio.get_running_loop()
        self._until = loop.time() + self.drain.seconds
        if declared_length(self.request) > self.drain.bytes:
            self._answer_early()
        else:
            self._timer = loop.call_later(self.drain.quiet, self._look)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        self._arrived += len(chunk)
        waiting = self._waited_for(chunk)
        if self._arrived < self._paused_at + PAUSE_BYTES:
            return self._taken(waiting) if waiting is not None else None
        self._paused_at = self._arrived
        return self._paced(waiting)

    def _waited_for(self, chunk: bytes) -> Awaitable[None] | None:
        """What has to be waited for before the next piece is read."""
        if self._refusal is not None:
            self._drop(chunk)
            return None
        try:
            return self.take(chunk)
        except (EnablementError, HTTPError) as refusal:
            self.refuse(refusal)
            return None

    async def _taken(self, waiting: Awaitable[None]) -> None:
        try:
            await waiting
        except (EnablementError, HTTPError) as refusal:
            self.refuse(refusal)

    async def _paced(self, waiting: Awaitable[None] | None) -> None:
        if waiting is not None:
            await self._taken(waiting)
        await asyncio.sleep(PAUSE_SECONDS)

    async def _whole(self, **_: str) -> None:
        """Called by tornado, as the request's method, when the body has been read."""
        self.body_read = True
        self._cancel_timer()
        if self._answered_early:
            self._end()
        elif self._refusal is not None:
            raise self._refusal
        else:
            await self.respond()

    get = post = head = put = patch = delete = options = _whole

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> asyncio.Future[None]:
        """Finish the answer; where the request's body is still on its way, linger before the connection is closed."""
        if self.body_read:
            return super().finish(chunk)
        if not self._answered_early:
            self._linger(utf8(chunk) if isinstance(chunk, str | bytes) else b"")
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def close_connection(self) -> None:
        """Break the connection off."""
        connection: Any = self.request.connection
        connection.stream.close()

    def on_connection_close(self) -> None:
        self._cancel_timer()
        super().on_connection_close()

    def _drop(self, chunk: bytes) -> None:
        self._dropped += len(chunk)
        if self._dropped > self.drain.bytes and not self._answered_early:
            self._answer_early()

    def _look(self) -> None:
        """Whether it is worth reading on."""
        loop = asyncio.get_running_loop()
        if self._dropped == self._seen or loop.time() >= self._until:
            self._answer_early()
            return
        self._seen = self._dropped
        self._timer = loop.call_later(self.drain.quiet, self._look)

    def _answer_early(self) -> None:
        self._cancel_timer()
        refusal = self._refusal
        self.send_error(getattr(refusal, "status_code", 500), exc_info=(type(refusal), refusal, None))

    def _linger(self, body: bytes) -> None:
        self._answered_early = True
        # The connection cannot be used again; without the header a proxy sends its next request into it.
        self.set_header("Connection", "close")
        self.set_header("Content-Length", str(len(body)))
        self.write(body)
        asyncio.ensure_future(_quietly(self.flush()))  # noqa: RUF006 - it lives as long as the connection
        self._timer = asyncio.get_running_loop().call_later(self.drain.linger, self._end)

    def _end(self) -> None:
        self.body_read = True
        if not self._finished:
            self.finish()
        self.close_connection()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _quietly(written: Awaitable[None]) -> None:
    with suppress(StreamClosedError):
        await written
