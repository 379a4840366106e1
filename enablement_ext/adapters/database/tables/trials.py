"""Trials as rows. What one row's constraints cannot say, the triggers of the table keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    and_,
    delete,
    insert,
    select,
    text,
    update,
)

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.core.errors import Conflict, NotFound, StaleStamp
from enablement_ext.core.review.due_runs.models import DueRunResult, RunOutcome, RunState
from enablement_ext.core.review.due_runs.trials import Trial

_ASKED = ("id", "author", "path", "content", "content_id", "image", "conditions", "holder")
_RESULT = ("outcome", "reason", "line", "document")
_NO_RESULT = " AND ".join(f"{name} IS NULL" for name in _RESULT)
# Also in queries for one of the other states: SQLite takes an index of some rows only where its own condition is asked for.
_OPEN = "state <> 'ended'"

trials = Table(
    "trials",
    schema.metadata,
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in _ASKED[1:]),
    Column("asked_at", schema.number(), nullable=False),
    Column("state", Text, nullable=False),
    Column("lease_until", schema.number()),
    Column("started_at", schema.number()),
    Column("cells_done", Integer, nullable=False),
    Column("cells_total", Integer, nullable=False),
    Column("ended_at", schema.number()),
    *(Column(name, Text) for name in _RESULT),
    Column("showed", LargeBinary),
    CheckConstraint("state IN ('queued', 'running', 'ended')", name="trial_state_known"),
    CheckConstraint("outcome IN ('same', 'differs', 'died', 'cancelled', 'not-run')", name="trial_outcome_known"),
    CheckConstraint("(state <> 'ended') = (lease_until IS NOT NULL)", name="lease_while_open"),
    CheckConstraint("state <> 'running' OR started_at IS NOT NULL", name="trial_running_since"),
    CheckConstraint(
        f"(state = 'ended' AND ended_at IS NOT NULL AND {_NO_RESULT.replace('IS NULL', 'IS NOT NULL')})"
        f" OR (state <> 'ended' AND ended_at IS NULL AND showed IS NULL AND {_NO_RESULT})",
        name="trial_result_with_its_end",
    ),
    CheckConstraint("cells_done >= 0 AND cells_done <= cells_total", name="trial_numbers_sound"),
)
Index(
    "uq_trials_open",
    trials.c.author,
    trials.c.path,
    unique=True,
    sqlite_where=text(_OPEN),
    postgresql_where=text(_OPEN),
)
Index("ix_trials_author", trials.c.author, trials.c.asked_at)
Index("ix_trials_ended", trials.c.ended_at)

_TOLD = [column for column in trials.c if column.name != "showed"]


class DatabaseTrialReader:
    """A `TrialReader` over a connection."""

    _connection: Connection

    def trial(self, trial: str) -> Trial:
        """Raises `NotFound`."""
        found = self._trials(select(*_TOLD).where(trials.c.id == trial))
        if not found:
            raise NotFound
        return found[0]

    def latest_trial(self, author: str, path: str) -> Trial | None:
        """By the index of a person's trials."""
        of = and_(trials.c.author == author, trials.c.path == path)
        newest = select(*_TOLD).where(of).order_by(trials.c.asked_at.desc(), trials.c.id).limit(1)
        found = self._trials(newest)
        return found[0] if found else None

    def open_trials(self, *, author: str = "", holder: str = "") -> Sequence[Trial]:
        """By the index of open ones."""
        asked = select(*_TOLD).where(text(_OPEN)).order_by(trials.c.asked_at, trials.c.id)
        if author:
            asked = asked.where(trials.c.author == author)
        return self._trials(asked.where(trials.c.holder == holder) if holder else asked)

    def tried(self, author: str, content_id: str, conditions: str) -> Trial | None:
        """Among the few that a person has."""
        same = and_(
            trials.c.author == author,
            trials.c.content_id == content_id,
            trials.c.conditions == conditions,
            trials.c.showed.is_not(None),
        )
        found = self._trials(select(*_TOLD).where(same).order_by(trials.c.asked_at.desc(), trials.c.id).limit(1))
        return found[0] if found else None

    def trial_showed(self, trial: str) -> bytes:
        """Raises `NotFound`."""
        found = self._connection.execute(select(trials.c.showed).where(trials.c.id == trial)).scalar()
        if found is None:
            raise NotFound
        return bytes(found)

    def _trials(self, asked: Select[Any]) -> list[Trial]:
        return [trial_of(row) for row in self._connection.execute(asked)]


class DatabaseTrialWriter(DatabaseTrialReader):
    """A `TrialWriter` over a connection."""

    def add_trial(self, new: Trial) -> None:
        """Raises `Conflict`."""
        before = self.latest_trial(new.author, new.path)
        if before is not None and before.is_open:
            raise Conflict("It is being tried already.")
        same = and_(trials.c.author == new.author, trials.c.path == new.path, trials.c.state == RunState.ENDED.value)
        self._connection.execute(update(trials).where(same).values(document="", showed=None))
        never_begun = and_(
            trials.c.author == new.author, trials.c.state == RunState.ENDED.value, trials.c.started_at.is_(None)
        )
        self._connection.execute(delete(trials).where(never_begun))
        fixed = {name: getattr(new, name) for name in _ASKED} | {"asked_at": microseconds(new.asked_at)}
        self._connection.execute(insert(trials).values(**fixed, **_moving(new)))

    def replace_trial(self, before: Trial, after: Trial, showed: bytes | None = None) -> None:
        """Compare and swap, by state. Raises `StaleStamp`."""
        same = and_(trials.c.id == before.id, trials.c.state == before.state.value)
        changed = self._connection.execute(update(trials).where(same).values(**_moving(after), showed=showed))
        if changed.rowcount != 1:
            raise StaleStamp

    def forget_trials(self, before: datetime) -> int:
        """By the index of their ends."""
        ended = and_(trials.c.state == RunState.ENDED.value, trials.c.ended_at < microseconds(before))
        return self._connection.execute(delete(trials).where(ended)).rowcount

    def forget_trial(self, trial: str) -> None:
        """The row stays: when one of a person's was last started decides who is next."""
        ended = and_(trials.c.id == trial, trials.c.state == RunState.ENDED.value)
        self._connection.execute(update(trials).where(ended).values(document="", showed=None))


def trial_of(row: Any) -> Trial:
    """From a row without what it showed."""
    return Trial(
        **{name: getattr(row, name) for name in _ASKED},
        asked_at=moment(row.asked_at),
        state=RunState(row.state),
        lease_until=_when(row.lease_until),
        started_at=_when(row.started_at),
        cells_done=row.cells_done,
        cells_total=row.cells_total,
        ended_at=_when(row.ended_at),
        result=None
        if row.outcome is None
        else DueRunResult(RunOutcome(row.outcome), row.reason, row.line, row.document),
    )


def _moving(trial: Trial) -> dict[str, Any]:
    """The columns that change; the others are written once."""
    result = trial.result
    return {
        "state": trial.state.value,
        "lease_until": _maybe(trial.lease_until),
        "started_at": _maybe(trial.started_at),
        "cells_done": trial.cells_done,
        "cells_total": trial.cells_total,
        "ended_at": _maybe(trial.ended_at),
        **{name: None if result is None else str(getattr(result, name)) for name in _RESULT},
    }


def _maybe(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _when(value: int | None) -> datetime | None:
    return None if value is None else moment(value)
