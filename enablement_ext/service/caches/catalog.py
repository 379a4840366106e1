"""The image catalog, read again after a few seconds, so that what was published or withdrawn is seen."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.ports import CatalogStore

MAX_AGE = 15.0  # seconds; reading three images takes milliseconds, reading a hundred a second


@dataclass(slots=True)
class CurrentCatalog:
    """The catalog, at most `MAX_AGE` seconds old. Blocking, from any thread."""

    store: CatalogStore
    max_age: float = MAX_AGE
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _catalog: Catalog | None = None
    _until: float = 0.0

    def current(self) -> Catalog:
        """The catalog. Raises `BadCatalog` when it was never readable; one that became unreadable goes on as it was."""
        with self._lock:
            if self._catalog is None:
                self._catalog = self.store.read()
            elif time.monotonic() >= self._until:
                self._catalog = self._read_again(self._catalog)
            else:
                return self._catalog
            self._until = time.monotonic() + self.max_age
            return self._catalog

    def _read_again(self, before: Catalog) -> Catalog:
        """A catalog in the middle of being edited does not take away what was known a moment ago."""
        try:
            return self.store.read()
        except BadCatalog:
            return before
