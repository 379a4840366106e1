"""Leases on repositories, and which deliveries of a forge were seen."""

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
        """Leases that somebody has on a repository."""
        return tuple(grant for grant in self._of(forge) if (grant.who, grant.repository.path) == (who, path))

    def expired_grants(self, forge: ForgeKind, now: datetime, limit: int) -> Sequence[AccessGrant]:
        """Leases whose time is over, the oldest first."""
        return tuple(grant for grant in self._of(forge) if grant.until <= now)[:limit]

    def _of(self, forge: ForgeKind) -> Sequence[AccessGrant]:
        found = [grant for kind, grant in self._state.leases.values() if kind is forge]
        return sorted(found, key=lambda grant: (grant.until, grant.id))


class MemoryGrantWriter(MemoryGrantReader):
    """A `GrantWriter` over a state."""

    def keep_grant(self, forge: ForgeKind, grant: AccessGrant) -> None:
        """Insert."""
        self._state.leases[grant.id] = (forge, grant)

    def drop_grant(self, grant: str) -> None:
        """Forget it."""
        self._state.leases.pop(grant, None)

    def first_seen(self, keys: Sequence[str], at: datetime) -> bool:
        """Remember these names; False where one is known."""
        seen = self._state.deliveries
        for key in [key for key, when in seen.items() if when < at - _REMEMBERED]:
            del seen[key]
        if any(key in seen for key in keys):
            return False
        seen.update(dict.fromkeys(keys, at))
        return True
