"""Credentials of the forge that were minted a moment ago, in this process's memory: a push asks three times and needs one."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cachetools import LRUCache

from enablement_ext.core.git.forges.ports import Credential

_MAX_CREDENTIALS = 10_000
_MIN_VALIDITY = timedelta(minutes=5)  # what a credential must still be good for to be given out again

CredentialKey = tuple[str, str, bool]  # who, the repository's path, to write


def _cache() -> LRUCache[CredentialKey, Credential]:
    return LRUCache(_MAX_CREDENTIALS)


@dataclass(slots=True)
class CredentialCache:
    """Bounded, the least recently used are evicted first. Safe from any thread."""

    _credentials: LRUCache[CredentialKey, Credential] = field(default_factory=_cache, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: CredentialKey, now: datetime) -> Credential | None:
        """One that is good for a while, None where there is none. Validity is the forge's, so no age of the cache's own is asked for."""
        with self._lock:
            credential = self._credentials.get(key)
            if credential is not None and credential.until - now < _MIN_VALIDITY:
                del self._credentials[key]
                return None
            return credential

    def put(self, key: CredentialKey, credential: Credential) -> None:
        """Cache it."""
        with self._lock:
            self._credentials[key] = credential

    def drop(self, who: str, path: str) -> None:
        """Forget somebody's credentials for a repository."""
        with self._lock:
            self._credentials.pop((who, path, True), None)
            self._credentials.pop((who, path, False), None)
