"""Differences by the two contents that they are of: contents never change, so a difference is right for ever."""

from __future__ import annotations

import threading

from cachetools import LRUCache

Contents = tuple[str, str]  # two content ids


class DifferenceCache:
    """At most `max_bytes` of differences as JSON, the least recently used are evicted first. Safe from any thread."""

    def __init__(self, max_bytes: int = 32 * 1024 * 1024) -> None:
        self._kept: LRUCache[Contents, bytes] = LRUCache(max_bytes, getsizeof=len)
        self._lock = threading.Lock()

    def get(self, contents: Contents) -> bytes | None:
        """The difference, None where it has to be made."""
        with self._lock:
            return self._kept.get(contents)

    def put(self, contents: Contents, difference: bytes) -> None:
        """Keep it; one that is larger than the whole cache is left out."""
        with self._lock:
            if len(difference) <= self._kept.maxsize:
                self._kept[contents] = difference
