"""Reading from the database: a `ReviewReader` over one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, literal, select

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import (
    Row,
    decision_from,
    event_from,
    microseconds,
    moment,
    placed_submissions,
    receipt_from,
    thread_from,
    version_from,
)
from enablement_ext.adapters.database.statements import lists, single_rows
from enablement_ext.adapters.database.tables.check_records import DatabaseCheckRecordReader
from enablement_ext.adapters.database.tables.comment_revisions import DatabaseCommentReader
from enablement_ext.adapters.database.tables.confirmations import DatabaseConfirmationReader
from enablement_ext.adapters.database.tables.drafts import DatabaseDraftReader
from enablement_ext.adapters.database.tables.due_runs import DatabaseDueRunReader
from enablement_ext.adapters.database.tables.grants import DatabaseGrantReader
from enablement_ext.adapters.database.tables.notifications import DatabaseNotificationReader
from enablement_ext.adapters.database.tables.package_requests import DatabaseRequestReader
from enablement_ext.adapters.database.tables.people import DatabasePeopleReader
from enablement_ext.adapters.database.tables.repository_access import DatabaseAccessReader
from enablement_ext.adapters.database.tables.search import DatabaseSearchReader
from enablement_ext.adapters.database.tables.seen import DatabaseSeenReader
from enablement_ext.adapters.database.tables.suggestions import DatabaseSuggestionReader
from enablement_ext.core.errors import NotFound
from enablement_ext.core.review.attention import user
from enablement_ext.core.review.discussion.revisions import as_it_reads
from enablement_ext.core.review.event_log import ChainHead
from enablement_ext.core.review.models import Comment, Decision, Event, Submission, Thread, Version
from enablement_ext.core.review.ports import KeptReceipt
from enablement_ext.core.review.queue import Counters, QueueFilter, QueuePage, QueueQuery, turns

_LARGEST = 2**63 - 1  # what a column holds: a greater number names nothing
_REVIEWERS_ONLY = frozenset({QueueFilter.UNCLAIMED, QueueFilter.MINE})


class DatabaseReader(
    DatabaseGrantReader,
    DatabaseAccessReader,
    DatabaseRequestReader,
    DatabasePeopleReader,
    DatabaseConfirmationReader,
    DatabaseSeenReader,
    DatabaseCheckRecordReader,
    DatabaseDraftReader,
    DatabaseCommentReader,
    DatabaseSuggestionReader,
    DatabaseDueRunReader,
    DatabaseNotificationReader,
    DatabaseSearchReader,
):
    """A `ReviewReader`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect

    def submission(self, number: int) -> Submission:
        """Raises `NotFound`."""
        if not 0 < number <= _LARGEST:
            raise NotFound
        rows = lists.one(self._dialect).rows(self._connection, {"number": number})
        if not rows:
            raise NotFound
        return placed_submissions(rows)[0].submission

    def version(self, submission: int, number: int) -> Version:
        """Raises `NotFound`."""
        if max(submission, number) > _LARGEST:
            raise NotFound
        table = schema.versions
        rows = self._all(select(table).where(table.c.submission == submission, table.c.number == number))
        if not rows:
            raise NotFound
        return version_from(rows[0])

    def versions(self, submission: int) -> Sequence[Version]:
        """All versions, oldest first."""
        return tuple(version_from(row) for row in self._of(schema.versions, submission, "number"))

    def page(self, query: QueueQuery) -> QueuePage:
        """One page of a list."""
        if not query.tracks and query.filter in _REVIEWERS_ONLY:
            return QueuePage((), None)
        rows = lists.page(_shape(query), self._dialect).rows(self._connection, _values(query))
        placed = sorted(
            placed_submissions(rows), key=lambda entry: entry.place, reverse=query.filter is QueueFilter.SENT
        )
        items = tuple(entry.submission for entry in placed[: query.limit])
        return QueuePage(items, placed[query.limit - 1].place if len(placed) > query.limit else None)

    def counters(self, viewer: str, tracks: frozenset[str]) -> Counters:
        """Numbers for the viewer's badge."""
        values = {"viewer": viewer, "after": 0, **_whos(viewer, tracks)}
        counted = lists.counters(len(tracks), self._dialect).rows(self._connection, values)[0]
        waiting, unclaimed, claimed = counted if tracks else (counted[0], 0, 0)
        return Counters(waiting=waiting, unclaimed=unclaimed, claimed=claimed)

    def threads(self, submission: int) -> Sequence[Thread]:
        """All threads, oldest first, with their comments."""
        return self._threads(self._of(schema.threads, submission, "id"))

    def thread(self, thread: int) -> Thread:
        """Raises `NotFound`."""
        if thread > _LARGEST:
            raise NotFound
        threads = self._threads(self._all(select(schema.threads).where(schema.threads.c.id == thread)))
        if not threads:
            raise NotFound
        return threads[0]

    def decisions(self, submission: int) -> Sequence[Decision]:
        """All decisions, oldest first."""
        decisions = [decision_from(row) for row in self._of(schema.decisions, submission, "id")]
        held = self._held_since(submission) if decisions else {}
        if not held:
            return tuple(decisions)
        return tuple(
            each if each.fallen_because is not None else replace(each, held_since=held.get(each.id))
            for each in decisions
        )

    def events(self, submission: int) -> Sequence[Event]:
        """The submission's events, oldest first."""
        return tuple(event_from(row) for row in self._of(schema.events, submission, "seq"))

    def events_after(self, seq: int, limit: int) -> Sequence[Event]:
        """Events with a greater sequence number, in order."""
        table = schema.events
        later = select(table).where(table.c.seq > min(seq, _LARGEST)).order_by(table.c.seq).limit(limit)
        return tuple(event_from(row) for row in self._all(later))

    def last_seq(self) -> int:
        """Sequence number of the newest event, 0 when there is none."""
        return self.chain_head().seq

    def chain_head(self) -> ChainHead:
        """Number and hash of the newest event, as kept beside the log."""
        row = single_rows.chain_head(self._dialect, locked=False).rows(self._connection, {})[0]
        return ChainHead(row[0], row[1])

    def kept_receipt(self, author: str, key: str) -> KeptReceipt | None:
        """The receipt this author's Idempotency-Key was answered with."""
        wanted = {"author": author, "key": key}
        rows = single_rows.kept_receipt(self._dialect).rows(self._connection, wanted)
        return receipt_from(rows[0]) if rows else None

    def sent_before(self, author: str, content_id: str) -> Version | None:
        """The author's newest living submission's version with this content."""
        wanted = {"author": author, "content_id": content_id}
        rows = single_rows.sent_before(self._dialect).rows(self._connection, wanted)
        return version_from(rows[0]) if rows else None

    def small_file(self, sha256: str) -> bytes | None:
        """The bytes kept here under this hash, as they are stored."""
        rows = single_rows.small_file(self._dialect).rows(self._connection, {"sha256": sha256})
        return bytes(rows[0][0]) if rows else None

    def lapsed_claims(self, now: datetime, limit: int) -> Sequence[Submission]:
        """Submissions whose claim has expired, the longest expired first."""
        prepared = lists.lapsed(limit, self._dialect)
        placed = placed_submissions(prepared.rows(self._connection, {"now": microseconds(now)}))
        ordered = sorted(placed, key=lambda entry: (entry.place, entry.submission.number))
        return tuple(entry.submission for entry in ordered)

    def asked_people(self, limit: int) -> Sequence[tuple[str, int]]:
        """Person and submission, for whoever has the turn by name in an unclaimed one that is not their own; by person and number."""
        table, unclaimed, prefix = schema.attention, schema.submissions.c.unclaimed_seq, user("")
        asked = (
            select(table.c.who, table.c.submission)
            .join(schema.submissions, schema.submissions.c.number == table.c.submission)
            .where(
                unclaimed.is_not(None), table.c.who.startswith(prefix), table.c.who != literal(prefix) + table.c.author
            )
            .order_by(table.c.who, table.c.submission)
        )
        return tuple((row[0].removeprefix(prefix), row[1]) for row in self._all(asked.limit(limit)))

    def _all(self, statement: Select[Any]) -> Sequence[Row]:
        return self._connection.execute(statement).fetchall()

    def _of(self, table: Table, submission: int, order: str) -> Sequence[Row]:
        if submission > _LARGEST:
            return ()
        return self._all(select(table).where(table.c.submission == submission).order_by(table.c[order]))

    def _threads(self, rows: Sequence[Row]) -> Sequence[Thread]:
        """The threads of these rows; all their comments, what was changed of them, and suggestions come in three queries."""
        if not rows:
            return ()
        table = schema.comments
        remarks: dict[int, list[Comment]] = {}
        wanted = select(table).where(table.c.thread.in_([row[0] for row in rows])).order_by(table.c.id)
        newest = self._newest_texts([row[0] for row in rows])
        suggested = self._suggestions([row[0] for row in rows])
        for number, thread, author, text, at in self._all(wanted):
            comment = Comment(number, author, text, moment(at))
            remarks.setdefault(thread, []).append(as_it_reads(comment, newest.get(number)))
        threads = (thread_from(row, tuple(remarks.get(row[0], ()))) for row in rows)
        return tuple(replace(thread, suggestion=suggested.get(thread.id)) for thread in threads)


def _shape(query: QueueQuery) -> lists.QueryShape:
    return lists.QueryShape(
        filter=query.filter,
        tracks=len(query.tracks),
        limit=query.limit,
        first=query.after is None,
        path=query.filter is QueueFilter.SENT and query.notebook_path is not None,
    )


def _values(query: QueueQuery) -> dict[str, Any]:
    start = _LARGEST if query.filter is QueueFilter.SENT else 0
    return {
        "viewer": query.viewer,
        "after": start if query.after is None else max(0, min(query.after, _LARGEST)),
        "path": query.notebook_path,
        **_whos(query.viewer, query.tracks),
    }


def _whos(viewer: str, tracks: Iterable[str]) -> dict[str, str]:
    return {f"who{index}": who for index, who in enumerate(turns(viewer, tracks))}
