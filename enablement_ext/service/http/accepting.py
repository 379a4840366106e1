"""Accepting connections where the process may run out of descriptors, and ending so that nobody who was accepted goes without an answer.

Tornado's own loop fails and logs a traceback each time the event loop turns: 144 KB of log a second, and a whole core. Here one line a second
says it, accepting rests meanwhile, and the connections that are open are served on. Who is not accepted yet waits in the system's queue.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.ioloop import IOLoop

from enablement_ext.web import logs

log = logging.getLogger("enablement.http")

REST_SECONDS = 1.0
_AT_ONCE = 128  # so many at most before others get their turn
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

Accepted = Callable[[socket.socket, object], None]


class Accepting:
    """Accepts on one listening socket until it is stopped. Lives on one event loop."""

    def __init__(self, listening: socket.socket, accepted: Accepted) -> None:
        self._listening = listening
        self._accepted = accepted
        self._loop = IOLoop.current()
        self._resting: object | None = None
        self._stopped = False
        self._listen()

    def stop(self) -> None:
        """Nothing is accepted any more. Who waits in the system's queue still is: closing the socket would reset these connections."""
        if self._resting is None:
            self._accept(None, IOLoop.READ)
        self._stopped = True
        if self._resting is None:
            self._loop.remove_handler(self._listening)
        else:
            self._loop.remove_timeout(self._resting)

    def _listen(self) -> None:
        self._resting = None
        self._loop.add_handler(self._listening, self._accept, IOLoop.READ)

    def _accept(self, _descriptor: object, _events: int) -> None:
        for _ in range(_AT_ONCE):
            if self._stopped:
                return
            try:
                connection, address = self._listening.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._rest(error)
                    return
                continue  # this one client gave up
            self._accepted(connection, address)

    def _rest(self, error: OSError) -> None:
        log.error(logs.line("no-descriptors", reason=errno.errorcode.get(error.errno or 0, "?"), rests=REST_SECONDS))
        self._loop.remove_handler(self._listening)
        self._resting = self._loop.call_later(REST_SECONDS, self._listen)


class RestingServer(HTTPServer):
    """Tornado's server that accepts this way, and knows who was accepted and has not asked for anything yet."""

    def initialize(self, *arguments: Any, **settings: Any) -> None:
        """As Tornado's."""
        super().initialize(*arguments, **settings)
        self._have_asked = set[object]()
        self._change = asyncio.Event()

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        for listening in sockets:
            self._sockets[listening.fileno()] = listening
            self._handlers[listening.fileno()] = Accepting(listening, self._handle_connection).stop

    async def all_have_asked(self, seconds: float) -> bool:
        """Wait until each open connection has sent the head of a request, at most so many seconds; whether each has.

        For the time after `stop`: whoever was accepted counts on an answer, and `close_all_connections` gives none.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._connections - self._have_asked:
                    self._change.clear()
                    await self._change.wait()
        return not self._connections - self._have_asked

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        delegate = super().start_request(server_conn, request_conn)
        return (
            delegate if server_conn in self._have_asked else _FirstRequest(delegate, partial(self._asks, server_conn))
        )

    def on_close(self, server_conn: object) -> None:
        super().on_close(server_conn)
        self._have_asked.discard(server_conn)
        self._change.set()

    def _asks(self, connection: object) -> None:
        self._have_asked.add(connection)
        self._change.set()


class _FirstRequest(HTTPMessageDelegate):
    """Passes everything on, and tells that the head has come."""

    def __init__(self, delegate: HTTPMessageDelegate, has_come: Callable[[], None]) -> None:
        self._delegate = delegate
        self._has_come = has_come

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        self._has_come()
        return self._delegate.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        self._delegate.finish()

    def on_connection_close(self) -> None:
        self._delegate.on_connection_close()
