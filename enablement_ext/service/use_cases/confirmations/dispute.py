"""“This was not me”: what was done in somebody's name stops counting at once, and administrators have the turn."""

from __future__ import annotations

from dataclasses import dataclass, replace

from enablement_ext.core.access.confirmations import Confirmation
from enablement_ext.core.errors import NotFound
from enablement_ext.core.images.requests.package_requests import PackageRequest, RequestState
from enablement_ext.core.review.attention import administrators
from enablement_ext.core.review.lifecycle import HOLDS, HoldStep, require_disputable
from enablement_ext.core.review.models import Event, Submission
from enablement_ext.core.review.ports import NewEvent, ReviewTransaction
from enablement_ext.service.use_cases.confirmations.views import ConfirmationView, viewed
from enablement_ext.service.use_cases.git.access import take_back
from enablement_ext.service.use_cases.review_context import (
    EventDraft,
    ReviewContext,
    attention_after,
    commit,
    record_change,
)

_ANSWERED = (RequestState.ACCEPTED, RequestState.DECLINED)


@dataclass(frozen=True, slots=True)
class DisputeCommand:
    """Who says of which confirmation that it was not them."""

    by: str
    number: int


def dispute(context: ReviewContext, command: DisputeCommand) -> ConfirmationView:
    """Hold the decision, reopen the package request that was answered, or let in no longer who was let into a repository.

    (The passwords for the repository: `repositories.end_access`.)

    Raises `NotFound` for somebody else's, `Conflict` the second time.
    """

    def work(transaction: ReviewTransaction) -> ConfirmationView:
        confirmation = transaction.confirmation(command.number)
        if confirmation.by != command.by:
            raise NotFound
        require_disputable(confirmation, command.by)
        disputed = transaction.dispute_confirmation(command.number, context.clock.now())
        if disputed.subject.submission is not None:
            _hold(context, transaction, disputed)
        elif disputed.subject.package_request is not None:
            _reopen(context, transaction, disputed)
        else:
            _take_back(context, transaction, disputed)
        return viewed(transaction, disputed)

    return commit(context, work)


def _take_back(context: ReviewContext, transaction: ReviewTransaction, disputed: Confirmation) -> None:
    about = disputed.subject
    facts: tuple[tuple[str, object], ...] = (("confirmation", disputed.number), ("repository", about.repository))
    if about.person is not None:
        take_back(transaction, about.repository or "", about.person)
        facts += (("who", about.person),)
    _append_event(context, transaction, "access_disputed", disputed, facts)


def _hold(context: ReviewContext, transaction: ReviewTransaction, disputed: Confirmation) -> None:
    view = viewed(transaction, disputed)
    before, decision = view.submission, view.decision
    if before is None or decision is None:
        raise NotFound
    stands = decision.fallen_because is None
    following = HOLDS[before.state, decision.verdict, HoldStep.HOLD] if stands else before.state

    def edit(event: Event) -> Submission:
        waiting = frozenset(entry.who for entry in before.attention) if following is before.state else frozenset()
        turns = attention_after(before, waiting | administrators(), event)
        return replace(before, state=following, attention=turns)

    facts = {"confirmation": disputed.number, "decision": decision.id, "track": decision.track}
    record_change(
        transaction, before, EventDraft(disputed.by, "decision_disputed", decision.version, facts), edit, context
    )


def _reopen(context: ReviewContext, transaction: ReviewTransaction, disputed: Confirmation) -> None:
    request = transaction.package_request(disputed.subject.package_request or 0)
    if _is_answer(request, disputed):
        reopened = replace(request, state=RequestState.REQUESTED, answer="", answered_by=None, answered_at=None)
        request = transaction.replace_package_request(request.stamp, reopened)
    facts = (("confirmation", disputed.number), ("request", request.number), ("package", request.package))
    _append_event(context, transaction, "package_answer_disputed", disputed, facts)


def _is_answer(request: PackageRequest, disputed: Confirmation) -> bool:
    """Whether what is answered there is what was disputed, and not a later answer."""
    return request.state in _ANSWERED and (request.answered_by, request.answered_at) == (disputed.by, disputed.at)


def _append_event(
    context: ReviewContext,
    transaction: ReviewTransaction,
    kind: str,
    disputed: Confirmation,
    facts: tuple[tuple[str, object], ...],
) -> None:
    transaction.append_event(NewEvent(context.clock.now(), disputed.by, kind, data=facts))
