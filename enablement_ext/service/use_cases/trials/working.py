"""What becomes of trials while they wait and run, and of a verdict where the same content is sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from enablement_ext import __version__
from enablement_ext.core.errors import NotFound
from enablement_ext.core.review.due_runs.models import DueRunResult, RunOutcome, RunState
from enablement_ext.core.review.due_runs.trials import (
    KEPT,
    SERVICE_STOPPED,
    TRIED,
    Trial,
    ended_trial,
    is_verdict,
    kept_alive,
)
from enablement_ext.core.review.models import ImageRef
from enablement_ext.core.review.ports import NewVersion, ReviewTransaction
from enablement_ext.service.use_cases.review_context import ReviewContext, commit
from enablement_ext.service.use_cases.trials.ports import TrialContents

_SHOWED_BYTES = 8 * 1024 * 1024  # a larger one is not kept: its version is run again


@dataclass(frozen=True, slots=True)
class TriedVerdict:
    """A verdict that stands for a version, since the same content was tried: `result` names a notebook that is stored."""

    trial: Trial
    result: DueRunResult


def conditions(context: ReviewContext, image: ImageRef) -> str:
    """A name for what a verdict depends on here, beside the content id, which names the image: limits, what is kept of outputs, who compares."""
    outputs = context.checks.outputs(image).as_json()
    told = {"limits": asdict(context.run_limits), "outputs": outputs, "program": __version__}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def keep_alive(context: ReviewContext, taken: Trial, lease: timedelta, cells: tuple[int, int]) -> bool:
    """Say that it is still run. False where it has ended: it was cancelled."""
    with context.store.write() as transaction:
        present = _held(transaction, taken)
        if present is None:
            return False
        transaction.replace_trial(present, kept_alive(present, context.clock.now() + lease, cells))
    return True


def store_result(context: ReviewContext, taken: Trial, result: DueRunResult, showed: bytes | None = None) -> bool:
    """End it with what was found. False where it had ended."""

    def work(transaction: ReviewTransaction) -> bool:
        present = _held(transaction, taken)
        if present is None:
            return False
        kept = showed if showed is not None and len(showed) <= _SHOWED_BYTES else None
        transaction.replace_trial(present, ended_trial(present, context.clock.now(), result), kept)
        return True

    return commit(context, work)


def look_after(context: ReviewContext, held: TrialContents, lease: timedelta) -> None:
    """Renew the leases of this process's trials, drop what ended ones consist of, end those whose process is gone."""
    kept, now = held.ids(), context.clock.now()
    with context.store.read() as reader:
        if not kept and not reader.open_trials():
            return
    with context.store.write() as transaction:
        mine = {trial.id for trial in transaction.open_trials(holder=held.holder)}
        for trial in transaction.open_trials():
            if trial.holder == held.holder:
                transaction.replace_trial(trial, kept_alive(trial, now + lease))
            elif trial.lease_until is not None and trial.lease_until < now:
                transaction.replace_trial(trial, ended_trial(trial, now, _stopped()))
    for trial_id in kept:
        if trial_id not in mine:
            held.drop(trial_id)


def forget_old(context: ReviewContext) -> None:
    """Delete what is kept no longer."""
    with context.store.write() as transaction:
        transaction.forget_trials(context.clock.now() - KEPT)


def end_all(context: ReviewContext, held: TrialContents) -> None:
    """This process stops: its trials end, since nobody else has what they are made of."""

    def work(transaction: ReviewTransaction) -> None:
        for trial in transaction.open_trials(holder=held.holder):
            transaction.replace_trial(trial, ended_trial(trial, context.clock.now(), _stopped()))

    commit(context, work)
    for trial_id in held.ids():
        held.drop(trial_id)


def verdict_for(context: ReviewContext, version: NewVersion) -> TriedVerdict | None:
    """The verdict of its sender's trial of the same content, in the same image, under the same conditions, with what it showed stored durably; None
    where there is none that came to its end."""
    if not context.reruns:
        return None
    with context.store.read() as reader:
        trial = reader.tried(version.sent_by, version.content_id, conditions(context, version.image))
        if trial is None or trial.result is None or not is_verdict(trial):
            return None
        if trial.ended_at is None or context.clock.now() - trial.ended_at > KEPT:
            return None
        try:
            showed = reader.trial_showed(trial.id)
        except NotFound:
            return None
    (notebook,) = context.artifacts.put([showed])
    return TriedVerdict(trial, replace(trial.result, reason=TRIED, notebook=notebook))


def _held(transaction: ReviewTransaction, taken: Trial) -> Trial | None:
    try:
        present = transaction.trial(taken.id)
    except NotFound:
        return None
    return present if present.state is RunState.RUNNING else None


def _stopped() -> DueRunResult:
    return DueRunResult(RunOutcome.DIED, SERVICE_STOPPED)
