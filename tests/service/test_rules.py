"""Requirements, attention and policy: the rules of reviews as pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from enablement_ext.core.review.attention import after_remark, reviewers, turn
from enablement_ext.core.review.models import (
    Attention,
    ChangeKind,
    Claim,
    Decision,
    HandedOver,
    RequirementState,
    Stage,
    State,
    Submission,
    Verdict,
)
from enablement_ext.core.review.policy import Policy, Track, parse_tracks
from enablement_ext.core.review.requirements import falling, open_gates, requirements
from tests.service.people import IMAGE

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SUBMISSION = Submission(
    1, "dana", "t", State.SUBMITTED, Stage.EXPLORATION, HandedOver.PROTOTYPE, "a.ipynb", IMAGE, 1, "c", NOW, NOW, 1
)


def decision(number: int, by: str = "remy", verdict: Verdict = Verdict.APPROVE, track: str = "technical") -> Decision:
    return Decision(number, 1, 1, "c", track, verdict, by, "", NOW)


def state(*decisions: Decision, approvals: int = 1) -> RequirementState:
    policy = Policy(tracks=(Track("technical", "g", approvals),))
    return requirements(policy, decisions, 0)[0].state


def test_enough_approvals_satisfy_a_track() -> None:
    assert state() is RequirementState.UNSATISFIED
    assert state(decision(1)) is RequirementState.SATISFIED
    assert state(decision(1), approvals=2) is RequirementState.UNSATISFIED
    assert state(decision(1), decision(2), approvals=2) is RequirementState.UNSATISFIED  # the same person twice
    assert state(decision(1), decision(2, "rita"), approvals=2) is RequirementState.SATISFIED


def test_the_latest_decision_of_each_reviewer_counts() -> None:
    against = decision(2, verdict=Verdict.REQUEST_CHANGES)
    assert state(decision(1), against) is RequirementState.UNSATISFIED
    assert state(decision(1), decision(2, "rita", Verdict.REQUEST_CHANGES)) is RequirementState.UNSATISFIED
    assert state(against, decision(3)) is RequirementState.SATISFIED
    assert state(replace(decision(1), fallen_because="x")) is RequirementState.UNSATISFIED
    assert state(decision(1, track="other")) is RequirementState.UNSATISFIED


def test_open_threads_are_a_gate_only_where_policy_says_so() -> None:
    for block in (False, True):
        policy = Policy(threads_block=block)
        gates = requirements(policy, [decision(1)], 2)
        assert gates[-1].state is RequirementState.UNSATISFIED
        assert bool(open_gates(policy, gates)) is block


@pytest.mark.parametrize(
    ("survive", "changes", "falls"),
    [
        ((), (ChangeKind.METADATA,), True),
        ((ChangeKind.METADATA,), (ChangeKind.METADATA,), False),
        ((ChangeKind.METADATA,), (ChangeKind.METADATA, ChangeKind.CODE), True),
        ((), (), False),
    ],
)
def test_approvals_fall_with_what_policy_does_not_let_them_survive(
    survive: tuple[ChangeKind, ...], changes: tuple[ChangeKind, ...], falls: bool
) -> None:
    fallen = falling(Policy(survive=frozenset(survive)), [decision(1)], changes, 2)
    assert bool(fallen) is falls


def test_a_wish_for_changes_is_answered_by_any_version() -> None:
    found = falling(Policy(), [decision(1, verdict=Verdict.REQUEST_CHANGES)], (), 2)
    assert found == {1: "answered:2"}


def test_who_is_in_already_keeps_the_time_since_when() -> None:
    before = (Attention("user:a", NOW, 3),)
    later = NOW.replace(hour=5)
    assert turn(before, {"user:a", "user:b"}, later, 9) == (*before, Attention("user:b", later, 9))
    assert turn(before, set(), later, 9) == ()


def test_the_claimant_reviews_and_otherwise_the_tracks() -> None:
    assert reviewers(Policy(), None) == {"track:technical"}
    assert reviewers(Policy(), Claim("remy", NOW, NOW)) == {"user:remy"}


def test_remarks_pass_the_turn() -> None:
    waiting = replace(SUBMISSION, attention=(Attention("track:technical", NOW, 1),))
    assert after_remark(Policy(), waiting, "remy") == {"track:technical", "user:dana"}
    answering = replace(waiting, attention=(Attention("user:dana", NOW, 1),))
    assert after_remark(Policy(), answering, "dana") == {"track:technical"}
    owing = replace(answering, state=State.CHANGES_REQUESTED)
    assert after_remark(Policy(), owing, "dana") == {"track:technical", "user:dana"}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"a b": {"group": "g"}}, {"a": {}}, {"a": {"group": "g", "approvals": 0}}, {"a": {"group": "g", "more": 1}}],
)
def test_a_wrong_policy_is_refused(wrong: dict[str, dict[str, object]]) -> None:
    with pytest.raises(ValueError, match="track"):
        parse_tracks(wrong)
