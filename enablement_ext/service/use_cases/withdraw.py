"""Withdrawing: the author takes it out of the queue. It is kept."""

from __future__ import annotations

from dataclasses import replace

from enablement_ext.core.review.lifecycle import Action, step
from enablement_ext.core.review.models import Event, Principal, Submission
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import ReviewTransaction
from enablement_ext.service.use_cases import due_runs
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    commit,
    record_change,
    refuse_secrets,
    require_current_stamp,
    visible_submission,
    with_current_state,
)


def withdraw(context: ReviewContext, principal: Principal, number: int, stamp: int, reason: str = "") -> Submission:
    """Withdraw one's own submission. Raises `NotFound`, `Forbidden`, `StaleStamp`, `IllegalAction`, `SecretFound`."""
    refuse_secrets(context, {"your reason": reason})

    def work(transaction: ReviewTransaction) -> Submission:
        before = visible_submission(transaction, principal, number)
        require_current_stamp(context, principal, before, stamp)
        with with_current_state(context, principal, before):
            following = step(before.state, Action.WITHDRAW, relation(principal, before))

        def edit(event: Event) -> Submission:
            return replace(before, state=following, claim=None, attention=attention_after(before, frozenset(), event))

        due_runs.cancel_open(context, transaction, number, (principal.name, due_runs.WITHDRAWN))
        return record_change(
            transaction, before, EventDraft(principal.name, "withdrawn", data={"reason": reason}), edit, context
        )

    return commit(context, work)
