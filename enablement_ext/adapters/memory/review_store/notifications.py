"""The outbox and people's preferences, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import NotFound, StaleStamp
from enablement_ext.core.review.notifications.models import NewOutboxEntry, OutboxEntry, OutboxState, queued
from enablement_ext.core.review.notifications.preferences import Preferences


class MemoryNotificationReader:
    """A `NotificationReader` over a state."""

    _state: MemoryState

    def outbox_entry(self, number: int) -> OutboxEntry:
        """Raises `NotFound`."""
        found = self._state.outbox.get(number)
        if found is None:
            raise NotFound
        return found

    def due_outbox(self, now: datetime, limit: int) -> Sequence[OutboxEntry]:
        """Those that are due longest first."""
        due = [each for each in self._state.outbox.values() if each.due_at <= now and _free(each, now)]
        return tuple(sorted(due, key=lambda each: (each.due_at, each.number))[:limit])

    def queued_for(self, who: str) -> Sequence[OutboxEntry]:
        """By number."""
        of = [each for each in self._state.outbox.values() if each.who == who]
        return tuple(sorted((e for e in of if e.state is OutboxState.QUEUED), key=lambda each: each.number))

    def dead_outbox(self, limit: int) -> Sequence[OutboxEntry]:
        """The oldest first."""
        dead = [each for each in self._state.outbox.values() if each.state is OutboxState.DEAD]
        return tuple(sorted(dead, key=lambda each: each.number)[:limit])

    def preferences(self, person: str) -> Preferences | None:
        """None where they never chose."""
        return self._state.preferences.get(person)


class MemoryNotificationWriter(MemoryNotificationReader):
    """A `NotificationWriter` over a state."""

    def add_outbox(self, entries: Iterable[NewOutboxEntry]) -> None:
        """Append those whose keys are new."""
        known = {each.key for each in self._state.outbox.values()}
        for new in entries:
            if new.key not in known:
                known.add(new.key)
                number = max(self._state.outbox, default=0) + 1
                self._state.outbox[number] = queued(new, number)

    def replace_outbox(self, before: OutboxEntry, after: OutboxEntry) -> None:
        """Raises `StaleStamp`, `NotFound`."""
        stored = self.outbox_entry(before.number)
        if (stored.state, stored.attempt) != (before.state, before.attempt):
            raise StaleStamp
        self._state.outbox[before.number] = after

    def prune_outbox(self, ended_before: datetime) -> int:
        """The newest entry stays, so that no number is given twice."""
        newest = max(self._state.outbox, default=0)
        old = [
            number
            for number, each in self._state.outbox.items()
            if each.ended_at is not None and each.ended_at < ended_before and number < newest
        ]
        for number in old:
            del self._state.outbox[number]
        return len(old)

    def put_preferences(self, person: str, preferences: Preferences) -> None:
        """Insert or replace."""
        self._state.preferences[person] = preferences


def _free(entry: OutboxEntry, now: datetime) -> bool:
    lapsed = entry.lease_until is not None and entry.lease_until < now
    return entry.state is OutboxState.QUEUED or lapsed
