"""Which submissions stand in which list, and in which order."""

from __future__ import annotations

import pytest

from enablement_ext.core.review.models import State, Submission
from enablement_ext.core.review.queue import (
    QueueFilter,
    QueueQuery,
    place,
    turn_place,
    turns,
    waiting_place,
)
from tests.core.review.factories import claim, submission

TRACKS = frozenset({"technical"})


def listed(shown: QueueFilter, given: Submission, viewer: str = "remy", tracks: frozenset[str] = TRACKS) -> int | None:
    """The place in a list of the viewer's."""
    return place(given, QueueQuery(viewer, tracks, shown))


UNCLAIMED = submission(waits_on={"track:technical": 5})
CLAIMED = submission(state=State.IN_REVIEW, held=claim("remy"), waits_on={"user:remy": 6})
OWED = submission(state=State.CHANGES_REQUESTED, waits_on={"user:dana": 7})

# submission, viewer, tracks, and the lists it stands in with its place
MEMBERSHIP = [
    (UNCLAIMED, "remy", TRACKS, {"waiting": 5, "unclaimed": 5, "all": 5}),
    (UNCLAIMED, "remy", frozenset({"compliance"}), {"unclaimed": 5, "all": 5}),
    (UNCLAIMED, "remy", frozenset(), {}),
    (UNCLAIMED, "dana", TRACKS, {"all": 5, "sent": 101}),  # never waits on its author, though they review the track
    (UNCLAIMED, "dana", frozenset(), {"all": 5, "sent": 101}),
    (CLAIMED, "remy", TRACKS, {"waiting": 6, "mine": 6, "all": 6}),
    (CLAIMED, "rita", TRACKS, {"all": 6}),
    (CLAIMED, "remy", frozenset(), {}),
    (OWED, "dana", frozenset(), {"waiting": 7, "all": 7, "sent": 101}),
    (OWED, "remy", TRACKS, {"all": 7}),
]


@pytest.mark.parametrize(("given", "viewer", "tracks", "expected"), MEMBERSHIP)
def test_the_lists_a_submission_stands_in(
    given: Submission, viewer: str, tracks: frozenset[str], expected: dict[str, int]
) -> None:
    places = {shown.value: listed(shown, given, viewer, tracks) for shown in QueueFilter}
    assert {name: at for name, at in places.items() if at is not None} == expected


@pytest.mark.parametrize("state", State)
def test_the_list_all_ends_with_the_approval(state: State) -> None:
    in_review = state in (State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED)
    assert (listed(QueueFilter.ALL, submission(state=state)) is not None) is in_review
    assert listed(QueueFilter.SENT, submission(state=state), "dana") == 101


@pytest.mark.parametrize("state", State)
def test_unclaimed_is_submitted_without_a_claim(state: State) -> None:
    assert (listed(QueueFilter.UNCLAIMED, submission(state=state)) is not None) is (state is State.SUBMITTED)
    assert listed(QueueFilter.UNCLAIMED, submission(state=state, held=claim("rita"))) is None


def test_one_waits_since_the_earliest_turn_or_the_last_change() -> None:
    both = submission(waits_on={"track:technical": 9, "user:remy": 4, "user:zoe": 2})
    assert waiting_place(both) == 2
    assert turn_place(both, "remy", TRACKS) == 4
    assert turn_place(both, "rita", TRACKS) == 9
    assert turn_place(both, "remy", frozenset()) is None
    assert waiting_place(submission()) == 101


def test_turns_are_the_person_and_their_tracks_in_order() -> None:
    assert turns("remy", {"technical", "compliance"}) == ("user:remy", "track:compliance", "track:technical")
