"""Who may see a submission, in which relation they stand to it, and what they are offered: every relation, state and scope."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enablement_ext.core.errors import Forbidden, NotFound
from enablement_ext.core.review.lifecycle import Action, Who
from enablement_ext.core.review.models import Claim, Principal, State
from enablement_ext.core.review.permissions import actions, may_see, relation, require_sight
from enablement_ext.core.review.policy import Policy, Track
from tests.core.review.factories import NOW, claim, principal, submission

SCOPES = ("submit", "read", "review", "decide", "admin")
POLICY = Policy(tracks=(Track("technical", "tech"),))
TECH = frozenset({"tech"})


@pytest.mark.parametrize("scope", SCOPES)
def test_others_see_with_review_or_admin_only(scope: str) -> None:
    sees = scope in ("review", "admin")
    assert may_see(principal("kim", scope), submission()) is sees
    if sees:
        require_sight(principal("kim", scope), submission())
    else:
        with pytest.raises(NotFound):
            require_sight(principal("kim", scope), submission())


@pytest.mark.parametrize("state", State)
def test_an_author_sees_their_own_whatever_the_state_and_scope(state: State) -> None:
    require_sight(principal("dana"), submission(state=state))


def test_the_name_is_compared_whole() -> None:
    assert not may_see(principal("Dana"), submission())
    assert not may_see(principal("dan"), submission())


@pytest.mark.parametrize("scope", SCOPES)
def test_an_author_is_the_author_whatever_else_they_are(scope: str) -> None:
    assert relation(principal("dana", scope, "review"), submission()) is Who.AUTHOR


@pytest.mark.parametrize("scope", SCOPES)
def test_only_the_scope_review_makes_a_reviewer(scope: str) -> None:
    if scope == "review":
        assert relation(principal("kim", scope), submission()) is Who.REVIEWER
        return
    with pytest.raises(Forbidden):
        relation(principal("kim", scope), submission())


DISCUSS = "comment resolve"
DECIDE = "approve request_changes reject"
# What is offered in each state: to the author, and to a reviewer of a track while nobody is on it.
OFFERED = {
    State.SUBMITTED: (f"send_version withdraw {DISCUSS}", f"claim {DECIDE} {DISCUSS}"),
    State.IN_REVIEW: (f"send_version withdraw {DISCUSS}", f"claim {DECIDE} {DISCUSS}"),
    State.CHANGES_REQUESTED: (f"send_version withdraw {DISCUSS}", f"reject {DISCUSS}"),
    State.APPROVED: (f"send_version withdraw {DISCUSS}", f"request_changes {DISCUSS}"),
    State.HANDED_OFF: (f"send_version {DISCUSS}", DISCUSS),
    State.IN_PRODUCTION: (f"send_version {DISCUSS} retire", DISCUSS),
    State.RETIRED: ("", ""),
    State.WITHDRAWN: ("", ""),
    State.REJECTED: ("", ""),
}


def offered(who: Principal, state: State, held: Claim | None = None) -> str:
    """The names of the actions, in order."""
    return " ".join(action.value for action in actions(who, submission(state=state, held=held), POLICY, NOW))


@pytest.mark.parametrize("state", State)
def test_what_is_offered_in(state: State) -> None:
    to_author, to_reviewer = OFFERED[state]
    assert offered(principal("dana", "submit", "review", groups=TECH), state) == to_author
    assert offered(principal("dana", "read", "review", "admin", groups=TECH), state) == ""
    assert offered(principal("kim", "review", groups=TECH), state) == to_reviewer
    without_decisions = " ".join(name for name in to_reviewer.split() if name not in DECIDE.split())
    assert offered(principal("kim", "review", "decide"), state) == without_decisions  # reviews no track
    for scopes in (("submit", "read"), ("admin", "decide"), ()):
        assert offered(principal("kim", *scopes, groups=TECH), state) == ""


@pytest.mark.parametrize(
    ("held", "claims", "releases"),
    [
        (None, True, False),
        (claim("kim"), False, True),
        (claim("remy"), False, False),
        (claim("kim", lasts=timedelta()), True, False),  # ends now: over
        (claim("remy", lasts=-timedelta(seconds=1)), True, False),
        (claim("remy", lasts=timedelta(microseconds=1)), False, False),
    ],
)
def test_a_claim_is_offered_while_none_runs_and_a_release_to_its_holder(
    held: Claim | None, claims: bool, releases: bool
) -> None:
    names = offered(principal("kim", "review", groups=TECH), State.IN_REVIEW, held).split()
    assert (Action.CLAIM.value in names, Action.RELEASE.value in names) == (claims, releases)
