"""Due runs: over every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement_ext.core.errors import Conflict, NotFound, StaleStamp
from enablement_ext.core.review.due_runs import models
from enablement_ext.core.review.due_runs.models import DueRun, DueRunResult, NewDueRun, RunKind, RunOutcome, RunState
from enablement_ext.core.review.ports import ReviewStore
from tests.adapters.factories import NOW, new_version, sent

SECOND = timedelta(seconds=1)
RESULT = DueRunResult(RunOutcome.DIFFERS, "", "1 of 2 cells the same", '{"cells": []}', "ab" * 32)


def add(store: ReviewStore, submission: int = 1, version: int = 1, author: str = "dana") -> DueRun:
    with store.write() as transaction:
        return transaction.add_due_run(NewDueRun(submission, version, author, author, NOW))


def put(store: ReviewStore, before: DueRun, after: DueRun) -> DueRun:
    with store.write() as transaction:
        transaction.replace_due_run(before, after)
    with store.read() as reader:
        return reader.due_run(before.number)


def take(store: ReviewStore, run: DueRun) -> DueRun:
    return put(store, run, models.taken(run, NOW, SECOND))


def test_a_version_has_one_open_run_and_the_newest_counts(store: ReviewStore) -> None:
    sent(store)
    first = add(store)
    assert (first.number, first.state, first.attempt, first.result) == (1, RunState.QUEUED, 0, None)
    with pytest.raises(Conflict):
        add(store)
    with pytest.raises(NotFound):
        add(store, version=2)
    ended = put(store, first, models.ended(first, NOW, RESULT))
    assert (ended.result, ended.ended_at, ended.is_open) == (RESULT, NOW, False)
    second = add(store)
    with store.read() as reader:
        assert list(reader.due_run_notebooks(1)) == [RESULT.notebook]
        assert not list(reader.due_run_notebooks(2))
        assert reader.latest_due_run(1, 1, RunKind.RERUN) == second
        assert reader.latest_due_run(1, 2, RunKind.RERUN) is None
        assert list(reader.open_due_runs(1)) == [second]
        for number in (0, 3, 2**64):
            with pytest.raises(NotFound):
                reader.due_run(number)


def test_a_run_goes_through_its_states_and_keeps_every_value(store: ReviewStore) -> None:
    sent(store)
    running = take(store, add(store))
    assert (running.state, running.attempt, running.started_at) == (RunState.RUNNING, 1, NOW)
    renewed = put(store, running, models.renewed(running, NOW + 9 * SECOND, (2, 5)))
    assert (renewed.lease_until, renewed.cells_done, renewed.cells_total) == (NOW + 9 * SECOND, 2, 5)
    waiting = put(store, renewed, models.failed(renewed, NOW, "worker-died"))
    assert (waiting.state, waiting.failures, waiting.lease_until) == (RunState.QUEUED, 1, None)
    assert waiting.due_at > NOW
    again = take(store, waiting)
    assert (again.attempt, again.cells_done) == (2, 0)


def test_a_result_belongs_to_the_attempt_that_is_the_present_one(store: ReviewStore) -> None:
    sent(store)
    lost = take(store, add(store))
    present = take(store, put(store, lost, models.put_back(lost, NOW)))
    with pytest.raises(StaleStamp):
        put(store, lost, models.ended(lost, NOW, RESULT))
    ended = put(store, present, models.ended(present, NOW, RESULT))
    with pytest.raises(StaleStamp):
        put(store, present, models.ended(present, NOW, replace(RESULT, line="another")))
    with store.read() as reader:
        assert reader.due_run(1) == ended
    with pytest.raises(NotFound):
        put(store, replace(lost, number=7), lost)


def test_what_lapsed_and_what_can_be_chosen(store: ReviewStore) -> None:
    for author in ("dana", "dana", "olga"):
        sent(store, author)
    with store.write() as transaction:
        transaction.add_version(1, new_version("two"))
    running = take(store, add(store))
    second, third, fourth = add(store, 1, 2), add(store, 2), add(store, 3, author="olga")
    with store.read() as reader:
        assert [run.number for run in reader.lapsed_due_runs(NOW + 2 * SECOND, 9)] == [running.number]
        assert not list(reader.lapsed_due_runs(NOW, 9))
        candidates = reader.due_run_candidates(NOW, ())
        assert [(each.run, each.running, each.last_start) for each in candidates] == [
            (second, 1, NOW),
            (fourth, 0, None),
        ]
        assert [each.run for each in reader.due_run_candidates(NOW, {(2, 1)})] == [second, third, fourth]
        assert not list(reader.due_run_candidates(NOW - SECOND, {(2, 1)}))
