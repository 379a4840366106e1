"""A person asks for a trial, looks at it, cancels it. What is tried comes through the same door as what is sent, and is not stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from enablement_ext.core.errors import Conflict, EnablementError, NotFound, RerunsOff, RunsFull
from enablement_ext.core.review.content_id import content_id
from enablement_ext.core.review.due_runs.models import DueRunResult, RunOutcome
from enablement_ext.core.review.due_runs.trials import KEPT, MOST_OPEN, Trial, ended_trial
from enablement_ext.core.review.models import ImageRef, Principal
from enablement_ext.core.review.ports import ReviewReader, ReviewTransaction
from enablement_ext.core.secrets.not_secrets import content_mark
from enablement_ext.service.use_cases.arrival.examination import examine_here
from enablement_ext.service.use_cases.due_runs import ASKED
from enablement_ext.service.use_cases.ingest import ReceivedBundle, ValidatedBundle, ingest
from enablement_ext.service.use_cases.review_context import ReviewContext, commit
from enablement_ext.service.use_cases.submit import SubmitCommand, check
from enablement_ext.service.use_cases.trials.ports import TrialContents
from enablement_ext.service.use_cases.trials.working import conditions

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class AskedTrial:
    """The trial; `added` is false where one of the same notebook was open already: that one is it."""

    trial: Trial
    added: bool


def ask(context: ReviewContext, command: SubmitCommand, held: TrialContents) -> AskedTrial:
    """Queue a trial of what `command` would send. Whatever is raised, nothing is kept of it.

    Raises `RerunsOff`, `RunsFull`, and what `submit` raises of what is sent: `BadBundle`, `BadAnswers`, `HashMismatch`, `BadNotebook`,
    `TooLarge`, `SecretFound`, `CheckBlocks`, `UnknownImage`, `HubUnavailable`.
    """
    if not context.reruns:
        raise RerunsOff
    received = ingest(command.bundle, context.bundle_limits, None)
    with context.store.read() as reader:
        present = _present(reader, command.principal, received.document.path)
    if present is not None:
        return AskedTrial(present, added=False)
    if isinstance(command.image, EnablementError):
        raise command.image
    examine = command.examine or partial(examine_here, context)
    around = context.checks.around(received, command.image)
    with examine(received, context.checks.outputs(command.image), around) as examined:
        check(context, command, examined)
        return _queued(context, received, (command.principal, command.image, examined.validated), held)


def latest(context: ReviewContext, principal: Principal, path: str) -> Trial | None:
    """The newest of one's own notebook, for as long as trials are kept."""
    with context.store.read() as reader:
        found = reader.latest_trial(principal.name, path)
    if found is None or (found.ended_at is not None and context.clock.now() - found.ended_at > KEPT):
        return None
    return found


def cancel(context: ReviewContext, principal: Principal, trial: str) -> Trial:
    """End one's own open trial; one that is being run is stopped within seconds. Raises `NotFound`, `Conflict` where it has ended."""

    def work(transaction: ReviewTransaction) -> Trial:
        present = transaction.trial(trial)
        if present.author != principal.name:
            raise NotFound
        if not present.is_open:
            raise Conflict("It has ended already.")
        after = ended_trial(present, context.clock.now(), DueRunResult(RunOutcome.CANCELLED, ASKED))
        transaction.replace_trial(present, after)
        return after

    return commit(context, work)


def _present(reader: ReviewReader, principal: Principal, path: str) -> Trial | None:
    """The open trial of this notebook. Raises `RunsFull` where the person has too many of others."""
    own = reader.open_trials(author=principal.name)
    same = next((each for each in own if each.path == path), None)
    if same is None and len(own) >= MOST_OPEN:
        raise RunsFull(f"{len(own)} of your notebooks are being tried. Wait until one has ended, or cancel it.")
    return same


def _queued(
    context: ReviewContext,
    received: ReceivedBundle,
    tried: tuple[Principal, ImageRef, ValidatedBundle],
    held: TrialContents,
) -> AskedTrial:
    principal, image, validated = tried
    now = context.clock.now()
    new = Trial(
        id=secrets.token_hex(8),
        author=principal.name,
        path=received.document.path,
        content=content_mark(received.document.sha256, [(entry.path, entry.sha256) for entry in received.files]),
        content_id=content_id(validated.notebook, validated.files, image),
        image=f"{image.slug} {image.release}",
        conditions=conditions(context, image),
        holder=held.holder,
        asked_at=now,
        lease_until=now + LEASE,
    )
    held.keep(new.id, validated, image)

    def work(transaction: ReviewTransaction) -> AskedTrial:
        present = _present(transaction, principal, new.path)
        if present is not None:
            return AskedTrial(present, added=False)
        transaction.add_trial(new)
        return AskedTrial(new, added=True)

    try:
        asked = commit(context, work)
    except BaseException:
        held.drop(new.id)
        raise
    if not asked.added:
        held.drop(new.id)
    return asked
