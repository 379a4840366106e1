"""Leases on repositories, and which deliveries of a forge were seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from enablement_ext.adapters.memory.state import State
from enablement_ext.core.git.forges.ports import ForgeKind, Lease

_REMEMBERED = timedelta(days=30)


class MemoryLeaseReader:
    """A `LeaseReader` over a state."""

    _state: State

    def leases_of(self, forge: ForgeKind, who: str, path: str) -> Sequence[Lease]:
        """Leases that somebody has on a repository."""
        return tuple(lease for lease in self._of(forge) if (lease.who, lease.repository.path) == (who, path))

    def ended_leases(self, forge: ForgeKind, now: datetime, limit: int) -> Sequence[Lease]:
        """Leases whose time is over, the oldest first."""
        return tuple(lease for lease in self._of(forge) if lease.until <= now)[:limit]

    def _of(self, forge: ForgeKind) -> Sequence[Lease]:
        found = [lease for kind, lease in self._state.leases.values() if kind is forge]
        return sorted(found, key=lambda lease: (lease.until, lease.id))


class MemoryLeaseWriter(MemoryLeaseReader):
    """A `LeaseWriter` over a state."""

    def keep_lease(self, forge: ForgeKind, lease: Lease) -> None:
        """Insert."""
        self._state.leases[lease.id] = (forge, lease)

    def drop_lease(self, lease: str) -> None:
        """Forget it."""
        self._state.leases.pop(lease, None)

    def first_seen(self, keys: Sequence[str], at: datetime) -> bool:
        """Remember these names; False where one is known."""
        seen = self._state.deliveries
        for key in [key for key, when in seen.items() if when < at - _REMEMBERED]:
            del seen[key]
        if any(key in seen for key in keys):
            return False
        seen.update(dict.fromkeys(keys, at))
        return True
