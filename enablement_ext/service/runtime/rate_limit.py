"""How often one person may do something, counted in this process."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from enablement_ext.core.errors import TooManyRequests

_PEOPLE = 10_000


@dataclass(slots=True)
class RateLimit:
    """At most `most` times in a minute for each name. Bounded: whoever was away longest is forgotten first. Safe from any thread."""

    most: int = 60
    _seen: OrderedDict[str, tuple[int, int]] = field(default_factory=OrderedDict)

    def take(self, name: str, now: datetime) -> None:
        """Count one. Raises `TooManyRequests`."""
        minute = int(now.timestamp()) // 60
        before, count = self._seen.pop(name, (minute, 0))
        count = count + 1 if before == minute else 1
        self._seen[name] = (minute, count)
        while len(self._seen) > _PEOPLE:
            self._seen.popitem(last=False)
        if count > self.most:
            raise TooManyRequests("Keys to repositories were asked for too often. Try again in a minute.")
