"""What the decision page says of requirements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from enablement_ext.core.review.models import Decision, Verdict
from enablement_ext.core.review.policy import Policy, Track
from enablement_ext.core.review.requirements import requirements
from enablement_ext.service.http.page_words import requirement_words

POLICY = Policy(tracks=(Track("technical", "g", 2),))
AT = datetime(2026, 11, 24, tzinfo=UTC)


def decided(number: int, by: str, verdict: Verdict) -> Decision:
    return Decision(number, 1, 1, "c", "technical", verdict, by, "", AT)


def test_a_track_says_who_approved_and_who_wants_changes() -> None:
    none, _ = requirements(POLICY, [], 0)
    assert requirement_words(none) == ("Approved: technical", "0 of 2 approvals")
    decisions = [decided(1, "zoe", Verdict.APPROVE), decided(2, "remy", Verdict.APPROVE)]
    against = decided(3, "kim", Verdict.REQUEST_CHANGES)
    (track, _) = requirements(POLICY, [*decisions, against], 0)
    assert requirement_words(track)[1] == "2 of 2 approvals; by remy, zoe; changes wanted by kim"


def test_threads_say_how_many_are_open_and_whether_that_matters() -> None:
    _, none = requirements(POLICY, [], 0)
    assert requirement_words(none) == ("Threads resolved", "")
    _, some = requirements(replace(POLICY, threads_block=True), [], 2)
    assert requirement_words(some) == ("Threads resolved", "2 open")
    _, some = requirements(replace(POLICY, threads_block=False), [], 1)
    assert requirement_words(some)[1] == "1 open; does not stand in the way of an approval"
