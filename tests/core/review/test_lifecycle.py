"""Every transition of a submission: all pairs of state and action, for each relation, with what an illegal one is answered by."""

from __future__ import annotations

import pytest

from enablement_ext.core.errors import EnablementError, Forbidden, IllegalAction, OwnSubmission
from enablement_ext.core.review.lifecycle import HOLDS, TRANSITIONS, Action, HoldStep, Who, legal_actions, step
from enablement_ext.core.review.models import State, Verdict

# One column a state, in the order of `State`. A letter is the state that follows:
LETTERS = dict(zip("SRCAHPTWJ", State, strict=True))
# submitted, in Review, Changes requested, Approved, Handed off, in Production, reTired, Withdrawn, reJected
REFUSALS = {"-": IllegalAction, "!": Forbidden, "x": OwnSubmission}

TABLE = {
    Who.REVIEWER: """
        claim           RR-------
        release         -S-------
        send_version    !!!!!!---
        withdraw        !!!!-----
        approve         AA-------
        request_changes CC-C-----
        reject          JJJ------
        comment         SRCAHP---
        resolve         SRCAHP---
        hand_off        ---H-----
        report_run      ----!----
        retire          -----!---
    """,
    Who.AUTHOR: """
        claim           xxxxxxxxx
        release         -!-------
        send_version    SSSSSS---
        withdraw        WWWW-----
        approve         xxxxxxxxx
        request_changes xxxxxxxxx
        reject          xxxxxxxxx
        comment         SRCAHP---
        resolve         SRCAHP---
        hand_off        ---!-----
        report_run      ----!----
        retire          -----T---
    """,
    Who.ENGINEERING: """
        claim           !!-------
        release         -!-------
        send_version    !!!!!!---
        withdraw        !!!!-----
        approve         !!-------
        request_changes !!-!-----
        reject          !!!------
        comment         !!!!!!---
        resolve         !!!!!!---
        hand_off        ---!-----
        report_run      ----P----
        retire          -----T---
    """,
}


def rows() -> list[tuple[State, Action, Who, str]]:
    """The table cell by cell."""
    return [
        (state, Action(action), who, cell)
        for who, lines in TABLE.items()
        for action, cells in (line.split() for line in lines.strip().splitlines())
        for state, cell in zip(State, cells, strict=True)
    ]


def test_the_table_is_complete() -> None:
    assert len(rows()) == len(set(rows())) == len(State) * len(Action) * len(Who)


@pytest.mark.parametrize(("state", "action", "who", "cell"), rows())
def test_what_follows_is_what_the_table_says(state: State, action: Action, who: Who, cell: str) -> None:
    if cell in LETTERS:
        assert step(state, action, who) is LETTERS[cell]
        assert action in legal_actions(state, who)
        return
    with pytest.raises(EnablementError) as refusal:
        step(state, action, who)
    assert type(refusal.value) is REFUSALS[cell]
    assert action not in legal_actions(state, who)


def test_nothing_is_legal_beyond_the_table() -> None:
    legal = {(state, action, who): LETTERS[cell] for state, action, who, cell in rows() if cell in LETTERS}
    assert dict(TRANSITIONS) == legal


def test_a_refusal_names_who_could_do_it_and_what_stands_in_the_way() -> None:
    with pytest.raises(Forbidden, match="Only engineering can do this") as forbidden:
        step(State.HANDED_OFF, Action.REPORT_RUN, Who.REVIEWER)
    assert dict(forbidden.value.facts) == {"action": "report_run"}
    with pytest.raises(Forbidden, match="Only the author or engineering can do this"):
        step(State.IN_PRODUCTION, Action.RETIRE, Who.REVIEWER)
    with pytest.raises(IllegalAction, match="changes requested cannot be changed by “approve”") as illegal:
        step(State.CHANGES_REQUESTED, Action.APPROVE, Who.REVIEWER)
    assert dict(illegal.value.facts) == {"state": "changes_requested", "action": "approve"}


def test_actions_are_offered_in_the_order_of_their_enumeration() -> None:
    assert legal_actions(State.IN_REVIEW, Who.REVIEWER) == (
        Action.CLAIM,
        Action.RELEASE,
        Action.APPROVE,
        Action.REQUEST_CHANGES,
        Action.REJECT,
        Action.COMMENT,
        Action.RESOLVE,
    )


# What becomes of a submission while one of its decisions is held, when the hold is lifted, and when the decision falls; the columns as above.
HOLD_TABLE = {
    (Verdict.APPROVE, HoldStep.HOLD): "SRCSHPTWJ",
    (Verdict.APPROVE, HoldStep.LIFT): "AACAHPTWJ",
    (Verdict.APPROVE, HoldStep.FALL): "SRCAHPTWJ",
    (Verdict.REQUEST_CHANGES, HoldStep.HOLD): "SRSAHPTWJ",
    (Verdict.REQUEST_CHANGES, HoldStep.LIFT): "CCCAHPTWJ",
    (Verdict.REQUEST_CHANGES, HoldStep.FALL): "SRCAHPTWJ",
    (Verdict.REJECT, HoldStep.HOLD): "SRCAHPTWS",
    (Verdict.REJECT, HoldStep.LIFT): "JJCAHPTWJ",
    (Verdict.REJECT, HoldStep.FALL): "SRCAHPTWJ",
}


def test_what_a_hold_does_in_every_state() -> None:
    wanted = {
        (state, verdict, hold): LETTERS[letter]
        for (verdict, hold), row in HOLD_TABLE.items()
        for state, letter in zip(State, row, strict=True)
    }
    assert wanted == HOLDS


def test_nothing_follows_from_an_approval_that_is_held() -> None:
    """Whoever hands off or reports runs asks `step`, which refuses in the state that a held approval leaves."""
    held = HOLDS[State.APPROVED, Verdict.APPROVE, HoldStep.HOLD]
    for action in (Action.HAND_OFF, Action.REPORT_RUN, Action.RETIRE):
        for who in Who:
            with pytest.raises(EnablementError):
                step(held, action, who)
