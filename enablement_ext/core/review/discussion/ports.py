"""Ports of the discussion: drafts, and the history of comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from enablement_ext.core.review.discussion.drafts import Draft
from enablement_ext.core.review.discussion.revisions import CommentText
from enablement_ext.core.review.discussion.suggestions import Suggestion


class DraftReader(Protocol):
    """Drafts, always of one person: nothing here reads somebody else's."""

    def drafts(self, person: str, submission: int) -> Sequence[Draft]:
        """Theirs on this submission, in the order they were written."""
        ...

    def draft(self, person: str, draft: int) -> Draft:
        """Raises `NotFound`, the same for somebody else's."""
        ...

    def count_drafts(self, person: str) -> int:
        """How many they have on all submissions."""
        ...

    def published_drafts(self, person: str, drafts: Sequence[int]) -> Mapping[int, int]:
        """{draft: number of the event} for those of these that this person published."""
        ...


class DraftWriter(DraftReader, Protocol):
    """Writing drafts. No event tells of it."""

    def add_draft(self, draft: Draft) -> Draft:
        """Insert, as the last one; `place` is given by the store. Raises `NotFound` for a version or thread that is not the submission's,
        `Conflict` for a second resolution of the same thread."""
        ...

    def replace_draft(self, expected_stamp: int, draft: Draft) -> Draft:
        """Store its text, its suggestion and its time with a new stamp. Raises `NotFound`, `DraftsChanged` where the stored stamp is not the expected one."""
        ...

    def discard_drafts(self, person: str, drafts: Sequence[int]) -> None:
        """They are gone. Somebody else's, and what is gone already, is passed over."""
        ...

    def publish_drafts(self, person: str, drafts: Sequence[int], event: int) -> None:
        """They are drafts no longer; that this event published them is kept. Raises `NotFound` where one is not there."""
        ...


class CommentReader(Protocol):
    """The history of comments."""

    def thread_of_comment(self, comment: int) -> int:
        """Raises `NotFound`."""
        ...

    def comment_texts(self, comment: int) -> Sequence[CommentText]:
        """All that it ever said, the first one first. Raises `NotFound`."""
        ...


class CommentWriter(CommentReader, Protocol):
    """Changing comments. What one said before stays in its history."""

    def revise_comment(self, comment: int, text: CommentText, event: int) -> None:
        """Append to its history; threads show the newest. Raises `NotFound`, `CommentChanged` where it is not the next revision or the
        comment is deleted."""
        ...


class SuggestionWriter(Protocol):
    """Suggestions of threads; they are read with their threads. What became of one is said once."""

    def add_suggestion(self, thread: int, suggestion: Suggestion) -> None:
        """Let the thread have it. Raises `NotFound`, `Conflict` where it has one."""
        ...

    def suggestion_applied(self, thread: int, version: int) -> None:
        """A version of the submission holds it. Raises `NotFound` without a suggestion, `Conflict` where that was said already."""
        ...

    def suggestion_rejected(self, thread: int, comment: int) -> None:
        """A comment of the thread says why not. Raises `NotFound` without a suggestion or such a comment, `Conflict` where it was rejected
        or applied already."""
        ...
