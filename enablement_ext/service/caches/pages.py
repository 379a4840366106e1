"""Pages of lists as they were answered, for as long as nothing happened: a queue is looked at far more often than it changes.

Every change of a submission is an event (P4), so a page made in a snapshot whose newest event is number n is still right while n is
the newest. Apart from that a page changes only where a claim ends: it is good until then. See docs/adr/0027-one-barrier.md.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from cachetools import LRUCache

from enablement_ext.core.review.models import Submission


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page's bytes, the newest event when it was made, and when the first claim on it ends."""

    body: bytes
    latest_seq: int
    expires_at: datetime | None


def first_claim_end(items: Iterable[Submission], now: datetime) -> datetime | None:
    """When the first of the running claims ends."""
    ends = [item.claim.expires_at for item in items if item.claim is not None and item.claim.expires_at > now]
    return min(ends, default=None)


class PageCache:
    """At most `max_bytes` of pages, the least recently used are evicted first. Safe from any thread."""

    def __init__(self, max_bytes: int = 8 * 1024 * 1024) -> None:
        self._pages: LRUCache[Hashable, CachedPage] = LRUCache(max_bytes, getsizeof=lambda page: len(page.body))
        self._lock = threading.Lock()

    def get(self, key: Hashable, latest_seq: int, now: datetime) -> bytes | None:
        """The page's bytes; None where it has to be made: nothing is cached, something happened since, or a claim on it ended."""
        with self._lock:
            page = self._pages.get(key)
        if page is None or page.latest_seq != latest_seq or (page.expires_at is not None and page.expires_at <= now):
            return None
        return page.body

    def put(self, key: Hashable, page: CachedPage) -> None:
        """Cache it, in the place of what was cached for this key; a page larger than the whole cache is left out."""
        with self._lock:
            self._pages.pop(key, None)
            if len(page.body) <= self._pages.maxsize:
                self._pages[key] = page
