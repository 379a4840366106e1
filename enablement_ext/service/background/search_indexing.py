"""A background task that indexes what waits for it, in steps. Nothing waits for it; a search says how far it is."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from dataclasses import dataclass, field

from enablement_ext.core.errors import EnablementError
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.runtime.waiting import set_within
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.service.use_cases.search.indexing import index_some
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

_ATTEMPTS = 3  # at a notebook that a process breaks off at


@dataclass(slots=True)
class SearchIndexing:
    """One thread of its own: reading what is stored takes a moment each."""

    review: ReviewContext
    interval: float = 20.0  # seconds between two looks: pods of an earlier version store things, too
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _pool: ThreadPool = field(default_factory=lambda: ThreadPool(1))
    _attempts: Counter[int] = field(default_factory=Counter)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def wake(self) -> None:
        """Something waits to be indexed. From the event loop."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            await self._pool.run(self.index_all)
            await set_within(self._wake, self.interval)

    def stop(self) -> None:
        """At shutdown, after the step at hand; the next start goes on."""
        self._stopping.set()
        self._pool.close()

    def index_all(self) -> None:
        """All that waits, once, until it is done, the store is away, or the service stops."""
        below: int | None = None
        try:
            while not self._stopping.is_set():
                below = index_some(self.review, below, self._given_up)
                if below is None:
                    return
        except EnablementError as problem:
            log.warning(logs.line("background_failed", code=problem.code))

    def _given_up(self, number: int) -> bool:
        self._attempts[number] += 1
        return self._attempts[number] >= _ATTEMPTS
