"""Ports of differences: what people have seen, as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from enablement_ext.core.review.differences.seen import SeenMarks


class SeenReader(Protocol):
    """What people have seen."""

    def seen(self, person: str, submission: int) -> SeenMarks:
        """Of this person in this submission; nothing seen where nothing was noted."""
        ...


class SeenWriter(SeenReader, Protocol):
    """Noting what people have seen. Noting it again changes nothing, and neither does taking back what is not noted."""

    def mark_seen(self, person: str, submission: int, keys: Sequence[str], at: datetime) -> None:
        """Note these cells."""
        ...

    def unmark_seen(self, person: str, submission: int, keys: Sequence[str]) -> None:
        """Take these back."""
        ...

    def mark_read(self, person: str, submission: int, version: int, at: datetime) -> None:
        """Note that a version was read to its end; a newer one that is noted stays. Raises `NotFound` for a version that does not exist."""
        ...
