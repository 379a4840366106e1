"""Writing to the database: a `ReviewTransaction` that holds the write lock.

Write transactions are serialised (SQLite: BEGIN IMMEDIATE; PostgreSQL: the row of the chain's head is locked first), so what was read
is still so at the commit, numbers have no gaps and no two transactions can wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, Table, delete, func, select, update

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.reading import DatabaseReader
from enablement_ext.adapters.database.rows import (
    Values,
    anchor_text,
    attention_values,
    decision_values,
    event_values,
    microseconds,
    receipt_values,
    submission_values,
    version_values,
)
from enablement_ext.adapters.database.statements import single_rows
from enablement_ext.adapters.database.tables.check_records import DatabaseCheckRecordWriter
from enablement_ext.adapters.database.tables.comment_revisions import DatabaseCommentWriter
from enablement_ext.adapters.database.tables.confirmations import DatabaseConfirmationWriter
from enablement_ext.adapters.database.tables.drafts import DatabaseDraftWriter
from enablement_ext.adapters.database.tables.due_runs import DatabaseDueRunWriter
from enablement_ext.adapters.database.tables.grants import DatabaseGrantWriter
from enablement_ext.adapters.database.tables.notifications import DatabaseNotificationWriter
from enablement_ext.adapters.database.tables.package_requests import DatabaseRequestWriter
from enablement_ext.adapters.database.tables.people import DatabasePeopleWriter
from enablement_ext.adapters.database.tables.repository_access import DatabaseAccessWriter
from enablement_ext.adapters.database.tables.search import DatabaseSearchWriter, index_submission
from enablement_ext.adapters.database.tables.seen import DatabaseSeenWriter
from enablement_ext.adapters.database.tables.suggestions import DatabaseSuggestionWriter
from enablement_ext.core.errors import KeyReused, NotFound, StaleStamp
from enablement_ext.core.review.event_log import ChainHead, sealed
from enablement_ext.core.review.models import Anchor, Comment, Decision, Event, Submission, Version
from enablement_ext.core.review.ports import KeptReceipt, NewDecision, NewEvent, NewVersion
from enablement_ext.core.review.search.documents import SearchContent

_VERSION = tuple(entry.name for entry in fields(NewVersion))


class DatabaseTransaction(
    DatabaseReader,
    DatabaseGrantWriter,
    DatabaseAccessWriter,
    DatabaseRequestWriter,
    DatabasePeopleWriter,
    DatabaseConfirmationWriter,
    DatabaseSeenWriter,
    DatabaseCheckRecordWriter,
    DatabaseDraftWriter,
    DatabaseCommentWriter,
    DatabaseSuggestionWriter,
    DatabaseDueRunWriter,
    DatabaseNotificationWriter,
    DatabaseSearchWriter,
):
    """A `ReviewTransaction`. `finish` writes the head of the chain and the index; the store calls it before it commits."""

    def __init__(self, connection: Connection) -> None:
        """Takes the write lock on PostgreSQL (the row of the chain's head); on SQLite BEGIN IMMEDIATE has taken it."""
        super().__init__(connection)
        row = single_rows.chain_head(self._dialect, locked=True).rows(connection, {})[0]
        self._stored_head = self._head = ChainHead(row[0], row[1])
        self._last_number = 0
        self._staged: dict[int, SearchContent | None] = {}

    def finish(self) -> None:
        """Keep the number and hash of the newest event, and index what events were about."""
        for number, content in self._staged.items():
            with suppress(NotFound):  # an event about what is not there is refused by its foreign key
                index_submission(self, self._connection, self.submission(number), content)
        self._staged.clear()
        if self._head != self._stored_head:
            head = {"seq": self._head.seq, "hash": self._head.hash}
            single_rows.update_chain_head(self._dialect).run(self._connection, head)

    def chain_head(self) -> ChainHead:
        """Number and hash of the newest event, those of this transaction included."""
        return self._head

    def next_number(self) -> int:
        """The number for a new submission."""
        self._last_number = max(self._last_number + 1, self._next(schema.submissions, "number"))
        return self._last_number

    def add_submission(self, submission: Submission) -> None:
        """Insert."""
        values = submission_values(submission)
        fixed = {
            "number": submission.number,
            "author": submission.author,
            "created_at": microseconds(submission.created_at),
            "stamp": submission.stamp,
            "open_threads": 0,
        }
        self._add(schema.submissions, {**values, **fixed})
        self._add_attention(submission)

    def replace_submission(self, expected_stamp: int, submission: Submission) -> Submission:
        """Compare and swap. Raises `StaleStamp`, `NotFound`."""
        table = schema.submissions
        swapped = self._connection.execute(
            update(table)
            .where(table.c.number == submission.number, table.c.stamp == expected_stamp)
            .values(**submission_values(submission), stamp=expected_stamp + 1)
        )
        if swapped.rowcount != 1:
            raise StaleStamp(facts={"stamp": self.submission(submission.number).stamp})
        turns = schema.attention
        self._connection.execute(delete(turns).where(turns.c.submission == submission.number))
        self._add_attention(submission)
        return self.submission(submission.number)

    def add_version(self, submission: int, version: NewVersion) -> Version:
        """Append with the next number. Raises `NotFound`."""
        newest = single_rows.latest_version(self._dialect).rows(self._connection, {"submission": submission})[0][0]
        if newest is None and submission != self._last_number:
            self.submission(submission)
        values = {name: getattr(version, name) for name in _VERSION}
        added = Version(submission=submission, number=(newest or 0) + 1, **values)
        self._add(schema.versions, version_values(added))
        return added

    def keep_receipt(self, author: str, key: str, kept: KeptReceipt) -> None:
        """Bind an Idempotency-Key to its receipt. Raises `KeyReused`."""
        insertion = single_rows.insert_or_ignore(schema.receipts, self._dialect)
        if not insertion.run(self._connection, receipt_values(author, key, kept)):
            raise KeyReused

    def keep_small_files(self, files: Mapping[str, bytes]) -> None:
        """Keep bytes under their hashes; what is there already stays."""
        insertion = single_rows.insert_or_ignore(schema.small_files, self._dialect)
        for sha256, content in files.items():
            insertion.run(self._connection, {"sha256": sha256, "content": content})

    def add_thread(self, submission: int, version: int, anchor: Anchor) -> int:
        """Insert an empty thread and return its id. Raises `NotFound`."""
        self.version(submission, version)
        number = self._next(schema.threads, "id")
        values = {"id": number, "submission": submission, "version": version, "anchor": anchor_text(anchor)}
        self._add(schema.threads, values)
        self._count_threads(submission)
        return number

    def add_comment(self, thread: int, author: str, text: str, at: datetime) -> Comment:
        """Append a comment. Raises `NotFound`."""
        self.thread(thread)
        number = self._next(schema.comments, "id")
        values = {"id": number, "thread": thread, "author": author, "text": text, "at": microseconds(at)}
        self._add(schema.comments, values)
        return Comment(number, author, text, at)

    def set_resolved(self, thread: int, by: str | None, at: datetime | None) -> None:
        """Resolve a thread, or reopen it with None. Raises `NotFound`."""
        stored = self.thread(thread)
        resolved_at = None if at is None else microseconds(at)
        self._connection.execute(
            update(schema.threads).where(schema.threads.c.id == thread).values(resolved_by=by, resolved_at=resolved_at)
        )
        self._count_threads(stored.submission)

    def add_decision(self, decision: NewDecision) -> Decision:
        """Append a decision. Raises `NotFound` unless the version exists with this content id."""
        if self.version(decision.submission, decision.version).content_id != decision.content_id:
            raise NotFound
        number = self._next(schema.decisions, "id")
        self._add(schema.decisions, {"id": number, **decision_values(decision)})
        values = {name.name: getattr(decision, name.name) for name in fields(decision)}
        return Decision(id=number, **values)

    def fell_decisions(self, decisions: Iterable[int], because: str) -> None:
        """Say why these decisions no longer count; one that fell before keeps its reason."""
        table = schema.decisions
        self._connection.execute(
            update(table)
            .where(table.c.id.in_(list(decisions)), table.c.fallen_because.is_(None))
            .values(fallen_because=because)
        )

    def append_event(self, event: NewEvent) -> Event:
        """Append to the hash chain."""
        seq, data = self._head.seq + 1, dict(event.data)
        added = sealed(
            Event(seq, event.at, event.actor, event.kind, event.submission, event.version, data, self._head.hash, "")
        )
        self._add(schema.events, event_values(added))
        self._head = ChainHead(added.seq, added.hash)
        if event.submission is not None:
            self._staged.setdefault(event.submission, None)
        return added

    def _add_attention(self, submission: Submission) -> None:
        for values in attention_values(submission):
            self._add(schema.attention, values)

    def _count_threads(self, submission: int) -> None:
        table = schema.threads
        still_open = (
            select(func.count())
            .where(table.c.submission == submission, table.c.resolved_by.is_(None))
            .scalar_subquery()
        )
        self._connection.execute(
            update(schema.submissions).where(schema.submissions.c.number == submission).values(open_threads=still_open)
        )

    def _add(self, table: Table, values: Values) -> None:
        """A new row; columns that are not named are null."""
        single_rows.insert_row(table, self._dialect).run(self._connection, values)

    def _next(self, table: Table, column: str) -> int:
        """The number after the greatest: nothing is ever deleted and writers take turns, so it is given once."""
        rows = single_rows.greatest_value(table, column, self._dialect).rows(self._connection, {})
        return (rows[0][0] or 0) + 1
