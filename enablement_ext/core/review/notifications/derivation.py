"""What one event tells, and whom: from the attention before it and after it. Nobody is told of what they did themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from enablement_ext.core.review.attention import user
from enablement_ext.core.review.models import Event, Submission
from enablement_ext.core.review.notifications.models import Channel, NewOutboxEntry, Occasion

# What is news to who is in it, beside whose turn it becomes.
NEWS = frozenset(
    {
        "commented",
        "review_published",
        "suggestion_rejected",
        "approved",
        "changes_requested",
        "rejected",
        "withdrawn",
        "version_sent",
        "decision_disputed",
        "hold_lifted",
        "decision_fell",
    }
)


def derived(before: Submission | None, after: Submission, event: Event, norm: timedelta) -> list[NewOutboxEntry]:
    """The entries of this event.

    A turn for each attention name that came in, with its first reminder, due after a norm at the earliest: no calendar is faster than the
    clock. A turn for each person who had it already and now has more to look at. News for whoever is in it and has no turn.
    """
    actor, known = user(event.actor), {entry.who for entry in before.attention} if before is not None else set()
    now = {entry.who for entry in after.attention}
    came = sorted(now - known)
    told = [_entry(event, after.number, Occasion.TURN, who) for who in came if who != actor]
    told += [reminder(after.number, who, event, 1, event.at + norm) for who in came]
    if before is not None and event.kind in NEWS:
        told += [_entry(event, after.number, Occasion.TURN, who) for who in sorted(_people(now & known) - {actor})]
        others = (
            _people(known) | {user(after.author)} | ({user(before.claim.by)} if before.claim is not None else set())
        )
        told += [_entry(event, after.number, Occasion.NEWS, who) for who in sorted(others - now - {actor})]
    return told


def _people(names: Iterable[str]) -> set[str]:
    return {name for name in names if name.startswith("user:")}


def reminder(submission: int, who: str, event: Event, nth: int, due_at: datetime) -> NewOutboxEntry:
    """The nth reminder of the turn that began with this event."""
    key = f"{event.seq}:reminder:{nth}:{who}"
    return NewOutboxEntry(key, Channel.PEOPLE, Occasion.REMINDER, who, submission, event.seq, event.at, due_at, nth)


def _entry(event: Event, submission: int, occasion: Occasion, who: str) -> NewOutboxEntry:
    key = f"{event.seq}:{occasion.value}:{who}"
    return NewOutboxEntry(key, Channel.PEOPLE, occasion, who, submission, event.seq, event.at, event.at)
