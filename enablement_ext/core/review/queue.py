"""What the lists of the lab's panel hold, and in which order: the rules every store follows.

A list is ordered by the number of an event, never by a clock: waiting lists by the event since which a submission waits, oldest
first; the author's own list by the event that changed it last, newest first. An event concerns one submission, so no two
submissions share a place, and the number of the last row seen is all a next page needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from enablement_ext.core.review.models import State, Submission

ENDED = frozenset({State.WITHDRAWN, State.REJECTED, State.RETIRED})
IN_REVIEW = frozenset({State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED})  # the list "all"
COUNT_CAP = 1000  # a badge never needs to tell 1,000 from more; counting stops here, so it costs the same at any size


class QueueFilter(StrEnum):
    """The lists of the lab's panel."""

    WAITING = "waiting"  # waiting on the viewer
    UNCLAIMED = "unclaimed"
    MINE = "mine"  # claimed by the viewer
    ALL = "all"  # everything in review, not ended
    SENT = "sent"  # the viewer's own submissions, newest change first


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """One page of a list. `viewer` is the asking user, `tracks` the tracks they review; without tracks only own submissions show."""

    viewer: str
    tracks: frozenset[str]
    filter: QueueFilter
    notebook_path: str | None = None  # only with SENT
    after: int | None = None  # keyset: sequence number of the last row seen
    limit: int = 50


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in order and the key of the next page, None at the end. Order: waiting-since sequence, oldest first (SENT: updated, newest first)."""

    items: tuple[Submission, ...]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Counters:
    """Numbers for the badge, kept cheap."""

    waiting: int
    unclaimed: int
    claimed: int


def turns(viewer: str, tracks: Iterable[str]) -> tuple[str, ...]:
    """Every `who` of attention that is the viewer."""
    return (f"user:{viewer}", *(f"track:{track}" for track in sorted(tracks)))


def waiting_place(submission: Submission) -> int:
    """Since which event the submission waits on anybody; since its last change when it waits on nobody."""
    return min((entry.since_seq for entry in submission.attention), default=submission.updated_seq)


def turn_place(submission: Submission, viewer: str, tracks: frozenset[str]) -> int | None:
    """Since which event the submission waits on the viewer; None when it does not.

    A track never waits on the author of the submission. Without a track one has a turn only on one's own submissions.
    """
    own = submission.author == viewer
    if not (own or tracks):
        return None
    mine = {f"user:{viewer}"} if own else set(turns(viewer, tracks))
    return min((entry.since_seq for entry in submission.attention if entry.who in mine), default=None)


def place(submission: Submission, query: QueueQuery) -> int | None:
    """Where the submission stands in the list the query names (path and page aside); None when it is not in it."""
    own = submission.author == query.viewer
    if query.filter is QueueFilter.WAITING:
        return turn_place(submission, query.viewer, query.tracks)
    if query.filter is QueueFilter.SENT:
        return submission.updated_seq if own else None
    listed = {
        QueueFilter.UNCLAIMED: bool(query.tracks) and not own and unclaimed(submission),
        QueueFilter.MINE: bool(query.tracks) and claimed_by(submission, query.viewer),
        QueueFilter.ALL: submission.state in IN_REVIEW and (own or bool(query.tracks)),
    }
    return waiting_place(submission) if listed[query.filter] else None


def unclaimed(submission: Submission) -> bool:
    """Whether it is submitted and without a claim."""
    return submission.state is State.SUBMITTED and submission.claim is None


def claimed_by(submission: Submission, viewer: str) -> bool:
    """Whether the claim is the viewer's; it may have expired."""
    return submission.claim is not None and submission.claim.by == viewer
