"""Due runs as rows. What one row's constraints cannot say, the triggers of the table keep."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Select,
    Table,
    Text,
    and_,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.adapters.database.tables.trials import DatabaseTrialReader, DatabaseTrialWriter, trial_of, trials
from enablement_ext.core.errors import Conflict, NotFound, StaleStamp
from enablement_ext.core.review.due_runs.choosing import RunCandidate, RunsInState
from enablement_ext.core.review.due_runs.models import (
    DueRun,
    DueRunResult,
    NewDueRun,
    RunKind,
    RunOutcome,
    RunState,
    queued,
)
from enablement_ext.core.review.due_runs.trials import Trial

_LARGEST = 2**63 - 1
_RESULT = ("outcome", "reason", "line", "document", "notebook")
_NO_RESULT = " AND ".join(f"{name} IS NULL" for name in _RESULT)
# Also in queries for one of the other states: SQLite takes an index of some rows only where its own condition is asked for.
_OPEN = "state <> 'ended'"

due_runs = Table(
    "due_runs",
    schema.metadata,
    Column("number", schema.number(), primary_key=True, autoincrement=False),
    Column("submission", schema.number(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", schema.number(), nullable=False),
    Column("due_at", schema.number(), nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("started_at", schema.number()),
    Column("lease_until", schema.number()),
    Column("cells_done", Integer, nullable=False),
    Column("cells_total", Integer, nullable=False),
    Column("ended_at", schema.number()),
    Column("outcome", Text),
    Column("reason", Text),
    Column("line", Text),
    Column("document", Text),
    Column("notebook", Text),
    ForeignKeyConstraint(
        ["submission", "version"], ["versions.submission", "versions.number"], name="fk_due_runs_version"
    ),
    CheckConstraint("kind IN ('rerun')", name="run_kind_known"),
    CheckConstraint("state IN ('queued', 'running', 'ended')", name="run_state_known"),
    CheckConstraint("outcome IN ('same', 'differs', 'died', 'cancelled', 'not-run')", name="outcome_known"),
    CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease_while_running"),
    CheckConstraint("state <> 'running' OR started_at IS NOT NULL", name="running_since"),
    CheckConstraint(
        f"(state = 'ended' AND ended_at IS NOT NULL AND {_NO_RESULT.replace('IS NULL', 'IS NOT NULL')})"
        f" OR (state <> 'ended' AND ended_at IS NULL AND {_NO_RESULT})",
        name="result_with_its_end",
    ),
    CheckConstraint(
        "number >= 1 AND attempt >= 0 AND failures >= 0 AND failures <= attempt AND cells_done >= 0 AND cells_done <= cells_total",
        name="run_numbers_sound",
    ),
)
Index(
    "uq_due_runs_open",
    due_runs.c.submission,
    due_runs.c.version,
    due_runs.c.kind,
    unique=True,
    sqlite_where=text(_OPEN),
    postgresql_where=text(_OPEN),
)
Index("ix_due_runs_version", due_runs.c.submission, due_runs.c.version, due_runs.c.number)
Index(
    "ix_due_runs_author",
    due_runs.c.author,
    due_runs.c.state,
    due_runs.c.number,
    sqlite_where=text(_OPEN),
    postgresql_where=text(_OPEN),
)
Index("ix_due_runs_started", due_runs.c.author, due_runs.c.started_at)


class DatabaseDueRunReader(DatabaseTrialReader):
    """A `DueRunReader` over a connection."""

    def due_run(self, number: int) -> DueRun:
        """Raises `NotFound`."""
        found = self._runs(select(due_runs).where(due_runs.c.number == number)) if 0 < number <= _LARGEST else []
        if not found:
            raise NotFound
        return found[0]

    def latest_due_run(self, submission: int, version: int, kind: RunKind) -> DueRun | None:
        """By the index of a version's runs."""
        table = due_runs
        of = and_(table.c.submission == submission, table.c.version == version, table.c.kind == kind.value)
        found = self._runs(select(table).where(of).order_by(table.c.number.desc()).limit(1))
        return found[0] if found else None

    def open_due_runs(self, submission: int) -> Sequence[DueRun]:
        """Oldest first."""
        table = due_runs
        of = and_(text(_OPEN), table.c.submission == submission)
        return self._runs(select(table).where(of).order_by(table.c.number))

    def due_run_notebooks(self, submission: int) -> Sequence[str]:
        """In order."""
        table = due_runs
        named = and_(table.c.submission == submission, table.c.notebook != "")
        return tuple(
            self._connection.execute(
                select(table.c.notebook).where(named).distinct().order_by(table.c.notebook)
            ).scalars()
        )

    def due_run_candidates(
        self, now: datetime, opened: Collection[tuple[int, int]], holder: str = ""
    ) -> Sequence[RunCandidate]:
        """The oldest of each author, with what that author has running, and those that are opened."""
        table = due_runs
        due = and_(text(_OPEN), table.c.state == RunState.QUEUED.value, table.c.due_at <= microseconds(now))
        oldest = select(func.min(table.c.number)).where(due).group_by(table.c.author)
        wanted = [and_(table.c.submission == submission, table.c.version == version) for submission, version in opened]
        runs: list[DueRun | Trial] = []
        runs += self._runs(select(table).where(due, or_(table.c.number.in_(oldest), *wanted)).order_by(table.c.number))
        runs += self._oldest_trials(holder) if holder else ()
        loads = self._loads({run.author for run in runs})
        return tuple(RunCandidate(run, *loads.get(run.author, (0, None))) for run in runs)

    def run_queue(self) -> Sequence[RunsInState]:
        """By the indexes of open ones."""
        found = list[RunsInState]()
        for table in (due_runs, trials):
            counted = select(table.c.state, func.count(), func.min(table.c.asked_at))
            for state, count, since in self._connection.execute(counted.where(text(_OPEN)).group_by(table.c.state)):
                found.append(RunsInState(table is trials, RunState(state), count, moment(since)))
        return tuple(found)

    def lapsed_due_runs(self, now: datetime, limit: int) -> Sequence[DueRun]:
        """The longest lapsed first."""
        table = due_runs
        lapsed = and_(text(_OPEN), table.c.state == RunState.RUNNING.value, table.c.lease_until < microseconds(now))
        return self._runs(select(table).where(lapsed).order_by(table.c.lease_until, table.c.number).limit(limit))

    def _oldest_trials(self, holder: str) -> list[Trial]:
        waiting = and_(text(_OPEN), trials.c.holder == holder, trials.c.state == RunState.QUEUED.value)
        told = [column for column in trials.c if column is not trials.c.showed]
        first = dict[str, Trial]()
        for row in self._connection.execute(select(*told).where(waiting).order_by(trials.c.asked_at, trials.c.id)):
            first.setdefault(row.author, trial_of(row))
        return list(first.values())

    def _loads(self, authors: Collection[str]) -> dict[str, tuple[int, datetime | None]]:
        """How many of an author's are running, and when one was last started: runs and trials."""
        loads = dict[str, tuple[int, datetime | None]]()
        for table in (due_runs, trials):
            running = func.sum((table.c.state == RunState.RUNNING.value).cast(Integer))
            asked = (
                select(table.c.author, running, func.max(table.c.started_at))
                .where(table.c.author.in_(sorted(authors)))
                .group_by(table.c.author)
            )
            for author, busy, last in self._connection.execute(asked):
                before, started = loads.get(author, (0, None))
                found = [at for at in (started, _when(last)) if at is not None]
                loads[author] = before + int(busy or 0), max(found, default=None)
        return loads

    def _runs(self, asked: Select[Any]) -> list[DueRun]:
        return [_from(row) for row in self._connection.execute(asked)]


class DatabaseDueRunWriter(DatabaseDueRunReader, DatabaseTrialWriter):
    """A `DueRunWriter` over a connection."""

    def add_due_run(self, new: NewDueRun) -> DueRun:
        """Append with the next number: nothing is deleted and writers take turns, so it is given once."""
        table = schema.versions
        known = select(table.c.number).where(table.c.submission == new.submission, table.c.number == new.version)
        if self._connection.execute(known).first() is None:
            raise NotFound
        before = self.latest_due_run(new.submission, new.version, new.kind)
        if before is not None and before.is_open:
            raise Conflict("It is being run again already.")
        newest = self._connection.execute(select(func.max(due_runs.c.number))).scalar() or 0
        added = queued(new, newest + 1)
        fixed = {
            "number": added.number,
            "submission": added.submission,
            "version": added.version,
            "kind": added.kind.value,
            "author": added.author,
            "asked_by": added.asked_by,
            "asked_at": microseconds(added.asked_at),
        }
        self._connection.execute(insert(due_runs).values(**fixed, **_moving(added)))
        return added

    def replace_due_run(self, before: DueRun, after: DueRun) -> None:
        """Compare and swap, by state and attempt. Raises `StaleStamp`, `NotFound`."""
        table = due_runs
        same = and_(
            table.c.number == before.number,
            table.c.state == before.state.value,
            table.c.attempt == before.attempt,
        )
        if self._connection.execute(update(table).where(same).values(_moving(after))).rowcount != 1:
            self.due_run(before.number)
            raise StaleStamp


def _moving(run: DueRun) -> dict[str, Any]:
    """The columns that change; the others are written once."""
    result = run.result
    return {
        "due_at": microseconds(run.due_at),
        "state": run.state.value,
        "attempt": run.attempt,
        "failures": run.failures,
        "started_at": _maybe(run.started_at),
        "lease_until": _maybe(run.lease_until),
        "cells_done": run.cells_done,
        "cells_total": run.cells_total,
        "ended_at": _maybe(run.ended_at),
        **{name: None if result is None else str(getattr(result, name)) for name in _RESULT},
    }


def _maybe(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _when(value: int | None) -> datetime | None:
    return None if value is None else moment(value)


def _from(row: Any) -> DueRun:
    found = [getattr(row, name) for name in _RESULT[1:]]
    return DueRun(
        number=row.number,
        submission=row.submission,
        version=row.version,
        author=row.author,
        asked_by=row.asked_by,
        asked_at=moment(row.asked_at),
        kind=RunKind(row.kind),
        due_at=moment(row.due_at),
        state=RunState(row.state),
        attempt=row.attempt,
        failures=row.failures,
        started_at=_when(row.started_at),
        lease_until=_when(row.lease_until),
        cells_done=row.cells_done,
        cells_total=row.cells_total,
        ended_at=_when(row.ended_at),
        result=None if row.outcome is None else DueRunResult(RunOutcome(row.outcome), *found),
    )
