"""The image catalog as the service reads it: looked at anew every few seconds, so that what was published or withdrawn is seen."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.ports import CatalogStore

REMEMBERED = 15.0  # seconds; reading three images takes milliseconds, reading a hundred a second


@dataclass(slots=True)
class CurrentCatalog:
    """The catalog, at most `REMEMBERED` seconds old. Blocking, from any thread."""

    store: CatalogStore
    seconds: float = REMEMBERED
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _read: Catalog | None = None
    _until: float = 0.0

    def now(self) -> Catalog:
        """The catalog. Raises `BadCatalog` when it was never readable; one that became unreadable goes on as it was."""
        with self._lock:
            if self._read is None:
                self._read = self.store.read()
            elif time.monotonic() >= self._until:
                self._read = self._again(self._read)
            else:
                return self._read
            self._until = time.monotonic() + self.seconds
            return self._read

    def _again(self, before: Catalog) -> Catalog:
        """A catalog in the middle of being edited does not take away what was known a moment ago."""
        try:
            return self.store.read()
        except BadCatalog:
            return before
