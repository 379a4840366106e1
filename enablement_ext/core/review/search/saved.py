"""Searches that a person keeps under a name."""

from __future__ import annotations

from dataclasses import dataclass

MOST_SAVED = 50  # of one person
MOST_NAME = 60  # characters


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """The query as it was written: what it means is asked anew each time."""

    name: str
    query: str
