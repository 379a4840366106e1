"""Leaving without a trace: what is inside when the service is told to stop is finished, what comes is sent elsewhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class Draining:
    """Whether this process was told to stop, and how many requests are inside. Belongs to one event loop."""

    told: bool = False
    inside: int = 0
    _empty: asyncio.Event = field(default_factory=asyncio.Event)

    def enter(self) -> None:
        """A request came in."""
        self.inside += 1
        self._empty.clear()

    def leave(self) -> None:
        """It is answered, or its client is gone."""
        self.inside -= 1
        if not self.inside:
            self._empty.set()

    async def empty(self, seconds: float) -> bool:
        """Return once nobody is inside, at the latest after so many seconds; whether nobody is."""
        if self.inside:
            try:
                await asyncio.wait_for(self._empty.wait(), seconds)
            except TimeoutError:
                return False
        return True
