"""People whom an author asked by name for a review. Beside them it is always the tracks' turn, so taking a request back loses nobody's work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from enablement_ext.core.review.attention import reviewers, user
from enablement_ext.core.review.models import Event, State, Submission
from enablement_ext.core.review.ports import ReviewTransaction
from enablement_ext.service.use_cases.claims import SERVICE
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    commit,
    record_change,
)

_MOST = 1000


def asked(context: ReviewContext) -> Mapping[str, Sequence[int]]:
    """The submissions that wait for somebody who was asked by name and has not claimed them, by person."""
    found: dict[str, list[int]] = defaultdict(list)
    with context.store.read() as reader:
        for person, number in reader.asked_people(_MOST):
            found[person].append(number)
    return found


def take_back(context: ReviewContext, person: str, numbers: Sequence[int]) -> int:
    """Give the turns of one who reviews no track back to the tracks; how many."""
    return sum(_taken_back(context, number, person) for number in numbers)


def _taken_back(context: ReviewContext, number: int, person: str) -> bool:
    who = user(person)

    def work(transaction: ReviewTransaction) -> bool:
        before = transaction.submission(number)
        waiting = frozenset(entry.who for entry in before.attention)
        if before.state is not State.SUBMITTED or before.claim is not None or who not in waiting:
            return False
        turns = (waiting - {who}) | reviewers(context.policy, None)

        def edit(event: Event) -> Submission:
            return replace(before, attention=attention_after(before, turns, event))

        record_change(transaction, before, EventDraft(SERVICE, "request_withdrawn", data={"to": person}), edit, context)
        return True

    return commit(context, work)
