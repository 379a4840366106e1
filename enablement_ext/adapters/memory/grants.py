"""Access grants in memory, and the names of the deliveries that were seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.git.forges.ports import AccessGrant, ForgeKind

_REMEMBERED = timedelta(days=30)


class MemoryGrantReader:
    """A `GrantReader` over a state."""

    _state: MemoryState

    def grants_of(self, forge: ForgeKind, who: str, path: str) -> Sequence[AccessGrant]:
        """The soonest to expire first."""
        return tuple(grant for grant in self._of(forge) if (grant.who, grant.repository.path) == (who, path))

    def expired_grants(self, forge: ForgeKind, now: datetime, limit: int) -> Sequence[AccessGrant]:
        """Found by a scan."""
        return tuple(grant for grant in self._of(forge) if grant.until <= now)[:limit]

    def _of(self, forge: ForgeKind) -> Sequence[AccessGrant]:
        found = [grant for kind, grant in self._state.grants.values() if kind is forge]
        return sorted(found, key=lambda grant: (grant.until, grant.id))


class MemoryGrantWriter(MemoryGrantReader):
    """A `GrantWriter` over a state."""

    def keep_grant(self, forge: ForgeKind, grant: AccessGrant) -> None:
        """Replaces one with the same id."""
        self._state.grants[grant.id] = (forge, grant)

    def drop_grant(self, grant: str) -> None:
        """Nothing where there is none."""
        self._state.grants.pop(grant, None)

    def first_seen(self, keys: Sequence[str], at: datetime) -> bool:
        """Names older than 30 days are deleted on the way."""
        seen = self._state.deliveries
        for key in [key for key, when in seen.items() if when < at - _REMEMBERED]:
            del seen[key]
        if any(key in seen for key in keys):
            return False
        seen.update(dict.fromkeys(keys, at))
        return True
