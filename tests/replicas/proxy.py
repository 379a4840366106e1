"""A proxy that passes each connection to the next replica that says it is ready, as a Kubernetes Service does.

Each replica is asked on its own, and who takes too long to say so is not ready: one that is slow keeps nobody from seeing that another stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from tests.polling import PATIENCE
from tests.service.fixtures import PREFIX

_LOOK_SECONDS, _ANSWER_SECONDS = 0.1, 1.0
_PROBE = f"GET {PREFIX}/readyz HTTP/1.0\r\nHost: x\r\n\r\n".encode()


class RoundRobin:
    """Listens on `port`. `behind` are the ports of the replicas; change it as they come and go."""

    def __init__(self, behind: list[int]) -> None:
        self.behind = behind
        self.port = 0
        self.ready: list[int] = []
        self._turn = 0

    async def serve(self, started: asyncio.Event) -> None:
        """Until cancelled."""
        await self._look()
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await self._look()

    async def _look(self) -> None:
        await asyncio.gather(*(self._look_at(port) for port in list(self.behind)))

    async def _look_at(self, port: int) -> None:
        ready = await _ready(port)
        self.ready = [
            *(each for each in self.ready if each != port),
            *([port] if ready and port in self.behind else []),
        ]

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._turn += 1
        candidates = self.ready or self.behind
        first = self._turn % len(candidates)
        for port in (*candidates[first:], *candidates[:first]):
            try:
                there = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))
            return
        writer.close()


async def _ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(_PROBE)
        line = await asyncio.wait_for(reader.readline(), _ANSWER_SECONDS)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    return b" 200 " in line


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
    writer.close()


@contextmanager
def round_robin(behind: list[int]) -> Iterator[RoundRobin]:
    """A running proxy, in a thread with its own loop."""
    proxy = RoundRobin(behind)
    loop = asyncio.new_event_loop()
    started = asyncio.Event()
    task = loop.create_task(proxy.serve(started))
    thread = Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(started.wait(), loop).result(PATIENCE)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    for left in asyncio.all_tasks(loop):
        left.cancel()
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(left)
    loop.close()
