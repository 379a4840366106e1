"""What comments said after they were changed, as rows that only ever get more: the comment's own row keeps what was published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.core.errors import CommentChanged, NotFound
from enablement_ext.core.review.discussion.revisions import CommentText

comment_revisions = Table(
    "comment_revisions",
    schema.metadata,
    Column("comment", schema.number(), ForeignKey("comments.id", name="fk_comment_revisions_comment"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),  # "" where it was deleted
    Column("at", schema.number(), nullable=False),
    Column("event", schema.number(), ForeignKey("events.seq", name="fk_comment_revisions_event"), nullable=False),
    PrimaryKeyConstraint("comment", "number", name="pk_comment_revisions"),
    UniqueConstraint("event", name="uq_comment_revisions_event"),
    CheckConstraint("number >= 1", name="revision_positive"),
)


class DatabaseCommentReader:
    """A `CommentReader` over a connection."""

    _connection: Connection

    def thread_of_comment(self, comment: int) -> int:
        """By the primary key. Raises `NotFound`."""
        return int(self._published(comment).thread)

    def comment_texts(self, comment: int) -> Sequence[CommentText]:
        """By the primary keys. Raises `NotFound`."""
        first = self._published(comment)
        later = select(comment_revisions).where(comment_revisions.c.comment == comment)
        rows = self._connection.execute(later.order_by(comment_revisions.c.number))
        return (CommentText(0, first.text, moment(first.at)), *(_from(row) for row in rows))

    def _newest_texts(self, threads: Sequence[int]) -> dict[int, CommentText]:
        """{comment: what it says now} for the comments of these threads that were changed."""
        comments = schema.comments
        changed = (
            select(comment_revisions)
            .join(comments, comments.c.id == comment_revisions.c.comment)
            .where(comments.c.thread.in_(list(threads)))
        )
        rows = self._connection.execute(changed.order_by(comment_revisions.c.comment, comment_revisions.c.number))
        return {row.comment: _from(row) for row in rows}  # the last of each stays

    def _published(self, comment: int) -> Any:
        row = self._connection.execute(select(schema.comments).where(schema.comments.c.id == comment)).first()
        if row is None:
            raise NotFound
        return row


class DatabaseCommentWriter(DatabaseCommentReader):
    """A `CommentWriter` over a connection."""

    def revise_comment(self, comment: int, text: CommentText, event: int) -> None:
        """A row more. Raises `NotFound`, `CommentChanged`."""
        newest = self.comment_texts(comment)[-1]
        if newest.deleted or text.revision != newest.revision + 1:
            raise CommentChanged
        values = {
            "comment": comment,
            "number": text.revision,
            "text": text.text,
            "at": microseconds(text.at),
            "event": event,
        }
        self._connection.execute(insert(comment_revisions).values(values))


def _from(row: Any) -> CommentText:
    return CommentText(row.number, row.text, moment(row.at), deleted=not row.text)
