"""A rate limit for each person, counted in this process."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from cachetools import LRUCache

from enablement_ext.core.errors import TooManyRequests

_MAX_PEOPLE = 10_000


def _counters() -> LRUCache[str, tuple[int, int]]:
    return LRUCache(_MAX_PEOPLE)


@dataclass(slots=True)
class RateLimit:
    """At most `per_minute` times in a minute of the clock for each name. Bounded: whoever was away longest is forgotten first. Safe from any thread."""

    per_minute: int = 60
    _counts: LRUCache[str, tuple[int, int]] = field(default_factory=_counters)  # (minute, how often in it)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acquire(self, name: str, now: datetime) -> None:
        """Count one. Raises `TooManyRequests`."""
        minute = int(now.timestamp()) // 60
        with self._lock:
            counted, before = self._counts.get(name, (minute, 0))
            count = before + 1 if counted == minute else 1
            self._counts[name] = (minute, count)
        if count > self.per_minute:
            raise TooManyRequests("Keys to repositories were asked for too often. Try again in a minute.")
