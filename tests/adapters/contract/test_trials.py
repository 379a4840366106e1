"""Trials: over every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement_ext.core.errors import Conflict, NotFound, StaleStamp
from enablement_ext.core.review.due_runs import models
from enablement_ext.core.review.due_runs.models import DueRun, DueRunResult, NewDueRun, RunOutcome, RunState
from enablement_ext.core.review.due_runs.trials import Trial, begun, ended_trial, kept_alive
from enablement_ext.core.review.ports import ReviewStore
from tests.adapters.factories import NOW, sent

MINUTE = timedelta(minutes=1)
RESULT = DueRunResult(RunOutcome.DIFFERS, "", "1 of 2 cells the same", '{"cells": []}')
TRIAL = Trial(
    "t1",
    "dana",
    "work/churn.ipynb",
    "came",
    "content",
    "datascience 1",
    "limits",
    "process",
    NOW,
    lease_until=NOW + MINUTE,
)


def add(store: ReviewStore, new: Trial = TRIAL) -> Trial:
    with store.write() as transaction:
        transaction.add_trial(new)
    return new


def put(store: ReviewStore, before: Trial, after: Trial, showed: bytes | None = None) -> Trial:
    with store.write() as transaction:
        transaction.replace_trial(before, after, showed)
    with store.read() as reader:
        return reader.trial(before.id)


def test_a_notebook_has_one_open_trial_and_only_the_newest_is_remembered(store: ReviewStore) -> None:
    first = add(store)
    with pytest.raises(Conflict):
        add(store, replace(TRIAL, id="t2"))
    other = add(store, replace(TRIAL, id="t3", path="other.ipynb", asked_at=NOW + MINUTE))
    foreign = add(store, replace(TRIAL, id="t4", author="olga", holder="another"))
    running = put(store, first, begun(first, NOW + MINUTE, NOW + 2 * MINUTE))
    with pytest.raises(StaleStamp):
        put(store, first, begun(first, NOW, NOW))
    renewed = put(store, running, kept_alive(running, NOW + 3 * MINUTE, (1, 2)))
    assert (renewed.cells_done, renewed.cells_total, renewed.state) == (1, 2, RunState.RUNNING)
    with store.read() as reader:
        assert list(reader.open_trials()) in ([renewed, foreign, other], [foreign, renewed, other])
        assert list(reader.open_trials(author="dana")) == [renewed, other]
        assert list(reader.open_trials(holder="another")) == [foreign]
        assert reader.tried("dana", "content", "limits") is None
    ended = put(store, renewed, ended_trial(renewed, NOW + 2 * MINUTE, RESULT), b"showed")
    assert (ended.result, ended.lease_until) == (RESULT, None)
    with store.read() as reader:
        assert reader.latest_trial("dana", TRIAL.path) == ended
        assert reader.latest_trial("olga", "other.ipynb") is None
        assert reader.tried("dana", "content", "limits") == ended
        assert not [reader.tried(*other) for other in UNLIKE if reader.tried(*other)]
        assert reader.trial_showed("t1") == b"showed"
    again = add(store, replace(TRIAL, id="t5", asked_at=NOW + 5 * MINUTE))
    with store.read() as reader:
        assert reader.latest_trial("dana", TRIAL.path) == again
        assert reader.tried("dana", "content", "limits") is None
        assert reader.trial("t1").result == replace(RESULT, document="")
        for unknown in ("t1", "t9"):
            with pytest.raises(NotFound):
                reader.trial_showed(unknown)


UNLIKE = (("olga", "content", "limits"), ("dana", "other", "limits"), ("dana", "content", "other"))


def test_who_asks_and_cancels_again_and_again_leaves_one_row(store: ReviewStore) -> None:
    for number in range(3):
        waiting = add(store, replace(TRIAL, id=f"t{number}", path=f"{number}.ipynb"))
        put(store, waiting, ended_trial(waiting, NOW, RESULT))
    with store.read() as reader:
        assert reader.latest_trial("dana", "2.ipynb") is not None
        assert reader.latest_trial("dana", "0.ipynb") is None


def test_what_is_old_is_forgotten_and_what_is_open_is_not(store: ReviewStore) -> None:
    waiting = add(store)
    first = put(store, waiting, begun(waiting, NOW, NOW + MINUTE))
    put(store, first, ended_trial(first, NOW, RESULT), b"showed")
    waiting = add(store, replace(TRIAL, id="t2", path="other.ipynb"))
    with store.write() as transaction:
        assert transaction.forget_trials(NOW) == 0
        transaction.forget_trial("t1")
        transaction.forget_trial("t2")
    with store.read() as reader:
        assert reader.trial("t1").result == replace(RESULT, document="")
        assert reader.trial("t2") == waiting
        with pytest.raises(NotFound):
            reader.trial_showed("t1")
    with store.write() as transaction:
        assert transaction.forget_trials(NOW + MINUTE) == 1
    with store.read() as reader:
        assert list(reader.open_trials()) == [waiting]
        with pytest.raises(NotFound):
            reader.trial("t1")


def test_runs_and_trials_of_one_person_are_counted_together(store: ReviewStore) -> None:
    sent(store)
    with store.write() as transaction:
        run = transaction.add_due_run(NewDueRun(1, 1, "dana", "dana", NOW))
        transaction.replace_due_run(run, models.taken(run, NOW, MINUTE))
    for new in (
        TRIAL,
        replace(TRIAL, id="t2", path="b.ipynb", asked_at=NOW + MINUTE),
        replace(TRIAL, id="t3", author="olga"),
    ):
        add(store, new)
    with store.read() as reader:
        assert not reader.due_run_candidates(NOW, (), "another")
        found = {each.run.author: each for each in reader.due_run_candidates(NOW, (), "process")}
        assert {name: (each.running, each.last_start) for name, each in found.items()} == {
            "dana": (1, NOW),
            "olga": (0, None),
        }
        assert not isinstance(found["dana"].run, DueRun)
        assert found["dana"].run.id == "t1"
        queue = {(each.trials, each.state): (each.count, each.since) for each in reader.run_queue()}
        assert queue == {(False, RunState.RUNNING): (1, NOW), (True, RunState.QUEUED): (3, NOW)}
