"""What people have seen, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import NotFound
from enablement_ext.core.review.differences.seen import SeenMarks


class MemorySeenReader:
    """A `SeenReader` over a state."""

    _state: MemoryState

    def seen(self, person: str, submission: int) -> SeenMarks:
        """Nothing where there is no entry."""
        return self._state.seen.get((person, submission), SeenMarks())


class MemorySeenWriter(MemorySeenReader):
    """A `SeenWriter` over a state."""

    def mark_seen(self, person: str, submission: int, keys: Sequence[str], at: datetime) -> None:  # noqa: ARG002 - the port's
        """The state does not hold when."""
        before = self.seen(person, submission)
        self._state.seen[person, submission] = SeenMarks(before.version, before.keys | set(keys))

    def unmark_seen(self, person: str, submission: int, keys: Sequence[str]) -> None:
        """What is not there stays so."""
        before = self.seen(person, submission)
        self._state.seen[person, submission] = SeenMarks(before.version, before.keys - set(keys))

    def mark_read(self, person: str, submission: int, version: int, at: datetime) -> None:  # noqa: ARG002 - the port's
        """The newest counts. Raises `NotFound`."""
        if not any(each.number == version for each in self._state.versions.get(submission, ())):
            raise NotFound
        before = self.seen(person, submission)
        self._state.seen[person, submission] = SeenMarks(max(before.version or 0, version), before.keys)
