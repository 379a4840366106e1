"""Artifacts in memory."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

from enablement_ext.core.errors import ArtifactDamaged


class MemoryArtifactStore:
    """An `ArtifactStore` that lasts as long as the process. `damaged` holds what was set aside, by the hash it was asked for."""

    def __init__(self) -> None:
        self.damaged: dict[str, bytes] = {}
        self._blobs: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._owner = ""

    def put(self, blobs: Sequence[bytes | memoryview]) -> list[str]:
        """Store all blobs and return their hashes in order."""
        names = [hashlib.sha256(blob).hexdigest() for blob in blobs]
        with self._lock:
            self._blobs.update((name, bytes(blob)) for name, blob in zip(names, blobs, strict=True))
        return names

    def get(self, sha256: str) -> bytes:
        """The bytes, verified. Raises `ArtifactDamaged` when they are missing or not what was stored."""
        blob = self._blobs.get(sha256)
        if blob is not None and hashlib.sha256(blob).hexdigest() == sha256:
            return blob
        if blob is not None:
            with self._lock:
                self.damaged[sha256] = self._blobs.pop(sha256, blob)
        raise ArtifactDamaged(facts={"sha256": sha256, "missing": blob is None})

    def has(self, sha256: str) -> bool:
        """Whether the bytes are there."""
        return sha256 in self._blobs

    def ready(self) -> None:
        """Always."""

    def owner(self) -> str:
        """What `belong_to` was told last; "" before."""
        return self._owner

    def belong_to(self, instance: str) -> None:
        """Lasts as long as the process."""
        self._owner = instance

    def replace_bytes(self, sha256: str, blob: bytes) -> None:
        """Put other bytes under a hash, as a failing disk would: for drills."""
        with self._lock:
            self._blobs[sha256] = blob
