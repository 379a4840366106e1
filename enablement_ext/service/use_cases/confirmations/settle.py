"""Settling a decision that is on hold: an administrator, who is not its maker and not the author, lifts the hold or lets the decision fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from enablement_ext.core.access.clients import Client
from enablement_ext.core.access.confirmations import (
    ConfirmedKind,
    NewConfirmation,
    Outcome,
    Settlement,
    Subject,
)
from enablement_ext.core.access.decision_origin import Risk, risk_facts
from enablement_ext.core.access.groups import PLATFORM
from enablement_ext.core.errors import BadRequest, Forbidden, NotFound, OwnSubmission
from enablement_ext.core.review.attention import administrators, reviewers, user
from enablement_ext.core.review.lifecycle import HOLDS, HoldStep, require_settleable
from enablement_ext.core.review.models import Decision, Event, Requirement, State, Submission, Verdict
from enablement_ext.core.review.ports import ReviewTransaction
from enablement_ext.core.review.requirements import open_gates
from enablement_ext.core.review.version_changes import Fall, FallReason
from enablement_ext.core.text.cleaning import is_visible
from enablement_ext.service.use_cases.confirmations.views import ConfirmationView, viewed
from enablement_ext.service.use_cases.evidence.gates import gates_of
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    commit,
    record_change,
    refuse_secrets,
)

_KINDS = {Outcome.STANDS: "hold_lifted", Outcome.FALLS: "decision_fell"}
_STEPS = {Outcome.STANDS: HoldStep.LIFT, Outcome.FALLS: HoldStep.FALL}
_REVIEWABLE = (State.SUBMITTED, State.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class SettleCommand:
    """What an administrator found out. `groups` are theirs as the hub says now; `risks` were accepted for this hub."""

    by: str
    groups: frozenset[str]
    number: int
    outcome: Outcome
    reason: str
    client: Client
    risks: tuple[Risk, ...] = ()


def settle(context: ReviewContext, command: SettleCommand) -> ConfirmationView:
    """Note how it ended and what follows.

    Raises `Forbidden` for who does not administer and for the decision's maker, `OwnSubmission` for the author, `NotFound`, `Conflict` where
    it is not on hold, `BadRequest` without a reason, `SecretFound`.
    """
    if PLATFORM not in command.groups:
        raise Forbidden("Only platform engineers settle what is on hold.", facts={"group": PLATFORM})
    if not is_visible(command.reason):
        raise BadRequest("Write down how you know: it stays in the history.", facts={"field": "reason"})
    refuse_secrets(context, {"your reason": command.reason})

    def work(transaction: ReviewTransaction) -> ConfirmationView:
        view = viewed(transaction, transaction.confirmation(command.number))
        before, decision = view.submission, view.decision
        if before is None or decision is None:
            raise NotFound
        require_settleable(view.confirmation, command.by)
        _require_not_theirs(transaction, command.by, before, decision)
        transaction.settle_confirmation(command.number, Settlement(command.by, context.clock.now(), command.outcome))
        if command.outcome is Outcome.FALLS:
            transaction.fell_decisions([decision.id], Fall(FallReason.DISPUTED).code())
        after = _store(context, transaction, (before, decision), command)
        told = Subject(submission=before.number, decision=decision.id)
        transaction.add_confirmation(
            NewConfirmation(
                ConfirmedKind.SETTLEMENT, command.by, after.updated_at, command.client, after.updated_seq, told
            )
        )
        return viewed(transaction, transaction.confirmation(command.number))

    return commit(context, work)


def _require_not_theirs(transaction: ReviewTransaction, by: str, before: Submission, decision: Decision) -> None:
    """Neither the person in whose name it was made nor who wrote what it is about. Raises `Forbidden`, `OwnSubmission`."""
    if decision.by == by:
        raise Forbidden("Somebody else has to settle this: the decision was made in your name.")
    if by in (before.author, transaction.version(before.number, decision.version).sent_by):
        raise OwnSubmission


def _store(
    context: ReviewContext,
    transaction: ReviewTransaction,
    what: tuple[Submission, Decision],
    command: SettleCommand,
) -> Submission:
    before, decision = what
    decisions = transaction.decisions(before.number)
    now = next(each for each in decisions if each.id == decision.id)
    gates = gates_of(context, transaction, before, decisions).requirements
    following = _following(context, before, now, gates)
    held = any(each.held for each in transaction.confirmations_about(before.number))

    def edit(event: Event) -> Submission:
        turns = _turns(context, before, following) | (administrators() if held else frozenset())
        ended = following is not before.state
        return replace(
            before,
            state=following,
            claim=None if ended else before.claim,
            attention=attention_after(before, turns, event, settled=True),
        )

    facts: dict[str, object] = {"confirmation": command.number, "decision": decision.id, "reason": command.reason}
    draft = EventDraft(command.by, _KINDS[command.outcome], decision.version, facts | risk_facts(command.risks))
    return record_change(transaction, before, draft, edit, context)


def _following(context: ReviewContext, before: Submission, decision: Decision, gates: Sequence[Requirement]) -> State:
    """What a decision that counts again leads to, as it did when it was made: an approval needs all requirements."""
    if decision.held_since is not None:
        return before.state  # another dispute keeps it on hold
    if decision.fallen_because is not None:
        return HOLDS[before.state, decision.verdict, _STEPS[Outcome.FALLS]]
    if decision.verdict is Verdict.APPROVE and open_gates(context.policy, gates):
        return before.state
    return HOLDS[before.state, decision.verdict, _STEPS[Outcome.STANDS]]


def _turns(context: ReviewContext, before: Submission, following: State) -> frozenset[str]:
    if following is not before.state:
        return frozenset({user(before.author)}) if following is State.CHANGES_REQUESTED else frozenset()
    waiting = frozenset(entry.who for entry in before.attention) - administrators()
    return waiting or (reviewers(context.policy, before.claim) if before.state in _REVIEWABLE else frozenset())
