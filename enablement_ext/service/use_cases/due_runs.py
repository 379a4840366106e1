"""Runs that are due: asked for, taken, kept alive, ended. Each change of a state is one transaction with its event."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from enablement_ext.core.errors import Conflict, NotFound, RerunsOff
from enablement_ext.core.review.due_runs import models
from enablement_ext.core.review.due_runs.choosing import next_run
from enablement_ext.core.review.due_runs.models import (
    WORKER_DIED,
    DueRun,
    DueRunResult,
    NewDueRun,
    RunKind,
    RunOutcome,
)
from enablement_ext.core.review.due_runs.trials import Trial, begun, ended_trial
from enablement_ext.core.review.models import Principal, Version
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import NewEvent, ReviewTransaction
from enablement_ext.service.use_cases.claims import SERVICE
from enablement_ext.service.use_cases.review_context import ReviewContext, commit, visible_submission
from enablement_ext.service.use_cases.trials.working import TriedVerdict

SUPERSEDED, WITHDRAWN, ASKED, SENT = "superseded", "withdrawn", "asked", "sent"  # why one was cancelled
_MOST_LAPSED = 100


def arrived(
    context: ReviewContext, transaction: ReviewTransaction, version: Version, tried: TriedVerdict | None
) -> None:
    """A version was stored: those of earlier ones end, and a run of it is due where runs are made here. Where the same was `tried` before it was
    sent, that was its run, and the verdict is there at once."""
    cancel_open(context, transaction, version.submission, (version.sent_by, SUPERSEDED))
    if not context.reruns:
        return
    for trial in transaction.open_trials(author=version.sent_by):
        if trial.content_id == version.content_id:  # the run of the version is the same, and others see it
            cancelled = DueRunResult(RunOutcome.CANCELLED, SENT)
            transaction.replace_trial(trial, ended_trial(trial, context.clock.now(), cancelled))
    added = transaction.add_due_run(
        NewDueRun(version.submission, version.number, version.sent_by, version.sent_by, version.sent_at)
    )
    if tried is not None:
        _take_over(context, transaction, added, tried)


def cancel_open(context: ReviewContext, transaction: ReviewTransaction, submission: int, why: tuple[str, str]) -> None:
    """End every open run of a submission; `why` is by whom, and the reason."""
    by, reason = why
    for run in transaction.open_due_runs(submission):
        _end(context, transaction, run, DueRunResult(RunOutcome.CANCELLED, reason), by)


def latest(context: ReviewContext, principal: Principal, number: int, which: int) -> DueRun | None:
    """The newest run of a version, None where there was none. Raises `NotFound`."""
    with context.store.read() as reader:
        visible_submission(reader, principal, number)
        reader.version(number, which)
        return reader.latest_due_run(number, which, RunKind.RERUN)


def ask(context: ReviewContext, principal: Principal, number: int, which: int) -> DueRun:
    """Queue another run of a version. Raises `NotFound`, `Forbidden` for who only looks, `Conflict` where one is open, `RerunsOff`."""

    def work(transaction: ReviewTransaction) -> DueRun:
        submission = visible_submission(transaction, principal, number)
        relation(principal, submission)
        if not context.reruns:
            raise RerunsOff
        transaction.version(number, which)
        now = context.clock.now()
        added = transaction.add_due_run(NewDueRun(number, which, submission.author, principal.name, now))
        _append_event(context, transaction, added, "rerun_asked", principal.name)
        return added

    return commit(context, work)


def cancel(context: ReviewContext, principal: Principal, number: int, which: int) -> DueRun:
    """End the open run of a version; one that is being run is stopped within seconds. Raises `NotFound`, `Forbidden`, `Conflict` where none is open."""

    def work(transaction: ReviewTransaction) -> DueRun:
        relation(principal, visible_submission(transaction, principal, number))
        transaction.version(number, which)
        run = transaction.latest_due_run(number, which, RunKind.RERUN)
        if run is None or not run.is_open:
            raise Conflict("It is not being run again.")
        return _end(context, transaction, run, DueRunResult(RunOutcome.CANCELLED, ASKED), principal.name)

    return commit(context, work)


def take_next(
    context: ReviewContext, opened: Collection[tuple[int, int]], lease: timedelta, holder: str = ""
) -> DueRun | Trial | None:
    """The next due run, or trial that `holder` has, which is the caller's until the lease ends. Those that nobody works on any more are put back
    or ended first."""
    now = context.clock.now()
    with context.store.read() as reader:
        if not reader.lapsed_due_runs(now, 1) and not reader.due_run_candidates(now, opened, holder):
            return None

    def work(transaction: ReviewTransaction) -> DueRun | Trial | None:
        for lapsed in transaction.lapsed_due_runs(now, _MOST_LAPSED):
            _fail(context, transaction, lapsed, WORKER_DIED)
        chosen = next_run(transaction.due_run_candidates(now, opened, holder), opened)
        if chosen is None:
            return None
        if isinstance(chosen, Trial):
            trying = begun(chosen, now, now + lease)
            transaction.replace_trial(chosen, trying)
            return trying
        taken = models.taken(chosen, now, lease)
        transaction.replace_due_run(chosen, taken)
        _append_event(context, transaction, taken, "rerun_started", SERVICE)
        return taken

    return commit(context, work)


def keep_alive(context: ReviewContext, taken: DueRun, lease: timedelta, cells: tuple[int, int]) -> bool:
    """Say that it is still worked on. False where it no longer is the caller's: cancelled, or lost to another."""
    with context.store.write() as transaction:
        present = transaction.due_run(taken.number)
        if not present.is_held_by(taken):
            return False
        transaction.replace_due_run(present, models.renewed(present, context.clock.now() + lease, cells))
    return True


def store_result(context: ReviewContext, taken: DueRun, result: DueRunResult) -> bool:
    """End it with what was found. False where it no longer is the caller's; then nothing is stored of it."""

    def work(transaction: ReviewTransaction) -> bool:
        present = transaction.due_run(taken.number)
        if not present.is_held_by(taken):
            return False
        _end(context, transaction, present, result, SERVICE)
        return True

    return commit(context, work)


def give_up(context: ReviewContext, taken: DueRun, reason: str = "") -> DueRunResult | None:
    """Put it back: due at once where there is no `reason`, else after a while, and ended where that happened too often: then its end is returned."""

    def work(transaction: ReviewTransaction) -> DueRunResult | None:
        present = transaction.due_run(taken.number)
        if not present.is_held_by(taken):
            return None
        if reason:
            return _fail(context, transaction, present, reason).result
        transaction.replace_due_run(present, models.put_back(present, context.clock.now()))
        return None

    return commit(context, work)


def version_of(context: ReviewContext, run: DueRun) -> Version:
    """The version that it is a run of. Raises `NotFound`."""
    with context.store.read() as reader:
        return reader.version(run.submission, run.version)


def notebook_of(run: DueRun | None) -> str:
    """SHA-256 of the notebook with what the run showed. Raises `NotFound` where there is none."""
    if run is None or run.result is None or not run.result.notebook:
        raise NotFound
    return run.result.notebook


def _take_over(context: ReviewContext, transaction: ReviewTransaction, added: DueRun, tried: TriedVerdict) -> None:
    """The verdict of a trial becomes that of a version, with the time at which it was made; the trial is forgotten."""
    trial = tried.trial
    begun_then = replace(
        added, started_at=trial.started_at, cells_done=trial.cells_total, cells_total=trial.cells_total
    )
    after = models.ended(begun_then, trial.ended_at or added.asked_at, tried.result)
    transaction.replace_due_run(added, after)
    _append_event(context, transaction, after, "rerun_ended", SERVICE)
    transaction.forget_trial(trial.id)


def _fail(context: ReviewContext, transaction: ReviewTransaction, run: DueRun, reason: str) -> DueRun:
    after = models.failed(run, context.clock.now(), reason)
    transaction.replace_due_run(run, after)
    if not after.is_open:
        _append_event(context, transaction, after, "rerun_ended", SERVICE)
    return after


def _end(context: ReviewContext, transaction: ReviewTransaction, run: DueRun, result: DueRunResult, by: str) -> DueRun:
    after = models.ended(run, context.clock.now(), result)
    transaction.replace_due_run(run, after)
    _append_event(context, transaction, after, "rerun_ended", by)
    return after


def _append_event(context: ReviewContext, transaction: ReviewTransaction, run: DueRun, kind: str, actor: str) -> None:
    data: dict[str, object] = {"run": run.number, "attempt": run.attempt}
    if run.result is not None:
        data |= {"outcome": run.result.outcome.value, "reason": run.result.reason, "line": run.result.line}
    transaction.append_event(
        NewEvent(context.clock.now(), actor, kind, run.submission, run.version, tuple(data.items()))
    )
