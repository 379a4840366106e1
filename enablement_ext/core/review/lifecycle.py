"""The life of a submission as data: which action by whom leads from which state to which.

`step` is the one place that decides whether an action is legal. Correctness under races comes from the submission's stamp
(compare-and-swap in the store), never from the claim, which is an advisory lease.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from enablement_ext.core.access.confirmations import Confirmation
from enablement_ext.core.errors import Conflict, Forbidden, IllegalAction, OwnSubmission
from enablement_ext.core.review.models import State, Verdict


class Action(StrEnum):
    """What can be done to a submission."""

    CLAIM = "claim"
    RELEASE = "release"
    SEND_VERSION = "send_version"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    COMMENT = "comment"
    RESOLVE = "resolve"
    HAND_OFF = "hand_off"
    REPORT_RUN = "report_run"
    RETIRE = "retire"


class Who(StrEnum):
    """In which relation the actor stands to the submission. An author who is a reviewer is the author."""

    AUTHOR = "author"
    REVIEWER = "reviewer"
    ENGINEERING = "engineering"


class HoldStep(StrEnum):
    """What happens to a standing decision of which its maker says "this was not me"."""

    HOLD = "hold"  # by its maker: it does not count until it is settled
    LIFT = "lift"  # by an administrator: it counts again
    FALL = "fall"  # by an administrator: it never counts again


OPEN = (State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED)
_REVIEWABLE = (State.SUBMITTED, State.IN_REVIEW)
_LIVING = (*OPEN, State.APPROVED, State.HANDED_OFF, State.IN_PRODUCTION)


def _table() -> dict[tuple[State, Action, Who], State]:
    """Build {(state, action, who): next state}; every pair not in it is illegal."""
    table: dict[tuple[State, Action, Who], State] = {
        (State.SUBMITTED, Action.CLAIM, Who.REVIEWER): State.IN_REVIEW,
        (State.IN_REVIEW, Action.CLAIM, Who.REVIEWER): State.IN_REVIEW,
        (State.IN_REVIEW, Action.RELEASE, Who.REVIEWER): State.SUBMITTED,
        (State.APPROVED, Action.HAND_OFF, Who.REVIEWER): State.HANDED_OFF,
        (State.HANDED_OFF, Action.REPORT_RUN, Who.ENGINEERING): State.IN_PRODUCTION,
        (State.IN_PRODUCTION, Action.RETIRE, Who.ENGINEERING): State.RETIRED,
        (State.IN_PRODUCTION, Action.RETIRE, Who.AUTHOR): State.RETIRED,
    }
    for state in _REVIEWABLE:
        table[state, Action.APPROVE, Who.REVIEWER] = State.APPROVED
        table[state, Action.REQUEST_CHANGES, Who.REVIEWER] = State.CHANGES_REQUESTED
        table[state, Action.REJECT, Who.REVIEWER] = State.REJECTED
    table[State.CHANGES_REQUESTED, Action.REJECT, Who.REVIEWER] = State.REJECTED
    table[State.APPROVED, Action.REQUEST_CHANGES, Who.REVIEWER] = State.CHANGES_REQUESTED
    for state in _LIVING:
        table[state, Action.SEND_VERSION, Who.AUTHOR] = State.SUBMITTED
    for state in (*OPEN, State.APPROVED):
        table[state, Action.WITHDRAW, Who.AUTHOR] = State.WITHDRAWN
    for state in State:
        for who in (Who.AUTHOR, Who.REVIEWER):
            if state in _LIVING:
                table[state, Action.COMMENT, who] = state
                table[state, Action.RESOLVE, who] = state
    return table


TRANSITIONS: Mapping[tuple[State, Action, Who], State] = _table()
DECISIONS = frozenset({Action.APPROVE, Action.REQUEST_CHANGES, Action.REJECT})

_LED_TO = {
    Verdict.APPROVE: State.APPROVED,
    Verdict.REQUEST_CHANGES: State.CHANGES_REQUESTED,
    Verdict.REJECT: State.REJECTED,
}


def _holds() -> dict[tuple[State, Verdict, HoldStep], State]:
    """Build {(state, verdict of the decision, step): next state}, for every combination.

    What the decision led to is taken back while it is held, and is so again when the hold is lifted. What left this service (handed off,
    in production) and what its author ended stays: the decision is held, and administrators have the turn.
    """
    table = {(state, verdict, step): state for state in State for verdict in Verdict for step in HoldStep}
    for verdict, led_to in _LED_TO.items():
        table[led_to, verdict, HoldStep.HOLD] = State.SUBMITTED
        for state in _REVIEWABLE:
            table[state, verdict, HoldStep.LIFT] = led_to
    return table


HOLDS: Mapping[tuple[State, Verdict, HoldStep], State] = _holds()


def step(state: State, action: Action, who: Who) -> State:
    """The state that follows.

    Raises `OwnSubmission` where an author tries to claim or decide on their own, `Forbidden` where another relation could do it,
    `IllegalAction` where nobody can in this state.
    """
    following = TRANSITIONS.get((state, action, who))
    if following is not None:
        return following
    if who is Who.AUTHOR and (action in DECISIONS or action is Action.CLAIM):
        raise OwnSubmission
    if any((state, action, other) in TRANSITIONS for other in Who):
        raise Forbidden(f"Only {_allowed(state, action)} can do this.", facts={"action": action.value})
    raise IllegalAction(
        f"A submission that is {state.value.replace('_', ' ')} cannot be changed by “{action.value.replace('_', ' ')}”.",
        facts={"state": state.value, "action": action.value},
    )


def require_disputable(confirmation: Confirmation, by: str) -> None:
    """Return where this person may say that it was not them. Raises `Forbidden` for anybody else's, `Conflict` the second time."""
    if confirmation.by != by:
        raise Forbidden("Only the person in whose name it was done can say that it was not them.")
    if confirmation.disputed_at is not None:
        raise Conflict("You have said already that this was not you.")


def require_settleable(confirmation: Confirmation, by: str) -> None:
    """Return where this administrator may settle it. Raises `Forbidden` for its maker, `Conflict` where there is nothing to settle."""
    if not confirmation.held:
        raise Conflict("This is not on hold any more.")
    if confirmation.by == by:
        raise Forbidden("Somebody else has to settle this: it was done in your name.")


@lru_cache(maxsize=64)
def legal_actions(state: State, who: Who) -> tuple[Action, ...]:
    """What this relation can do in this state, in the order of `Action`; what a user interface offers."""
    return tuple(action for action in Action if (state, action, who) in TRANSITIONS)


def _allowed(state: State, action: Action) -> str:
    names = {Who.AUTHOR: "the author", Who.REVIEWER: "a reviewer", Who.ENGINEERING: "engineering"}
    return " or ".join(names[who] for who in Who if (state, action, who) in TRANSITIONS)
