"""Thread pools: the store blocks, the event loop must not. And a lock for each key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from enablement_ext.core.errors import TooManyRequests
from enablement_ext.service.runtime.waiting import set_within

Given = ParamSpec("Given")
Result = TypeVar("Result")


class ThreadPool:
    """A thread pool with a bounded queue. Lives on one event loop."""

    def __init__(self, threads: int, max_queued: int = 500) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="enablement")
        self._limit = threads + max_queued
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self, work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Call in a thread. Raises `TooManyRequests` where the queue is full, and what the call raises."""
        if self._busy >= self._limit:
            raise TooManyRequests
        self._busy += 1
        self._idle.clear()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, lambda: work(*args, **kwargs))
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def idle(self, seconds: float) -> None:
        """Wait until nothing runs or is queued, at most so many seconds."""
        await set_within(self._idle, seconds)

    def close(self) -> None:
        """Shut down: wait for what runs, accept nothing more."""
        self._pool.shutdown(wait=True)


class KeyLocks:
    """An asyncio lock for each key, first come, first served. Nothing is kept of a key that nobody holds or waits for."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: Hashable) -> AsyncIterator[None]:
        """Hold the key's lock inside the block."""
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(key)
            if users > 1:
                self._locks[key] = (lock, users - 1)
