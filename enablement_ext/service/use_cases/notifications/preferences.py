"""What a person wants to be told. Who says that they are away gives what waits for them to the tracks, for as long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time, timedelta

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.attention import user
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.notifications.models import Channel, NewOutboxEntry, Occasion
from enablement_ext.core.review.notifications.preferences import Preferences, from_document
from enablement_ext.core.review.notifications.rules import NotificationRules
from enablement_ext.core.review.ports import ReviewReader, ReviewTransaction
from enablement_ext.core.review.queue import QueueFilter, QueueQuery
from enablement_ext.service.use_cases.review_context import ReviewContext

_PAGE = 200  # claims of one person
_MOST_ASKED = 10_000


def chosen(context: ReviewContext, principal: Principal) -> Preferences:
    """What this person chose, or what is usual here."""
    usual = context.notifications.usual if context.notifications is not None else Preferences()
    with context.store.read() as reader:
        return reader.preferences(principal.name) or usual


def checked(document: Mapping[str, object]) -> Preferences:
    """What the document says. Raises `BadRequest` in words for who chose."""
    try:
        return from_document(document)
    except ValueError as problem:
        raise BadRequest(str(problem)) from None


def choose(context: ReviewContext, person: str, preferences: Preferences) -> None:
    """Keep it. With days away, the tracks are told on the first of them of everything that waits for this person by name."""

    rules = context.notifications
    with context.store.write() as transaction:
        transaction.put_preferences(person, preferences)
        if preferences.away is not None and rules is not None:
            transaction.add_outbox(list(_handed_back(context, transaction, person, (preferences, rules))))


def _handed_back(
    context: ReviewContext,
    transaction: ReviewTransaction,
    person: str,
    chosen_now: tuple[Preferences, NotificationRules],
) -> Iterator[NewOutboxEntry]:
    preferences, rules = chosen_now
    away, now = preferences.away, context.clock.now()
    if away is None:
        return
    calendar = preferences.calendar(rules.holidays)
    first = calendar.at_time(away[0], time(0))
    for number, seq in _waiting(context, transaction, person):
        key = f"{seq}:away:{away[0]}:{away[1]}:{user(person)}"
        due = max(now, first + timedelta(minutes=1))
        yield NewOutboxEntry(key, Channel.PEOPLE, Occasion.TURN, user(person), number, seq, now, due)


def _waiting(context: ReviewContext, reader: ReviewReader, person: str) -> Iterator[tuple[int, int]]:
    """Other people's submissions in which this person has the turn by name, each with the event that gave it."""
    asked = [number for who, number in reader.asked_people(_MOST_ASKED) if who == person]
    query = QueueQuery(person, context.policy.all_tracks(), QueueFilter.MINE, limit=_PAGE)
    found = {submission.number: submission for submission in reader.page(query).items}
    found |= {number: reader.submission(number) for number in asked}
    for number, submission in found.items():
        for entry in submission.attention:
            if entry.who == user(person) and submission.author != person:
                yield number, entry.since_seq
