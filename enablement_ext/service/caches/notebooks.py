"""Stored notebooks by their hash: a reader pages through one, and every comment is anchored in one. They never change."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cachetools import LRUCache

from enablement_ext.core.review.ports import ArtifactStore


class NotebookCache:
    """Reads verified bytes through a cache of at most `max_bytes`; the least recently used are evicted first. Safe from any thread."""

    def __init__(
        self, artifacts: ArtifactStore, max_bytes: int, count: Callable[[bool], None] = lambda _: None
    ) -> None:
        """`count` is told of each look-up whether it was a hit."""
        self._artifacts = artifacts
        self._count = count
        self._notebooks: LRUCache[str, bytes] = LRUCache(max_bytes, getsizeof=len)
        self._lock = threading.Lock()

    def __call__(self, sha256: str) -> bytes:
        """The bytes. Raises `ArtifactDamaged`, `StoreUnavailable`."""
        with self._lock:
            cached = self._notebooks.get(sha256)
        self._count(cached is not None)
        if cached is not None:
            return cached
        data = self._artifacts.get(sha256)  # without the lock: two who miss at once both read
        with self._lock:
            if len(data) <= self._notebooks.maxsize:
                self._notebooks[sha256] = data
        return data
