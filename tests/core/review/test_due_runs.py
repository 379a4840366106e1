"""Which run is next, and what becomes of one whose workers die."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from enablement_ext.core.review.due_runs.choosing import RunCandidate, next_run
from enablement_ext.core.review.due_runs.models import (
    MOST_FAILURES,
    DueRun,
    RunKind,
    RunOutcome,
    RunState,
    failed,
    put_back,
    taken,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def run(number: int, author: str = "dana") -> DueRun:
    return DueRun(number, number, 1, author, author, NOW, RunKind.RERUN, NOW)


def test_somebody_with_a_hundred_keeps_nobody_waiting() -> None:
    earlier = NOW - timedelta(minutes=5)
    dana, olga, petra = run(1), run(2, "olga"), run(3, "petra")
    assert next_run([], ()) is None
    assert next_run([RunCandidate(dana, 1, NOW), RunCandidate(olga)], ()) == olga
    assert next_run([RunCandidate(dana, 0, NOW), RunCandidate(olga, 0, earlier)], ()) == olga
    assert next_run([RunCandidate(dana), RunCandidate(olga)], ()) == dana
    assert next_run([RunCandidate(olga, 0, earlier), RunCandidate(petra)], ()) == petra


def test_what_a_reviewer_has_open_comes_first() -> None:
    busy = RunCandidate(run(9, "olga"), 2, NOW)
    assert next_run([RunCandidate(run(1)), busy], {(9, 1)}) == busy.run


def test_a_run_whose_workers_die_waits_longer_each_time_and_then_ends() -> None:
    at, waits = run(1), list[timedelta]()
    for _ in range(MOST_FAILURES):
        at = failed(taken(at, NOW, LEASE), NOW, "worker-died")
        waits.append(at.due_at - NOW)
    assert waits[1] > waits[0] > timedelta(0)
    assert (at.state, at.failures, at.attempt) == (RunState.ENDED, MOST_FAILURES, MOST_FAILURES)
    assert at.result is not None
    assert (at.result.outcome, at.result.reason) == (RunOutcome.DIED, "worker-died")


def test_giving_one_up_without_fault_is_no_failure() -> None:
    back = put_back(taken(run(1), NOW, LEASE), NOW)
    assert (back.state, back.failures, back.due_at, back.attempt) == (RunState.QUEUED, 0, NOW, 1)
