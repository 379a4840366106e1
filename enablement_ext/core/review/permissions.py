"""Who may see and do what with a submission, beyond the scope a route needs."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from enablement_ext.core.errors import Forbidden, NotFound
from enablement_ext.core.review.lifecycle import DECISIONS, Action, Who, legal_actions
from enablement_ext.core.review.models import Principal, State, Submission
from enablement_ext.core.review.policy import Policy


def may_see(principal: Principal, submission: Submission) -> bool:
    """Its author, reviewers and administrators."""
    return submission.author == principal.name or not principal.scopes.isdisjoint(("review", "admin"))


def require_sight(principal: Principal, submission: Submission) -> None:
    """Raises `NotFound`, the same as for a submission that does not exist."""
    if not may_see(principal, submission):
        raise NotFound


def relation(principal: Principal, submission: Submission) -> Who:
    """In which relation somebody stands to it. Raises `Forbidden` for one who may only look."""
    if submission.author == principal.name:
        return Who.AUTHOR
    if "review" in principal.scopes:
        return Who.REVIEWER
    raise Forbidden("Only the author and reviewers can do this.")


def actions(principal: Principal, submission: Submission, policy: Policy, now: datetime) -> tuple[Action, ...]:
    """What this principal can do now; what a user interface offers. Decisions are offered to reviewers of a track: the page checks."""
    if submission.author == principal.name:
        return legal_actions(submission.state, Who.AUTHOR) if "submit" in principal.scopes else ()
    if "review" not in principal.scopes:
        return ()
    claim = submission.claim
    runs = claim is not None and claim.expires_at > now
    held = runs and claim is not None and claim.by == principal.name
    return _offered(submission.state, runs, held, bool(policy.reviewed_by(principal)))


@lru_cache(maxsize=256)
def _offered(state: State, runs: bool, held: bool, decides: bool) -> tuple[Action, ...]:
    """What a reviewer is offered: `runs`, somebody's lease runs; `held`, it is the viewer's."""
    hidden = {Action.HAND_OFF}
    if runs:
        hidden.add(Action.CLAIM)
    if not held:
        hidden.add(Action.RELEASE)
    if not decides:
        hidden |= DECISIONS
    return tuple(action for action in legal_actions(state, Who.REVIEWER) if action not in hidden)
