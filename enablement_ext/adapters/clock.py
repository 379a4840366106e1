"""Server time."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The machine's clock. Order in the queue never depends on it (design P8)."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)
