"""Claims: advisory leases on a submission. Correctness comes from the revision stamp (optimistic locking), never from the claim.

And people whom an author asked by name for a review: beside them it is always the tracks' turn, so taking a request back loses nobody's work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from enablement_ext.core.errors import AlreadyClaimed, IllegalAction
from enablement_ext.core.review.attention import reviewers, user
from enablement_ext.core.review.lifecycle import Action, Who, step
from enablement_ext.core.review.models import Claim, Event, Principal, State, Submission
from enablement_ext.core.review.permissions import relation
from enablement_ext.core.review.ports import ReviewReader, ReviewTransaction
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    commit,
    record_change,
    require_current_stamp,
    visible_submission,
    with_current_state,
)

_EVER = datetime.max.replace(tzinfo=UTC)
_MOST_CLAIMS = 1000
_MOST_REQUESTS = 1000
SERVICE = "service:enablement"  # the actor of events without a person


def claim(context: ReviewContext, principal: Principal, number: int, stamp: int) -> Submission:
    """Claim it, or renew the lease. Raises `AlreadyClaimed` while another reviewer's lease runs, `StaleStamp`, `IllegalAction`."""

    def work(transaction: ReviewTransaction) -> Submission:
        before = visible_submission(transaction, principal, number)
        require_current_stamp(context, principal, before, stamp)
        now = context.clock.now()
        held = before.claim
        with with_current_state(context, principal, before):
            following = step(before.state, Action.CLAIM, relation(principal, before))
            if held is not None and held.by != principal.name and held.expires_at > now:
                raise AlreadyClaimed(f"{held.by} is on it.", facts={"by": held.by})
        reviewed = context.policy.reviewed_by(principal)
        since = held.since if held is not None and held.by == principal.name else now
        lease = Claim(principal.name, since, now + context.policy.lease)

        def edit(event: Event) -> Submission:
            turns = frozenset({user(principal.name)} | _author_in(before))
            return replace(before, state=following, claim=lease, attention=attention_after(before, turns, event))

        return record_change(
            transaction, before, EventDraft(principal.name, "claimed", data={"tracks": sorted(reviewed)}), edit, context
        )

    return commit(context, work)


def release(context: ReviewContext, principal: Principal, number: int, stamp: int) -> Submission:
    """Give the claim back. Raises `AlreadyClaimed` for somebody else's, `IllegalAction` where there is none, `StaleStamp`."""

    def work(transaction: ReviewTransaction) -> Submission:
        before = visible_submission(transaction, principal, number)
        require_current_stamp(context, principal, before, stamp)
        held = before.claim
        with with_current_state(context, principal, before):
            step(before.state, Action.RELEASE, relation(principal, before))
            if held is None:
                raise IllegalAction("Nobody is on it.")
            if held.by != principal.name:
                raise AlreadyClaimed(f"{held.by} is on it; only they can give it back.", facts={"by": held.by})
        return _unclaimed(context, transaction, before, EventDraft(principal.name, "released"))

    return commit(context, work)


def lapse(context: ReviewContext, limit: int = 100) -> int:
    """End the claims whose lease ran out, and return how many. Safe to run in several processes at once."""
    with context.store.read() as reader:
        lapsed = reader.lapsed_claims(context.clock.now(), limit)
    return sum(_lapse(context, submission.number) for submission in lapsed)


def holders(context: ReviewContext) -> tuple[str, ...]:
    """Who holds claims as a reviewer of a track."""
    with context.store.read() as reader:
        return tuple(sorted({claim.by for _, claim in _held(reader)}))


def give_back(context: ReviewContext, holder: str) -> int:
    """Give the claims of one who reviews no track any more back to the tracks; how many."""
    with context.store.read() as reader:
        numbers = [submission.number for submission, claim in _held(reader) if claim.by == holder]
    return sum(_given_back(context, number, holder) for number in numbers)


def _held(reader: ReviewReader) -> list[tuple[Submission, Claim]]:
    """Claims that a reviewer of a track made. Of one that was made before tracks were recorded, or by a role of its own, the lease decides."""
    held = [(each, each.claim) for each in reader.lapsed_claims(_EVER, _MOST_CLAIMS) if each.claim is not None]
    return [
        (submission, claim) for submission, claim in held if _as_reviewer(reader.events(submission.number), claim.by)
    ]


def _as_reviewer(events: Sequence[Event], holder: str) -> bool:
    made = [event for event in events if event.kind == "claimed" and event.actor == holder]
    return bool(made and made[-1].data.get("tracks"))


def _given_back(context: ReviewContext, number: int, holder: str) -> bool:
    def work(transaction: ReviewTransaction) -> bool:
        before = transaction.submission(number)
        if before.claim is None or before.claim.by != holder:
            return False
        _unclaimed(context, transaction, before, EventDraft(SERVICE, "claim_withdrawn", data={"by": holder}))
        return True

    return commit(context, work)


def asked(context: ReviewContext) -> Mapping[str, Sequence[int]]:
    """The submissions that wait for somebody who was asked by name and has not claimed them, by person."""
    found: dict[str, list[int]] = defaultdict(list)
    with context.store.read() as reader:
        for person, number in reader.asked_people(_MOST_REQUESTS):
            found[person].append(number)
    return found


def take_requests_back(context: ReviewContext, person: str, numbers: Sequence[int]) -> int:
    """Give the turns of one who reviews no track back to the tracks; how many."""
    return sum(_request_taken_back(context, number, person) for number in numbers)


def _request_taken_back(context: ReviewContext, number: int, person: str) -> bool:
    who = user(person)

    def work(transaction: ReviewTransaction) -> bool:
        before = transaction.submission(number)
        waiting = _all_in(before)
        if before.state is not State.SUBMITTED or before.claim is not None or who not in waiting:
            return False
        turns = (waiting - {who}) | reviewers(context.policy, None)

        def edit(event: Event) -> Submission:
            return replace(before, attention=attention_after(before, turns, event))

        record_change(transaction, before, EventDraft(SERVICE, "request_withdrawn", data={"to": person}), edit, context)
        return True

    return commit(context, work)


def renewed(context: ReviewContext, submission: Submission, by: str) -> Claim | None:
    """The claim after its holder did something; another's action leaves it as it is."""
    held = submission.claim
    if held is None or held.by != by:
        return held
    return replace(held, expires_at=context.clock.now() + context.policy.lease)


def _lapse(context: ReviewContext, number: int) -> bool:
    def work(transaction: ReviewTransaction) -> bool:
        before = transaction.submission(number)
        if before.claim is None or before.claim.expires_at > context.clock.now():
            return False
        _unclaimed(context, transaction, before, EventDraft(SERVICE, "claim_lapsed", data={"by": before.claim.by}))
        return True

    return commit(context, work)


def _unclaimed(
    context: ReviewContext, transaction: ReviewTransaction, before: Submission, draft: EventDraft
) -> Submission:
    """Without its claim; one in review goes back into the queue."""
    reviewed = (before.state, Action.RELEASE, Who.REVIEWER)

    def edit(event: Event) -> Submission:
        following = step(*reviewed) if before.state.value == "in_review" else before.state
        turns = (
            reviewers(context.policy, None) | _author_in(before) if following is not before.state else _all_in(before)
        )
        if draft.kind == "claim_withdrawn" and before.claim is not None and user(before.claim.by) in turns:
            turns = (turns - {user(before.claim.by)}) | reviewers(context.policy, None)
        return replace(before, state=following, claim=None, attention=attention_after(before, turns, event))

    return record_change(transaction, before, draft, edit, context)


def _author_in(submission: Submission) -> frozenset[str]:
    return _all_in(submission) & {user(submission.author)}


def _all_in(submission: Submission) -> frozenset[str]:
    return frozenset(entry.who for entry in submission.attention)
