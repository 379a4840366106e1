"""A run that is due, from the moment it is asked for until it ended. A change is a new value; what ended never changes again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

MOST_FAILURES = 3  # of whoever worked on it; then it ends as `RunOutcome.DIED`
_BACK_OFF = timedelta(seconds=5)  # after the first failure; four times as long after each more
WORKER_DIED = "worker-died"  # reasons of an end that no run of the notebook itself has
NO_SPACE = "no-space"


class RunKind(StrEnum):
    """Why a version is run."""

    RERUN = "rerun"  # the notebook as it was sent, and compared with what it showed


class RunState(StrEnum):
    """Where a due run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"


class RunOutcome(StrEnum):
    """How it ended."""

    SAME = "same"
    DIFFERS = "differs"  # it came to its end, and not every cell came out the same
    DIED = "died"  # it did not come to its end: the reason is a code
    CANCELLED = "cancelled"
    NOT_RUN = "not-run"  # it cannot be run here: the reason is a code


@dataclass(frozen=True, slots=True)
class DueRunResult:
    """How it ended. `line` is for a person; `document` is JSON with a verdict for each cell, "" where nothing was run; `notebook` is the SHA-256
    of the notebook with what this run showed, "" where there is none."""

    outcome: RunOutcome
    reason: str = ""
    line: str = ""
    document: str = ""
    notebook: str = ""


@dataclass(frozen=True, slots=True)
class NewDueRun:
    """A run before it has a number. `author` sent the version, `asked_by` asked for the run."""

    submission: int
    version: int
    author: str
    asked_by: str
    asked_at: datetime
    kind: RunKind = RunKind.RERUN


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run. `attempt` counts how often it was taken: a result belongs to the attempt that is the present one. `failures` counts those that
    died under it. `cells_done` of `cells_total` are behind it, as far as was told."""

    number: int
    submission: int
    version: int
    author: str
    asked_by: str
    asked_at: datetime
    kind: RunKind
    due_at: datetime
    state: RunState = RunState.QUEUED
    attempt: int = 0
    failures: int = 0
    started_at: datetime | None = None
    lease_until: datetime | None = None
    cells_done: int = 0
    cells_total: int = 0
    ended_at: datetime | None = None
    result: DueRunResult | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state is not RunState.ENDED

    def is_held_by(self, taken: DueRun) -> bool:
        """Whether whoever took it as `taken` still works on it."""
        return self.state is RunState.RUNNING and self.attempt == taken.attempt


def queued(new: NewDueRun, number: int) -> DueRun:
    """One that was just asked for: it is due at once."""
    return DueRun(
        number,
        new.submission,
        new.version,
        new.author,
        new.asked_by,
        new.asked_at,
        new.kind,
        due_at=new.asked_at,
    )


def taken(run: DueRun, now: datetime, lease: timedelta) -> DueRun:
    """A queued run that somebody works on from now."""
    return replace(
        run,
        state=RunState.RUNNING,
        attempt=run.attempt + 1,
        started_at=now,
        lease_until=now + lease,
        cells_done=0,
        cells_total=0,
    )


def renewed(run: DueRun, until: datetime, cells: tuple[int, int]) -> DueRun:
    """A running one that is still worked on: `cells` are those done, and all."""
    return replace(run, lease_until=until, cells_done=cells[0], cells_total=cells[1])


def put_back(run: DueRun, now: datetime) -> DueRun:
    """A running one that is given up without fault: it is due at once."""
    return replace(run, state=RunState.QUEUED, lease_until=None, started_at=None, due_at=now)


def failed(run: DueRun, now: datetime, reason: str) -> DueRun:
    """A running one whose worker died, or could not store what it found: due later, or ended where that happened too often."""
    again = replace(run, failures=run.failures + 1)
    if again.failures >= MOST_FAILURES:
        return ended(again, now, DueRunResult(RunOutcome.DIED, reason))
    return put_back(again, now + _BACK_OFF * 4 ** (again.failures - 1))


def ended(run: DueRun, now: datetime, result: DueRunResult) -> DueRun:
    """The end of an open one."""
    return replace(run, state=RunState.ENDED, lease_until=None, ended_at=now, result=result)
