"""What a policy demands of a version, what falls with a new one, and whose turn it is; beside `tests/service/test_rules.py`."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from enablement_ext.core.review.attention import after_remark, reviewers, turn
from enablement_ext.core.review.models import (
    Attention,
    ChangeKind,
    Decision,
    Requirement,
    RequirementKind,
    RequirementState,
    State,
    Verdict,
)
from enablement_ext.core.review.policy import Policy, Track, parse_tracks
from enablement_ext.core.review.requirements import falling, open_gates, requirements
from tests.core.review.factories import NOW, claim, principal, submission

POLICY = Policy(tracks=(Track("technical", "tech", 2), Track("compliance", "law")))


def decision(
    number: int,
    by: str = "remy",
    verdict: Verdict = Verdict.APPROVE,
    track: str = "technical",
    fallen: str | None = None,
) -> Decision:
    """A decision."""
    return Decision(number, 1, 1, "c", track, verdict, by, "", NOW, fallen)


def subsets() -> list[frozenset[ChangeKind]]:
    """Every set of kinds of change."""
    kinds = list(ChangeKind)
    return [frozenset(chosen) for size in range(len(kinds) + 1) for chosen in combinations(kinds, size)]


def test_an_approval_survives_exactly_the_kinds_the_policy_names() -> None:
    for survive in subsets():
        policy = replace(POLICY, survive=survive)
        for changes in subsets():
            ordered = tuple(kind for kind in ChangeKind if kind in changes)
            assert (falling(policy, [decision(1)], ordered, 2) == {}) is (changes <= survive - {ChangeKind.UNKNOWN})


@pytest.mark.parametrize("verdict", [Verdict.REQUEST_CHANGES, Verdict.REJECT])
def test_what_is_no_approval_is_answered_by_any_version(verdict: Verdict) -> None:
    everything = replace(POLICY, survive=frozenset(ChangeKind))
    assert falling(everything, [decision(1, verdict=verdict)], (ChangeKind.CODE,), 3) == {1: "answered:3"}


def test_what_has_fallen_keeps_its_reason() -> None:
    fallen = decision(1, fallen="changed:code")
    assert falling(POLICY, [fallen, decision(2)], (ChangeKind.FILES,), 3) == {2: "changed:files"}


def test_gates_come_in_the_policys_order_with_their_count_and_names() -> None:
    decisions = [decision(1, "zoe"), decision(2, "remy"), decision(3, "law", track="compliance")]
    against = decision(4, "kim", Verdict.REQUEST_CHANGES)
    assert requirements(POLICY, decisions, 0) == (
        Requirement(
            "track:technical",
            RequirementKind.TRACK,
            RequirementState.SATISFIED,
            {"track": "technical", "needed": 2, "approved_by": ["remy", "zoe"], "against": [], "held": []},
        ),
        Requirement(
            "track:compliance",
            RequirementKind.TRACK,
            RequirementState.SATISFIED,
            {"track": "compliance", "needed": 1, "approved_by": ["law"], "against": [], "held": []},
        ),
        Requirement(
            "threads", RequirementKind.THREADS, RequirementState.SATISFIED, {"open": 0, "blocks": POLICY.threads_block}
        ),
    )
    technical = requirements(POLICY, [*decisions, against], 1)[0]
    assert technical.state is RequirementState.UNSATISFIED
    assert (technical.facts["approved_by"], technical.facts["against"]) == (["remy", "zoe"], ["kim"])
    held = replace(decisions[1], held_since=decisions[1].at)
    earlier = replace(decision(0, "remy"), at=decisions[1].at)
    technical = requirements(POLICY, [earlier, decisions[0], held], 0)[0]
    assert technical.state is RequirementState.UNSATISFIED, "nor does an earlier one of whose decision is held"
    assert (technical.facts["approved_by"], technical.facts["held"]) == (["zoe"], ["remy"])


@pytest.mark.parametrize("state", RequirementState)
def test_what_is_satisfied_overridden_or_not_applicable_stands_in_nobodys_way(state: RequirementState) -> None:
    gate = Requirement("track:technical", RequirementKind.TRACK, state)
    passed = state in (RequirementState.SATISFIED, RequirementState.OVERRIDDEN, RequirementState.NOT_APPLICABLE)
    assert open_gates(POLICY, [gate]) == (() if passed else (gate,))


@pytest.mark.parametrize(
    ("groups", "scopes", "tracks"),
    [
        (("tech",), ("review",), {"technical"}),
        (("tech", "law", "other"), ("review",), {"technical", "compliance"}),
        (("technical",), ("review",), set()),  # the group's name counts, not the track's
        (("tech",), ("decide", "admin"), set()),
        ((), ("review",), set()),
    ],
)
def test_a_track_is_reviewed_by_members_of_its_group_with_the_scope(
    groups: tuple[str, ...], scopes: tuple[str, ...], tracks: set[str]
) -> None:
    assert POLICY.reviewed_by(principal("kim", *scopes, groups=frozenset(groups))) == tracks
    assert POLICY.all_tracks() == {"technical", "compliance"}


def test_a_setting_becomes_tracks_in_its_order() -> None:
    setting: dict[str, dict[str, object]] = {"b": {"group": "g", "approvals": 9}, "a": {"group": "h"}}
    assert parse_tracks(setting) == (Track("b", "g", 9), Track("a", "h", 1))


@pytest.mark.parametrize(
    "wrong", [{"group": ""}, {"group": 1}, {"group": "g", "approvals": 10}, {"group": "g", "approvals": "1"}]
)
def test_a_setting_out_of_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="track"):
        parse_tracks({"technical": wrong})


def test_turns_are_sorted_and_each_once() -> None:
    assert [entry.who for entry in turn((), ["user:b", "track:a", "user:b"], NOW, 3)] == ["track:a", "user:b"]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("held", [False, True])
def test_whose_turn_it_is_after_a_remark(state: State, held: bool) -> None:
    """A reviewer's puts the author in; the author's puts who reviews in and themselves out, unless a new version is owed."""
    lease = claim("remy") if held else None
    given = replace(
        submission(state=state, held=lease), attention=(Attention("user:dana", NOW, 1), Attention("user:old", NOW, 2))
    )
    who_reviews = {"user:remy"} if held else {"track:technical", "track:compliance"}
    assert reviewers(POLICY, lease) == who_reviews
    assert after_remark(POLICY, given, "kim") == {"user:old", "user:dana"}
    owed = {"user:dana"} if state is State.CHANGES_REQUESTED else set()
    assert after_remark(POLICY, given, "dana") == {"user:old"} | who_reviews | owed
