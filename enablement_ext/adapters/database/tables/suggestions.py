"""Suggested edits as rows, one of a thread at most; what became of one is said once, which the triggers keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
    insert,
    select,
    update,
)

from enablement_ext.adapters.database import schema
from enablement_ext.core.errors import Conflict, NotFound
from enablement_ext.core.review.discussion.suggestions import MOST_SOURCE, Suggestion

suggestions = Table(
    "suggestions",
    schema.metadata,
    Column(
        "thread",
        schema.number(),
        ForeignKey("threads.id", name="fk_suggestions_thread"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("submission", schema.number(), nullable=False),
    Column("replaces", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("applied_in", Integer),
    Column("rejected_in", schema.number(), ForeignKey("comments.id", name="fk_suggestions_rejected")),
    ForeignKeyConstraint(
        ["submission", "applied_in"], ["versions.submission", "versions.number"], name="fk_suggestions_applied"
    ),
    CheckConstraint("source <> replaces", name="suggestion_differs"),
    CheckConstraint(
        f"length(source) <= {MOST_SOURCE} AND length(replaces) <= {MOST_SOURCE}", name="suggestion_bounded"
    ),
)


class DatabaseSuggestionReader:
    """Suggestions for the threads that have them."""

    _connection: Connection

    def _suggestions(self, threads: Sequence[int]) -> dict[int, Suggestion]:
        """{thread: suggestion}, by the primary key."""
        rows = self._connection.execute(select(suggestions).where(suggestions.c.thread.in_(list(threads))))
        return {row.thread: _from(row) for row in rows}


class DatabaseSuggestionWriter(DatabaseSuggestionReader):
    """A `SuggestionWriter` over a connection."""

    def add_suggestion(self, thread: int, suggestion: Suggestion) -> None:
        """A row. Raises `NotFound`, `Conflict`."""
        threads = schema.threads
        submission = self._connection.execute(select(threads.c.submission).where(threads.c.id == thread)).scalar()
        if submission is None:
            raise NotFound
        if self._suggestions([thread]):
            raise Conflict
        values = {"submission": submission, "replaces": suggestion.replaces, "source": suggestion.source}
        self._connection.execute(insert(suggestions).values(thread=thread, **values))

    def suggestion_applied(self, thread: int, version: int) -> None:
        """Once. Raises `NotFound`, `Conflict`."""
        if self._one(thread).applied_in is not None:
            raise Conflict
        self._say(thread, applied_in=version)

    def suggestion_rejected(self, thread: int, comment: int) -> None:
        """Once, and of what is not applied. Raises `NotFound`, `Conflict`."""
        stored = self._one(thread)
        comments = schema.comments
        said = select(comments.c.id).where(comments.c.id == comment, comments.c.thread == thread)
        if self._connection.execute(said).first() is None:
            raise NotFound
        if stored.applied_in is not None or stored.rejected_in is not None:
            raise Conflict
        self._say(thread, rejected_in=comment)

    def _one(self, thread: int) -> Suggestion:
        found = self._suggestions([thread])
        if not found:
            raise NotFound
        return found[thread]

    def _say(self, thread: int, **values: int) -> None:
        self._connection.execute(update(suggestions).where(suggestions.c.thread == thread).values(**values))


def _from(row: Any) -> Suggestion:
    return Suggestion(row.replaces, row.source, row.applied_in, row.rejected_in)
