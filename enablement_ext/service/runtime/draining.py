"""Graceful shutdown: counts in-flight requests, so that SIGTERM can drain them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from enablement_ext.service.runtime.waiting import set_within


@dataclass(slots=True)
class Draining:
    """Whether this process is shutting down (`started`), and its in-flight requests. Belongs to one event loop."""

    started: bool = False
    in_flight: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def request_started(self) -> None:
        """One request more is in flight."""
        self.in_flight += 1
        self._idle.clear()

    def request_finished(self) -> None:
        """It is answered, or its client is gone."""
        self.in_flight -= 1
        if not self.in_flight:
            self._idle.set()

    async def drained(self, seconds: float) -> bool:
        """Wait until no request is in flight, at most so many seconds; whether none is."""
        return not self.in_flight or await set_within(self._idle, seconds)
