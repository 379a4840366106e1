"""The index of submissions, and the searches that people keep: parts of the review store, so that they change with what they are about.

Facts and comments follow by themselves: a transaction that appends an event about a submission leaves its index as it left the submission. What was
withdrawn is not in the index. The content of a version is given by `index_content`; until then the submission is among those still to be indexed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enablement_ext.core.review.models import Submission
from enablement_ext.core.review.search.conditions import Condition
from enablement_ext.core.review.search.documents import Passage, SearchContent
from enablement_ext.core.review.search.saved import SavedSearch


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """A page of what meets all conditions, below the number `before` (None: from the newest on). `author`: only what this person sent."""

    conditions: tuple[Condition, ...]
    author: str | None
    before: int | None = None
    limit: int = 50
    texts: bool = True  # whether the texts come with it


@dataclass(frozen=True, slots=True)
class FoundSubmission:
    """A submission, and the texts in which something may have been found."""

    submission: Submission
    texts: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPage:
    """The newest submission first; `next_before` is the key of the next page, None at the end."""

    items: tuple[FoundSubmission, ...]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How many submissions are still to be indexed, of how many."""

    waiting: int
    total: int


class SearchReader(Protocol):
    """Questions to the index."""

    def find(self, question: SearchQuestion) -> FoundPage:
        """One page. Raises `SearchTooBroad` where it would take longer than seconds."""
        ...

    def index_progress(self) -> IndexProgress:
        """In a time that grows with what is waiting alone."""
        ...

    def unindexed(self, limit: int, below: int | None = None) -> Sequence[int]:
        """Numbers of submissions that are still to be indexed, the newest first."""
        ...

    def saved_searches(self, person: str) -> Sequence[SavedSearch]:
        """Theirs, by name."""
        ...


class SearchWriter(SearchReader, Protocol):
    """Writing to the index."""

    def index_content(self, submission: int, content: SearchContent) -> bool:
        """Index the content of the submission's newest version, its facts and comments with it. False, and nothing done, where it is of another version."""
        ...

    def save_search(self, person: str, saved: SavedSearch) -> None:
        """Keep it, in the place of theirs with the same name. Raises `TooManySearches`."""
        ...

    def forget_search(self, person: str, name: str) -> None:
        """What is not there stays so."""
        ...
