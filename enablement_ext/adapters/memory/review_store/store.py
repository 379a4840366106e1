"""`MemoryReviewStore`: transactions over one state of the process."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from enablement_ext.adapters.memory.review_store.reading import MemoryReader
from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.adapters.memory.review_store.writing import MemoryTransaction
from enablement_ext.core.errors import StoreUnavailable


class MemoryReviewStore:
    """A `ReviewStore` that lasts as long as the process. A write works on a copy of everything: meant for hundreds, not millions."""

    def __init__(self) -> None:
        self._committed = MemoryState()
        self._writing = threading.Lock()
        self._closed = False
        self._instance = secrets.token_hex(16)
        self._callbacks: dict[object, Callable[[], None]] = {}

    @contextmanager
    def read(self) -> Iterator[MemoryReader]:
        """A consistent snapshot: what is committed later is not seen in it."""
        self.ready()
        yield MemoryReader(self._committed)

    @contextmanager
    def write(self) -> Iterator[MemoryTransaction]:
        """A transaction: visible to others when the block ends, gone when it raises."""
        with self._writing:
            self.ready()
            state = self._committed.copy()
            yield MemoryTransaction(state)
            self._committed = state
        for callback in tuple(self._callbacks.values()):
            callback()

    def latest_seq(self) -> int | None:
        """Number of the newest committed event, None once closed."""
        return None if self._closed else self._committed.head.seq

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called after each commit, in the committing thread; what is returned ends that."""
        subscription = object()
        self._callbacks[subscription] = callback
        return lambda: self._callbacks.pop(subscription, None) and None

    def ready(self) -> None:
        """Raises `StoreUnavailable` once closed."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def instance(self) -> str:
        """Made with the store. Raises `StoreUnavailable` once closed."""
        self.ready()
        return self._instance

    def close(self) -> None:
        """Refuse what comes later."""
        self._closed = True
