"""Time for tests of waits and limits where client and server are on one event loop: however busy the machine is, they come out the same."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from time import time as wall_clock
from typing import Any

from tornado.ioloop import IOLoop


class LoopTime:
    """The time of an event loop that stands still while there is something to do, and otherwise jumps to the next timer."""

    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        """Seconds, as the loop's timers count them."""
        return self._now

    def go_by(self, seconds: float) -> None:
        """Let time pass while nothing else gets its turn, as work on the event loop does."""
        self._now += seconds


@contextmanager
def own_time() -> Iterator[LoopTime]:
    """Gives the running loop a time of its own until the block ends. Nothing in the block may wait for another process or thread."""
    loop: Any = asyncio.get_running_loop()
    tornados: Any = IOLoop.current()
    selector, time = loop._selector, LoopTime(loop.time())
    select, ahead = selector.select, wall_clock() - loop.time()

    def ready(timeout: float | None) -> Any:
        found = select(0)
        if not found and timeout:
            time.go_by(timeout)
        return found if timeout is not None else select(None)

    async def resolved(host: str, port: int, **how: Any) -> Any:  # asyncio's own asks in a thread
        return socket.getaddrinfo(host, port, **how)

    selector.select, loop.time, loop.getaddrinfo = ready, time.now, resolved
    tornados.time = lambda: time.now() + ahead
    try:
        yield time
    finally:
        del selector.select, loop.time, loop.getaddrinfo, tornados.time
