"""`ManualClock`: a clock that is set by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class ManualClock:
    """Stands still until it is moved, in either direction."""

    def __init__(self, start: datetime = START) -> None:
        """Raises `ValueError` for a time without a zone."""
        if start.tzinfo is None:
            raise ValueError("a clock's time has a zone")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The time it was set to, aware, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move the clock and return the new time; a negative amount turns it back."""
        self._now += by
        return self._now
