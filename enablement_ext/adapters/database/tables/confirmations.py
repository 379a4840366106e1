"""What people confirmed as rows: the table, and how it is read and written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Select,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
    update,
)

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.core.access.clients import Client
from enablement_ext.core.access.confirmations import (
    Confirmation,
    ConfirmedKind,
    NewConfirmation,
    Outcome,
    Settlement,
    Subject,
)
from enablement_ext.core.errors import Conflict, Forbidden, NotFound
from enablement_ext.core.review.lifecycle import require_settleable

_LARGEST = 2**63 - 1
_HOLDING = "kind IN ('decision', 'settlement')"
_HELD = text(f"{_HOLDING} AND disputed_at IS NOT NULL AND settled_at IS NULL")
_DISPUTED = text("disputed_at IS NOT NULL")
_OF_DECISION = text("kind = 'decision'")
_ABOUT = (
    "(kind = 'repository_shared') = (person IS NOT NULL) AND ("
    f"({_HOLDING} AND submission IS NOT NULL AND decision IS NOT NULL AND package_request IS NULL AND repository IS NULL)"
    " OR (kind = 'package_answer' AND package_request IS NOT NULL AND submission IS NULL AND decision IS NULL AND repository IS NULL)"
    " OR (kind IN ('repository_access', 'repository_shared') AND repository IS NOT NULL"
    " AND submission IS NULL AND decision IS NULL AND package_request IS NULL))"
)

confirmations = Table(
    "confirmations",
    schema.metadata,
    Column("number", schema.number(), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", schema.number(), nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("event", schema.number(), ForeignKey("events.seq", name="fk_confirmations_event"), nullable=False),
    Column("submission", schema.number(), ForeignKey("submissions.number", name="fk_confirmations_submission")),
    Column("decision", schema.number(), ForeignKey("decisions.id", name="fk_confirmations_decision")),
    Column("package_request", schema.number(), ForeignKey("package_requests.number", name="fk_confirmations_request")),
    Column("repository", Text),
    Column("person", Text),
    Column("disputed_at", schema.number()),
    Column("settled_by", Text),
    Column("settled_at", schema.number()),
    Column("outcome", Text),
    UniqueConstraint("event", name="uq_confirmations_event"),
    CheckConstraint(
        "kind IN ('decision', 'settlement', 'package_answer', 'repository_access', 'repository_shared')",
        name="confirmed_kind_known",
    ),
    CheckConstraint("outcome IN ('stands', 'falls')", name="outcome_known"),
    CheckConstraint(_ABOUT, name="subject_whole"),
    CheckConstraint(
        "(settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (outcome IS NULL)", name="settled_whole"
    ),
    CheckConstraint(f"settled_at IS NULL OR (disputed_at IS NOT NULL AND {_HOLDING})", name="settled_what_was_held"),
    CheckConstraint("settled_by <> made_by", name="settled_by_another"),
)
Index("ix_confirmations_by", confirmations.c.made_by, confirmations.c.number)
Index("ix_confirmations_submission", confirmations.c.submission, confirmations.c.number)
for _name, _columns, _where, _unique in (
    ("ix_confirmations_held", ("submission", "decision"), _HELD, False),
    ("ix_confirmations_disputes", ("made_by", "disputed_at"), _DISPUTED, False),
    ("ix_confirmations_decision", ("decision",), _OF_DECISION, True),
):
    Index(
        _name,
        *(confirmations.c[column] for column in _columns),
        unique=_unique,
        sqlite_where=_where,
        postgresql_where=_where,
    )


class DatabaseConfirmationReader:
    """A `ConfirmationReader` over a connection."""

    _connection: Connection

    def confirmation(self, number: int) -> Confirmation:
        """By the primary key. Raises `NotFound`."""
        if not 0 < number <= _LARGEST:
            raise NotFound
        found = self._confirmed(select(confirmations).where(confirmations.c.number == number))
        if not found:
            raise NotFound
        return found[0]

    def confirmations_by(self, person: str, below: int | None = None, limit: int = 50) -> Sequence[Confirmation]:
        """By the index of makers, newest first."""
        asked = select(confirmations).where(confirmations.c.made_by == person)
        if below is not None:
            asked = asked.where(confirmations.c.number < min(below, _LARGEST))
        return self._confirmed(asked.order_by(confirmations.c.number.desc()).limit(limit))

    def confirmations_about(self, submission: int) -> Sequence[Confirmation]:
        """By the index of submissions, oldest first."""
        if submission > _LARGEST:
            return ()
        about = select(confirmations).where(confirmations.c.submission == submission)
        return self._confirmed(about.order_by(confirmations.c.number))

    def held_confirmations(self, limit: int = 200) -> Sequence[Confirmation]:
        """By the index of what is held, the oldest first."""
        held = select(confirmations).where(_HELD)
        return self._confirmed(held.order_by(confirmations.c.disputed_at, confirmations.c.number).limit(limit))

    def last_dispute(self, person: str) -> datetime | None:
        """By the index of disputes."""
        newest = select(func.max(confirmations.c.disputed_at)).where(confirmations.c.made_by == person, _DISPUTED)
        found = self._connection.execute(newest).scalar()
        return None if found is None else moment(found)

    def _held_since(self, submission: int) -> dict[int, datetime]:
        """{decision id: since when it is held} of this submission."""
        since = func.min(confirmations.c.disputed_at)
        held = select(confirmations.c.decision, since).where(confirmations.c.submission == submission, _HELD)
        rows = self._connection.execute(held.group_by(confirmations.c.decision))
        return {decision: moment(at) for decision, at in rows}

    def _confirmed(self, asked: Select[Any]) -> list[Confirmation]:
        return [_from(row) for row in self._connection.execute(asked)]


class DatabaseConfirmationWriter(DatabaseConfirmationReader):
    """A `ConfirmationWriter` over a connection."""

    def add_confirmation(self, confirmation: NewConfirmation) -> Confirmation:
        """Append with the next number: nothing is deleted and writers take turns, so it is given once."""
        number = (self._connection.execute(select(func.max(confirmations.c.number))).scalar() or 0) + 1
        client, subject = confirmation.client, confirmation.subject
        values = {
            "number": number,
            "kind": confirmation.kind.value,
            "made_by": confirmation.by,
            "made_at": microseconds(confirmation.at),
            "address": client.address,
            "browser": client.browser,
            "event": confirmation.event,
            "submission": subject.submission,
            "decision": subject.decision,
            "package_request": subject.package_request,
            "repository": subject.repository,
            "person": subject.person,
        }
        self._connection.execute(insert(confirmations).values(values))
        return self.confirmation(number)

    def dispute_confirmation(self, number: int, at: datetime) -> Confirmation:
        """Once. Raises `NotFound`, `Conflict`."""
        if self.confirmation(number).disputed_at is not None:
            raise Conflict
        self._set(number, {"disputed_at": microseconds(at)})
        return self.confirmation(number)

    def settle_confirmation(self, number: int, settlement: Settlement) -> Confirmation:
        """Once. Raises `NotFound`, `Conflict`."""
        try:
            require_settleable(self.confirmation(number), settlement.by)
        except Forbidden:
            raise Conflict from None
        values = {
            "settled_by": settlement.by,
            "settled_at": microseconds(settlement.at),
            "outcome": settlement.outcome.value,
        }
        self._set(number, values)
        return self.confirmation(number)

    def _set(self, number: int, values: dict[str, Any]) -> None:
        self._connection.execute(update(confirmations).where(confirmations.c.number == number).values(values))


def _from(row: Any) -> Confirmation:
    settled = (
        None if row.settled_at is None else Settlement(row.settled_by, moment(row.settled_at), Outcome(row.outcome))
    )
    return Confirmation(
        number=row.number,
        kind=ConfirmedKind(row.kind),
        by=row.made_by,
        at=moment(row.made_at),
        client=Client(row.address, row.browser),
        event=row.event,
        subject=Subject(row.submission, row.decision, row.package_request, row.repository, row.person),
        disputed_at=None if row.disputed_at is None else moment(row.disputed_at),
        settlement=settled,
    )
