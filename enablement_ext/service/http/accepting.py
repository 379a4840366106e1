"""Accepting connections where the process may run out of descriptors.

Tornado's own loop fails and logs a traceback each time the event loop turns: 144 KB of log a second, and a whole core. Here one line a second
says it, accepting rests meanwhile, and the connections that are open are served on. Who is not accepted yet waits in the system's queue.
"""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable, Iterable

from tornado.httpserver import HTTPServer
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
        """Nothing is accepted any more."""
        self._stopped = True
        if self._resting is not None:
            self._loop.remove_timeout(self._resting)
        else:
            self._loop.remove_handler(self._listening)

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
    """Tornado's server that accepts this way."""

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        for listening in sockets:
            self._sockets[listening.fileno()] = listening
            self._handlers[listening.fileno()] = Accepting(listening, self._handle_connection).stop
