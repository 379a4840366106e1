"""Sending a new version of one's own submission: what changed, which approvals fall and why, whose turn it is then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from enablement_ext.core.errors import BadAnswers
from enablement_ext.core.review.attention import reviewers, user
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
from enablement_ext.core.review.ports import KeptReceipt, NewEvent, NewVersion, ReviewTransaction
from enablement_ext.core.review.requirements import falling, open_gates, requirements
from enablement_ext.core.review.version_changes import VersionContent, changes
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    record_change,
    require_current_stamp,
    visible_submission,
)
from enablement_ext.service.use_cases.submit import (
    SubmitCommand,
    SubmitResult,
    already_sent,
    commit_once,
    facts_of,
    new_version,
    put_large,
    receipt_of,
    replay,
)
from enablement_ext.service.use_cases.threads import Notebooks


@dataclass(frozen=True, slots=True)
class _After:
    """What becomes of the submission with the new version."""

    state: State
    claim: Claim | None
    fallen: dict[int, str]
    decisions: Sequence[Decision]


def require_sendable(context: ReviewContext, principal: Principal, number: int, stamp: int | None) -> None:
    """Return where the principal may send a version now; asked before anything costly is done.

    Raises `NotFound`, `Forbidden`, `StaleStamp`, `IllegalAction`, `BadAnswers` without a stamp.
    """
    with context.store.read() as reader:
        _sendable(context, principal, visible_submission(reader, principal, number), stamp)


def send_version(context: ReviewContext, notebooks: Notebooks, parcel: SubmitCommand, number: int) -> SubmitResult:
    """Store the next version. Raises as `require_sendable`, and `AlreadySent` where nothing changed, `KeyReused`."""
    principal, stamp = parcel.principal, parcel.examined.sending.stamp
    identity = parcel.content_id()
    with context.store.read() as reader:
        before = visible_submission(reader, principal, number)
        latest = reader.version(number, before.latest)
    if latest.content_id == identity:
        raise already_sent(latest)
    made = replace(new_version(context, parcel, identity), changes=_changes(notebooks, latest, parcel))
    small = put_large(context, parcel.examined)

    def work(transaction: ReviewTransaction) -> SubmitResult:
        again = replay(transaction, principal.name, parcel.key, parcel.identity)
        if again is not None:
            return again
        current = visible_submission(transaction, principal, number)
        _sendable(context, principal, current, stamp)
        transaction.keep_small_files(small)
        version = _store(context, transaction, current, made)
        receipt = receipt_of(version)
        transaction.keep_receipt(principal.name, parcel.key, KeptReceipt(receipt, parcel.identity))
        return SubmitResult(receipt)

    return commit_once(context, parcel, work)


def _sendable(context: ReviewContext, principal: Principal, submission: Submission, stamp: int | None) -> None:
    if stamp is None:
        raise BadAnswers("“stamp” is missing.", facts={"field": "stamp"})
    step(submission.state, Action.SEND_VERSION, relation(principal, submission))
    require_current_stamp(context, principal, submission, stamp)


def _changes(notebooks: Notebooks, latest: Version, parcel: SubmitCommand) -> tuple[ChangeKind, ...]:
    examined = parcel.examined
    same = latest.notebook.sha256 == examined.notebook.sha256
    old = VersionContent(b"" if same else notebooks(latest.notebook.sha256), latest.files, latest.image)
    return changes(old, VersionContent(b"" if same else examined.canonical, examined.files, parcel.image))


def _store(context: ReviewContext, transaction: ReviewTransaction, before: Submission, made: NewVersion) -> Version:
    after = _after(context, transaction, before, made)
    version = transaction.add_version(before.number, made)
    _fell(transaction, after, made)

    def edit(event: Event) -> Submission:
        return replace(
            before,
            title=made.answers.title,
            state=after.state,
            stage=made.answers.stage,
            handed_over=made.answers.handed_over,
            notebook_path=made.notebook.path,
            image=made.image,
            latest=version.number,
            content_id=made.content_id,
            claim=after.claim,
            attention=attention_after(before, _turns(context, after, made), event),
        )

    facts = {**facts_of(made), "changes": [kind.value for kind in made.changes]}
    record_change(transaction, before, EventDraft(made.sent_by, "version_sent", version.number, facts), edit, context)
    return version


def _after(context: ReviewContext, transaction: ReviewTransaction, before: Submission, made: NewVersion) -> _After:
    """A claim whose lease runs stays. Where every approval survives, the submission stays approved."""
    decisions = transaction.decisions(before.number)
    fallen = falling(context.policy, decisions, made.changes, before.latest + 1)
    standing = [decision for decision in decisions if decision.id not in fallen]
    gates = open_gates(context.policy, requirements(context.policy, standing, before.open_threads))
    if not gates:
        return _After(State.APPROVED, None, fallen, decisions)
    held = before.claim
    if held is not None and held.expires_at > made.sent_at:
        return _After(State.IN_REVIEW, held, fallen, decisions)
    return _After(State.SUBMITTED, None, fallen, decisions)


def _fell(transaction: ReviewTransaction, after: _After, made: NewVersion) -> None:
    """Say of each decision why it no longer counts; an approval that falls is an event of its own."""
    reasons: defaultdict[str, list[int]] = defaultdict(list)
    for decision in after.decisions:
        because = after.fallen.get(decision.id)
        if because is None:
            continue
        reasons[because].append(decision.id)
        if decision.verdict is Verdict.APPROVE:
            facts = {"track": decision.track, "by": decision.by, "because": because, "content_id": decision.content_id}
            transaction.append_event(
                NewEvent(
                    made.sent_at,
                    made.sent_by,
                    "approval_fell",
                    decision.submission,
                    decision.version,
                    tuple(facts.items()),
                )
            )
    for because, numbers in reasons.items():
        transaction.fell_decisions(numbers, because)


def _turns(context: ReviewContext, after: _After, made: NewVersion) -> frozenset[str]:
    if after.state is State.APPROVED:
        return frozenset()
    named = {user(name) for name in made.answers.reviewers if name != made.sent_by} if after.claim is None else set()
    return reviewers(context.policy, after.claim) | named
