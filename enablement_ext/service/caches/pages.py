"""Pages of lists as they were answered, for as long as nothing happened: a queue is looked at far more often than it changes.

Every change of a submission is an event (P4), so a page made in a snapshot whose newest event is number n is still right while n is
the newest. Apart from that a page changes only where a claim ends: it is good until then. See docs/adr/0027-one-barrier.md.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from enablement_ext.core.review.models import Submission


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page's bytes, the newest event when it was made, and when the first claim on it ends."""

    body: bytes
    newest: int
    until: datetime | None


def until(items: Iterable[Submission], now: datetime) -> datetime | None:
    """When the first of the claims that run ends."""
    ends = [item.claim.expires_at for item in items if item.claim is not None and item.claim.expires_at > now]
    return min(ends, default=None)


class PageCache:
    """Never more than `most` bytes of pages, the longest unused leave first. Safe from any thread."""

    def __init__(self, most: int = 8 * 1024 * 1024) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, CachedPage] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def find(self, key: Hashable, newest: int, now: datetime) -> bytes | None:
        """The page's bytes, None where it has to be made."""
        with self._lock:
            page = self._kept.get(key)
            if page is None or page.newest != newest or (page.until is not None and page.until <= now):
                return None
            self._kept.move_to_end(key)
            return page.body

    def keep(self, key: Hashable, page: CachedPage) -> None:
        """Remember it, in the place of what was remembered for this key."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._size += len(page.body) - (len(before.body) if before else 0)
            self._kept[key] = page
            while self._size > self._most:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.body)
