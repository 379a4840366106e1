"""Stored notebooks, remembered: a reader pages through one, and every comment is anchored in one. They never change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from enablement_ext.core.review.ports import ArtifactStore


class NotebookCache:
    """Verified bytes by their hash, the longest unused leave first; never more than `most` bytes. Safe from any thread."""

    def __init__(self, artifacts: ArtifactStore, most: int, count: Callable[[bool], None] = lambda _: None) -> None:
        """`count` is told of each look-up whether it was a hit."""
        self._artifacts = artifacts
        self._most = most
        self._count = count
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __call__(self, sha256: str) -> bytes:
        """The bytes. Raises `ArtifactDamaged`, `StoreUnavailable`."""
        with self._lock:
            kept = self._kept.get(sha256)
            if kept is not None:
                self._kept.move_to_end(sha256)
        self._count(kept is not None)
        if kept is not None:
            return kept
        data = self._artifacts.get(sha256)
        self._keep(sha256, data)
        return data

    def _keep(self, sha256: str, data: bytes) -> None:
        with self._lock:
            if sha256 in self._kept or len(data) > self._most:
                return
            self._kept[sha256] = data
            self._size += len(data)
            while self._size > self._most:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone)
