"""HTTP client of the review service: one request over one connection of its own.

Why not tornado's `AsyncHTTPClient`: a fetch cannot be cancelled, so an event stream whose reader has gone would stay open; it has a pool
of ten connections; and it does not read a response before the whole body is sent. Redirects are never followed. Any network error is
`ServiceAway`; the token is sent in a header only.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPInputError, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream
from tornado.tcpclient import TCPClient
from tornado.util import TimeoutError as TornadoTimeoutError

from enablement_ext.core.errors import ServiceAway

_DOWNLOAD_BYTES = 4 * 1024**3  # passed on in chunks, never held
_CHUNKS_AHEAD = 4

_HUB = "X-JupyterHub-Version"  # on every page of a hub, and on no answer of the service
_BROKEN = "The review service broke off before it had answered. Nothing was lost; try again in a moment."

Result = TypeVar("Result")
Write = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds: to connect; between parts of a response; until the response to a submission begins."""

    connect: float = 5.0
    answer: float = 30.0
    receipt: float = 180.0


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A request. `path` is below the service's base and starts with "/"; `body` is sent at once, `length` bytes by `produce` else."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int = 0
    produce: Callable[[Write], Awaitable[None]] | None = None


@dataclass(slots=True, eq=False)
class ServiceResponse(HTTPMessageDelegate):
    """A streaming response. `close` aborts it: the connection is closed at once."""

    stream: IOStream
    patience: float
    status: int = 0  # 0: there was none
    headers: HTTPHeaders = field(default_factory=HTTPHeaders)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    _queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_CHUNKS_AHEAD))
    _complete: bool = False
    _closed: bool = False

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        """Called by tornado."""
        if isinstance(start_line, ResponseStartLine) and start_line.code >= 200:
            self.status, self.headers = start_line.code, headers
            self.began.set()

    async def data_received(self, chunk: bytes) -> None:
        """Called by tornado; waits while the reader is slow."""
        if not self._closed:
            await self._queue.put(chunk)

    def finish(self) -> None:
        """Called by tornado at the end of a whole answer."""
        self._complete = True

    async def read_from(self, connection: HTTP1Connection) -> None:
        """Read the response until its end or the connection's."""
        try:
            await connection.read_response(self)
        except (OSError, HTTPInputError):
            self.stream.close()
        self.began.set()
        if not self._closed:
            await self._queue.put(None)

    async def chunks(self, patience: float | None = None) -> AsyncIterator[bytes]:
        """The body. Raises `ServiceAway` when it breaks off or stands still for longer than `patience` seconds."""
        while True:
            chunk = await _within(patience or self.patience, self._queue.get())
            if chunk is None:
                break
            yield chunk
        if not self._complete and not self._closed:
            raise ServiceAway(_BROKEN)

    async def read(self, limit: int) -> bytes:
        """The whole body. Raises `ServiceAway`, also beyond `limit` bytes."""
        held = bytearray()
        async for chunk in self.chunks():
            held += chunk
            if len(held) > limit:
                raise ServiceAway("The review service answers with something else than expected.")
        return bytes(held)

    def close(self) -> None:
        """Close the connection; a reader that waits sees the end. Harmless when it is closed."""
        self._closed = True
        self.stream.close()
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)


class ServiceClient:
    """Requests to the review service at `url` (its base) with this server's token."""

    def __init__(self, url: str, token: str, timeouts: Timeouts) -> None:
        self._base: SplitResult = urlsplit(url)
        self._token = token
        self._timeouts = timeouts
        self._tasks: set[asyncio.Task[None]] = set()  # the event loop itself keeps tasks only weakly

    async def open(self, call: ServiceRequest) -> ServiceResponse:
        """Make the request; returns when the answer's headers are there. Raises `ServiceAway` and whatever `produce` raises.

        An answer that arrives before the body is sent ends the sending: then the service has seen enough.
        """
        stream = await self._connect()
        parameters = HTTP1ConnectionParameters(no_keep_alive=True, max_body_size=_DOWNLOAD_BYTES)
        connection = HTTP1Connection(stream, True, parameters)
        answer = ServiceResponse(stream, self._timeouts.answer)
        try:
            connection.write_headers(
                RequestStartLine(call.method, self._base.path.rstrip("/") + call.path, ""), self._headers(call)
            )
            self._spawn(answer.read_from(connection))
            await self._send(call, connection, answer)
            await _within(self._timeouts.receipt if call.produce else self._timeouts.answer, answer.began.wait())
        except BaseException:
            answer.close()
            raise
        if not answer.status:
            answer.close()
            raise ServiceAway(_BROKEN if call.produce else None)
        if _HUB in answer.headers:  # the proxy does not know the way to the service, and asks the hub instead
            answer.close()
            raise ServiceAway
        return answer

    async def _connect(self) -> IOStream:
        secure = self._base.scheme == "https"
        port = self._base.port or (443 if secure else 80)
        context = ssl.create_default_context() if secure else None
        try:
            return await TCPClient().connect(
                self._base.hostname or "", port, ssl_options=context, timeout=self._timeouts.connect
            )
        except (OSError, TimeoutError, TornadoTimeoutError):
            raise ServiceAway from None

    def _headers(self, call: ServiceRequest) -> HTTPHeaders:
        headers = HTTPHeaders(call.headers)
        headers["Host"] = self._base.netloc.rpartition("@")[2]
        headers["Authorization"] = f"token {self._token}"
        headers["Accept-Encoding"] = "identity"
        headers["Connection"] = "close"
        if call.method == "POST":
            headers["Content-Length"] = str(call.length if call.produce else len(call.body))
        return headers

    async def _send(self, call: ServiceRequest, connection: HTTP1Connection, answer: ServiceResponse) -> None:
        """Send the body until it ends or the answer begins."""
        sending = asyncio.ensure_future(self._body(call, connection))
        began = asyncio.ensure_future(answer.began.wait())
        try:
            await asyncio.wait({sending, began}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        except OSError:  # the connection broke; an answer may have come before that
            answer.began.set()
        finally:
            sending.cancel()
            began.cancel()

    async def _body(self, call: ServiceRequest, connection: HTTP1Connection) -> None:
        async def write(chunk: bytes) -> None:
            await _within(self._timeouts.answer, connection.write(chunk))

        if call.produce:
            await call.produce(write)
        elif call.body:
            await write(call.body)
        connection.finish()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _within(seconds: float, work: Awaitable[Result]) -> Result:
    """The result. Raises `ServiceAway` when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise ServiceAway(
            "The review service does not answer in time. Nothing was lost; try again in a moment."
        ) from None
