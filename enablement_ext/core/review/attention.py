"""Attention: whose turn it is, and since when. People and tracks only, never a program.

Who is in already keeps the time since when; who comes in gets the number of the event that put them there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from enablement_ext.core.review.models import Attention, Claim, State, Submission
from enablement_ext.core.review.policy import ADMINISTRATORS, Policy


def user(name: str) -> str:
    """A person's name in attention."""
    return f"user:{name}"


def administrators() -> frozenset[str]:
    """Whoever settles decisions that are on hold."""
    return frozenset({f"track:{ADMINISTRATORS}"})


def reviewers(policy: Policy, claim: Claim | None) -> frozenset[str]:
    """Who reviews: the claimant, or every track where nobody is on it."""
    if claim is not None:
        return frozenset({user(claim.by)})
    return frozenset(f"track:{track.name}" for track in policy.tracks)


def turn(before: Iterable[Attention], who: Iterable[str], at: datetime, seq: int) -> tuple[Attention, ...]:
    """Exactly these have the turn now."""
    present = {entry.who: entry for entry in before}
    return tuple(present.get(name, Attention(name, at, seq)) for name in sorted(set(who)))


def after_remark(policy: Policy, submission: Submission, by: str) -> frozenset[str]:
    """Whose turn it is after somebody wrote in a thread.

    A reviewer's remark puts the author in. The author's puts the claimant (or the tracks) in and the author out, unless changes were
    requested: then a new version is still the author's turn.
    """
    now = {entry.who for entry in submission.attention}
    author = user(submission.author)
    if by != submission.author:
        return frozenset(now | {author})
    owes = submission.state is State.CHANGES_REQUESTED
    return frozenset((now if owes else now - {author}) | reviewers(policy, submission.claim))
