"""What people confirmed, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.access.confirmations import Confirmation, NewConfirmation, Settlement
from enablement_ext.core.errors import Conflict, Forbidden, NotFound
from enablement_ext.core.review.lifecycle import require_settleable


class MemoryConfirmationReader:
    """A `ConfirmationReader` over a state."""

    _state: MemoryState

    def confirmation(self, number: int) -> Confirmation:
        """Raises `NotFound`."""
        found = self._state.confirmations.get(number)
        if found is None:
            raise NotFound
        return found

    def confirmations_by(self, person: str, below: int | None = None, limit: int = 50) -> Sequence[Confirmation]:
        """Newest first."""
        own = [each for each in self._state.confirmations.values() if each.by == person]
        return tuple([each for each in reversed(own) if below is None or each.number < below][:limit])

    def confirmations_about(self, submission: int) -> Sequence[Confirmation]:
        """Oldest first."""
        return tuple(each for each in self._state.confirmations.values() if each.subject.submission == submission)

    def held_confirmations(self, limit: int = 200) -> Sequence[Confirmation]:
        """The oldest first."""
        held = [(each.disputed_at, each.number, each) for each in self._state.confirmations.values() if each.held]
        return tuple(each for _, _, each in sorted(held, key=lambda entry: entry[:2])[:limit])

    def last_dispute(self, person: str) -> datetime | None:
        """None where they never did."""
        own = (each for each in self._state.confirmations.values() if each.by == person)
        return max((each.disputed_at for each in own if each.disputed_at is not None), default=None)


class MemoryConfirmationWriter(MemoryConfirmationReader):
    """A `ConfirmationWriter` over a state."""

    def add_confirmation(self, confirmation: NewConfirmation) -> Confirmation:
        """Append with the next number."""
        values = {name.name: getattr(confirmation, name.name) for name in fields(confirmation)}
        added = Confirmation(number=len(self._state.confirmations) + 1, **values)
        self._state.confirmations[added.number] = added
        return added

    def dispute_confirmation(self, number: int, at: datetime) -> Confirmation:
        """Once. Raises `NotFound`, `Conflict`."""
        stored = self.confirmation(number)
        if stored.disputed_at is not None:
            raise Conflict
        return self._put(replace(stored, disputed_at=at))

    def settle_confirmation(self, number: int, settlement: Settlement) -> Confirmation:
        """Once. Raises `NotFound`, `Conflict`."""
        stored = self.confirmation(number)
        try:
            require_settleable(stored, settlement.by)
        except Forbidden:
            raise Conflict from None
        return self._put(replace(stored, settlement=settlement))

    def _put(self, confirmation: Confirmation) -> Confirmation:
        self._state.confirmations[confirmation.number] = confirmation
        return confirmation
