"""Keys that were made a moment ago, in this process's memory: a push asks three times and needs one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from enablement_ext.core.git.forges.ports import Credential

_MOST = 10_000
_LEFT = timedelta(minutes=5)  # what a key must still be good for to be given out again

Holding = tuple[str, str, bool]  # who, the repository's path, to write


@dataclass(slots=True)
class CredentialCache:
    """Bounded; safe from any thread."""

    _kept: OrderedDict[Holding, Credential] = field(default_factory=OrderedDict, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def get(self, holding: Holding, now: datetime) -> Credential | None:
        """A key that is good for a while, None where there is none."""
        with self._turn:
            found = self._kept.get(holding)
            if found is not None and found.until - now < _LEFT:
                del self._kept[holding]
                return None
            return found

    def put(self, holding: Holding, key: Credential) -> None:
        """Keep it; whoever was first leaves first."""
        with self._turn:
            self._kept[holding] = key
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def drop(self, who: str, path: str) -> None:
        """Forget somebody's keys to a repository."""
        with self._turn:
            self._kept.pop((who, path, True), None)
            self._kept.pop((who, path, False), None)
