"""The next version of a submission: what changed, which approvals fall and why, whose turn it is then."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from enablement_ext.core.errors import ArtifactDamaged, BadAnswers
from enablement_ext.core.review.attention import reviewers
from enablement_ext.core.review.lifecycle import Action, step
from enablement_ext.core.review.models import (
    ChangeKind,
    Claim,
    Decision,
    Event,
    Principal,
    State,
    Submission,
    Verdict,
    Version,
)
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import NewEvent, NewVersion, ReviewReader, ReviewTransaction
from enablement_ext.core.review.requirements import falling, open_gates, requirements
from enablement_ext.core.review.version_changes import VersionContent
from enablement_ext.service.use_cases.discussion.suggestions import note_applied
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    record_change,
    require_current_stamp,
    visible_submission,
)
from enablement_ext.service.use_cases.submit_new import already_sent, named_reviewers, version_facts

log = logging.getLogger("enablement.review")


@dataclass(frozen=True, slots=True)
class VersionTarget:
    """Whose next version of which submission; `stamp` is the revision stamp the sender saw."""

    principal: Principal
    number: int
    stamp: int | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What becomes of the submission with the new version."""

    state: State
    claim: Claim | None
    fallen: dict[int, str]
    decisions: Sequence[Decision]


def sendable_submission(context: ReviewContext, reader: ReviewReader, target: VersionTarget) -> Submission:
    """The submission, where the sender may add a version to it now.

    Raises `NotFound`, `Forbidden`, `StaleStamp`, `IllegalAction`, `BadAnswers` without a stamp.
    """
    submission = visible_submission(reader, target.principal, target.number)
    if target.stamp is None:
        raise BadAnswers("“stamp” is missing.", facts={"field": "stamp"})
    step(submission.state, Action.SEND_VERSION, relation(target.principal, submission))
    require_current_stamp(context, target.principal, submission, target.stamp)
    return submission


def changes_since_latest(
    context: ReviewContext, target: VersionTarget, version: NewVersion, canonical: bytes | memoryview
) -> tuple[ChangeKind, ...]:
    """What kinds of change it brings; `canonical` is its notebook. Raises `AlreadySent` where there is none, `NotFound`.

    What is lost of the version before keeps nobody from sending the next one.
    """
    with context.store.read() as reader:
        submission = visible_submission(reader, target.principal, target.number)
        latest = reader.version(target.number, submission.latest)
    if latest.content_id == version.content_id:
        raise already_sent(latest)
    same = latest.notebook.sha256 == version.notebook.sha256
    old = VersionContent(b"" if same else _stored(context, latest), latest.files, latest.image)
    return context.compare(old, VersionContent(b"" if same else canonical, version.files, version.image))


def _stored(context: ReviewContext, version: Version) -> bytes | None:
    """A version's notebook, None where it is lost."""
    try:
        return context.notebooks(version.notebook.sha256)
    except ArtifactDamaged:
        log.warning("the notebook of version %d of submission %d is lost", version.number, version.submission)
        return None


def add_version(
    context: ReviewContext,
    transaction: ReviewTransaction,
    before: Submission,
    version: NewVersion,
    held: Sequence[int] = (),
) -> Version:
    """Append the events, store the version and what becomes of the submission, its approvals and the suggestions that it holds (by their threads)."""
    stored = transaction.add_version(before.number, version)
    before, applied = note_applied(transaction, held, before, stored)
    outcome = _outcome(context, transaction, before, version)
    _void_decisions(transaction, outcome, version)

    turns = _turns(context, outcome, named_reviewers(transaction, version))

    def edit(event: Event) -> Submission:
        return replace(
            before,
            title=version.answers.title,
            state=outcome.state,
            stage=version.answers.stage,
            handed_over=version.answers.handed_over,
            notebook_path=version.notebook.path,
            image=version.image,
            latest=stored.number,
            content_id=version.content_id,
            claim=outcome.claim,
            attention=attention_after(before, turns, event),
        )

    facts = {**version_facts(version), "changes": [kind.value for kind in version.changes]}
    if applied:
        facts["applied"] = list(applied)
    draft = EventDraft(version.sent_by, "version_sent", stored.number, facts)
    record_change(transaction, before, draft, edit, context)
    return stored


def _outcome(
    context: ReviewContext, transaction: ReviewTransaction, before: Submission, version: NewVersion
) -> _Outcome:
    """A claim whose lease runs stays. Where every approval survives, the submission stays approved."""
    decisions = transaction.decisions(before.number)
    fallen = falling(context.policy, decisions, version.changes, before.latest + 1)
    standing = [decision for decision in decisions if decision.id not in fallen]
    gates = open_gates(context.policy, requirements(context.policy, standing, before.open_threads))
    if not gates:
        return _Outcome(State.APPROVED, None, fallen, decisions)
    held = before.claim
    if held is not None and held.expires_at > version.sent_at:
        return _Outcome(State.IN_REVIEW, held, fallen, decisions)
    return _Outcome(State.SUBMITTED, None, fallen, decisions)


def _void_decisions(transaction: ReviewTransaction, outcome: _Outcome, version: NewVersion) -> None:
    """Say of each decision why it no longer counts; an approval that falls is an event of its own."""
    reasons: defaultdict[str, list[int]] = defaultdict(list)
    for decision in outcome.decisions:
        because = outcome.fallen.get(decision.id)
        if because is None:
            continue
        reasons[because].append(decision.id)
        if decision.verdict is Verdict.APPROVE:
            facts = {"track": decision.track, "by": decision.by, "because": because, "content_id": decision.content_id}
            transaction.append_event(
                NewEvent(
                    version.sent_at,
                    version.sent_by,
                    "approval_fell",
                    decision.submission,
                    decision.version,
                    tuple(facts.items()),
                )
            )
    for because, numbers in reasons.items():
        transaction.fell_decisions(numbers, because)


def _turns(context: ReviewContext, outcome: _Outcome, named: frozenset[str]) -> frozenset[str]:
    if outcome.state is State.APPROVED:
        return frozenset()
    return reviewers(context.policy, outcome.claim) | (named if outcome.claim is None else frozenset())
