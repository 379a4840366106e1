"""The outbox and people's preferences as rows. Entries that ended are forgotten after a while; nothing else is deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.core.errors import NotFound, StaleStamp
from enablement_ext.core.review.notifications.models import (
    Channel,
    DeliveryEnd,
    NewOutboxEntry,
    Occasion,
    OutboxEntry,
    OutboxState,
    queued,
)
from enablement_ext.core.review.notifications.preferences import Preferences, as_document, from_document

_LARGEST = 2**63 - 1
_LIVE = "state IN ('queued', 'taken')"  # also asked for in queries: SQLite takes an index of some rows only so
_DEAD = "state = 'dead'"

outbox = Table(
    "outbox",
    schema.metadata,
    Column("number", schema.number(), primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column(
        "submission", schema.number(), ForeignKey("submissions.number", name="fk_outbox_submission"), nullable=False
    ),
    Column("event", schema.number(), ForeignKey("events.seq", name="fk_outbox_event"), nullable=False),
    Column("nth", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", schema.number(), nullable=False),
    Column("due_at", schema.number(), nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("lease_until", schema.number()),
    Column("ended_at", schema.number()),
    Column("ending", Text),
    Column("problem", Text, nullable=False),
    UniqueConstraint("key", name="uq_outbox_key"),
    CheckConstraint("channel IN ('people', 'mail', 'digest', 'webhook')", name="channel_known"),
    CheckConstraint("occasion IN ('turn', 'news', 'reminder')", name="occasion_known"),
    CheckConstraint("state IN ('queued', 'taken', 'ended', 'dead')", name="outbox_state_known"),
    CheckConstraint("(state = 'taken') = (lease_until IS NOT NULL)", name="lease_while_taken"),
    CheckConstraint(
        "(state = 'ended') = (ended_at IS NOT NULL) AND (state = 'ended') = (ending IS NOT NULL)",
        name="ending_with_its_end",
    ),
    CheckConstraint("number >= 1 AND attempt >= 0 AND failures >= 0 AND nth BETWEEN 0 AND 3", name="outbox_sound"),
)
Index("ix_outbox_due", outbox.c.due_at, outbox.c.number, sqlite_where=text(_LIVE), postgresql_where=text(_LIVE))
Index("ix_outbox_who", outbox.c.who, outbox.c.number, sqlite_where=text(_LIVE), postgresql_where=text(_LIVE))
Index("ix_outbox_dead", outbox.c.number, sqlite_where=text(_DEAD), postgresql_where=text(_DEAD))
Index("ix_outbox_ended", outbox.c.ended_at)

notification_preferences = Table(
    "notification_preferences",
    schema.metadata,
    Column("person", Text, primary_key=True),
    Column("document", Text, nullable=False),
)


class DatabaseNotificationReader:
    """A `NotificationReader` over a connection."""

    _connection: Connection

    def outbox_entry(self, number: int) -> OutboxEntry:
        """Raises `NotFound`."""
        found = self._entries(select(outbox).where(outbox.c.number == number)) if 0 < number <= _LARGEST else []
        if not found:
            raise NotFound
        return found[0]

    def due_outbox(self, now: datetime, limit: int) -> Sequence[OutboxEntry]:
        """By the index of those that live. What is taken was due before its lease began."""
        table, at = outbox, microseconds(now)
        free = (table.c.state == OutboxState.QUEUED.value) | (table.c.lease_until < at)
        due = and_(text(_LIVE), table.c.due_at <= at, free)
        return self._entries(select(table).where(due).order_by(table.c.due_at, table.c.number).limit(limit))

    def queued_for(self, who: str) -> Sequence[OutboxEntry]:
        """By number."""
        table = outbox
        of = and_(text(_LIVE), table.c.who == who, table.c.state == OutboxState.QUEUED.value)
        return self._entries(select(table).where(of).order_by(table.c.number))

    def dead_outbox(self, limit: int) -> Sequence[OutboxEntry]:
        """The oldest first."""
        return self._entries(select(outbox).where(text(_DEAD)).order_by(outbox.c.number).limit(limit))

    def preferences(self, person: str) -> Preferences | None:
        """None where they never chose."""
        table = notification_preferences
        found = self._connection.execute(select(table.c.document).where(table.c.person == person)).scalar()
        return None if found is None else from_document(json.loads(found))

    def _entries(self, asked: Select[Any]) -> list[OutboxEntry]:
        return [_from(row) for row in self._connection.execute(asked)]


class DatabaseNotificationWriter(DatabaseNotificationReader):
    """A `NotificationWriter` over a connection."""

    def add_outbox(self, entries: Iterable[NewOutboxEntry]) -> None:
        """Append those whose keys are new: writers take turns, so the numbers are given once."""
        for new in entries:
            known = select(outbox.c.number).where(outbox.c.key == new.key)
            if self._connection.execute(known).first() is not None:
                continue
            newest = self._connection.execute(select(func.max(outbox.c.number))).scalar() or 0
            added = queued(new, newest + 1)
            fixed = {
                "number": added.number,
                "key": added.key,
                "channel": added.channel.value,
                "occasion": added.occasion.value,
                "who": added.who,
                "submission": added.submission,
                "event": added.event,
                "nth": added.nth,
                "note": added.note,
                "created_at": microseconds(added.created_at),
            }
            self._connection.execute(insert(outbox).values(**fixed, **_moving(added)))

    def replace_outbox(self, before: OutboxEntry, after: OutboxEntry) -> None:
        """Compare and swap, by state and attempt. Raises `StaleStamp`, `NotFound`."""
        table = outbox
        same = and_(
            table.c.number == before.number,
            table.c.state == before.state.value,
            table.c.attempt == before.attempt,
        )
        if self._connection.execute(update(table).where(same).values(_moving(after))).rowcount != 1:
            self.outbox_entry(before.number)
            raise StaleStamp

    def prune_outbox(self, ended_before: datetime) -> int:
        """By the index of ends. The newest entry stays, so that no number is given twice."""
        table = outbox
        newest = select(func.max(table.c.number)).scalar_subquery()
        old = and_(table.c.ended_at < microseconds(ended_before), table.c.number < newest)
        return int(self._connection.execute(delete(table).where(old)).rowcount)

    def put_preferences(self, person: str, preferences: Preferences) -> None:
        """Insert or replace."""
        table, document = notification_preferences, json.dumps(as_document(preferences))
        changed = update(table).where(table.c.person == person).values(document=document)
        if self._connection.execute(changed).rowcount != 1:
            self._connection.execute(insert(table).values(person=person, document=document))


def _moving(entry: OutboxEntry) -> dict[str, Any]:
    """The columns that change; the others are written once."""
    return {
        "due_at": microseconds(entry.due_at),
        "state": entry.state.value,
        "attempt": entry.attempt,
        "failures": entry.failures,
        "lease_until": None if entry.lease_until is None else microseconds(entry.lease_until),
        "ended_at": None if entry.ended_at is None else microseconds(entry.ended_at),
        "ending": None if entry.end is None else entry.end.value,
        "problem": entry.problem,
    }


def _from(row: Any) -> OutboxEntry:
    return OutboxEntry(
        number=row.number,
        key=row.key,
        channel=Channel(row.channel),
        occasion=Occasion(row.occasion),
        who=row.who,
        submission=row.submission,
        event=row.event,
        created_at=moment(row.created_at),
        due_at=moment(row.due_at),
        nth=row.nth,
        note=row.note,
        state=OutboxState(row.state),
        attempt=row.attempt,
        failures=row.failures,
        lease_until=None if row.lease_until is None else moment(row.lease_until),
        ended_at=None if row.ended_at is None else moment(row.ended_at),
        end=None if row.ending is None else DeliveryEnd(row.ending),
        problem=row.problem,
    )
