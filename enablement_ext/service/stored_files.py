"""Stored files in two tiers: small ones in the queue's database, the others in the artifact store.

A small file that is written by the transaction that names it needs no fsync of its own, and most notebooks are small.
See docs/adr/0027-one-barrier.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256 as hashed

from enablement_ext.core.errors import ArtifactDamaged
from enablement_ext.core.review.ports import ArtifactStore, ReviewStore


class StoredFiles:
    """An `ArtifactStore` that also finds what `ReviewTransaction.keep_small_files` kept."""

    def __init__(self, store: ReviewStore, artifacts: ArtifactStore) -> None:
        self._store = store
        self._artifacts = artifacts

    def put(self, blobs: Sequence[bytes | memoryview]) -> list[str]:
        """Store all blobs in the artifact store. Raises `NoSpace`, `StoreUnavailable`."""
        return self._artifacts.put(blobs)

    def get(self, sha256: str) -> bytes:
        """The bytes, verified, from either tier. Raises `ArtifactDamaged`, `StoreUnavailable`."""
        small = self._small(sha256)
        if small is not None and hashed(small).hexdigest() == sha256:
            return small
        if small is None or self._artifacts.has(sha256):
            return self._artifacts.get(sha256)
        raise ArtifactDamaged(facts={"sha256": sha256, "missing": False})

    def has(self, sha256: str) -> bool:
        """Whether the bytes are in either tier; they are not verified."""
        return self._artifacts.has(sha256) or self._small(sha256) is not None

    def ready(self) -> None:
        """Of the artifact store: the other tier is the queue's own. Raises `StoreUnavailable`, `NoSpace`."""
        self._artifacts.ready()

    def owner(self) -> str:
        """Of the artifact store. Raises `StoreUnavailable`."""
        return self._artifacts.owner()

    def belong_to(self, instance: str) -> None:
        """Noted in the artifact store. Raises `StoreUnavailable`, `NoSpace`."""
        self._artifacts.belong_to(instance)

    def _small(self, sha256: str) -> bytes | None:
        with self._store.read() as reader:
            return reader.small_file(sha256)
