"""Withdrawing: the author takes it out of the queue. It is kept."""

from __future__ import annotations

from dataclasses import replace

from enablement_ext.core.review.lifecycle import Action, step
from enablement_ext.core.review.models import Event, Principal, Submission
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import ReviewTransaction
from enablement_ext.service.use_cases.review_context import Desk, Happening, change, commit, expect, seen, telling


def withdraw(desk: Desk, principal: Principal, number: int, stamp: int, reason: str = "") -> Submission:
    """Withdraw one's own submission. Raises `NotFound`, `Forbidden`, `StaleStamp`, `IllegalAction`."""

    def work(transaction: ReviewTransaction) -> Submission:
        before = seen(transaction, principal, number)
        expect(desk, principal, before, stamp)
        with telling(desk, principal, before):
            following = step(before.state, Action.WITHDRAW, relation(principal, before))

        def edit(_: Event) -> Submission:
            return replace(before, state=following, claim=None, attention=())

        return change(transaction, before, Happening(principal.name, "withdrawn", data={"reason": reason}), edit, desk)

    return commit(desk, work)
