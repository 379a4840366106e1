"""An entry of the outbox, from the event that it is written with until it was delivered. A change is a new value; what ended never changes again.

An entry for everybody whom an attention name means (`Channel.PEOPLE`) becomes one entry for each person and webhook when it is due.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

MOST_FAILURES = 12  # together from 12 to 18 hours; then it waits for a platform engineer
MOST_REMINDERS = 3  # of one turn
_FIRST_BACK_OFF = timedelta(seconds=30)
_LONGEST_BACK_OFF = timedelta(hours=4)
_JITTER = 0.5  # so much longer at most


class Occasion(StrEnum):
    """Why somebody is told."""

    TURN = "turn"  # it became their turn
    NEWS = "news"  # something happened to what is theirs
    REMINDER = "reminder"  # it has been their turn for a norm


class Channel(StrEnum):
    """How it goes on."""

    PEOPLE = "people"  # to whom, is found out when it is due
    MAIL = "mail"
    DIGEST = "digest"  # one mail for all that is due
    WEBHOOK = "webhook"


class OutboxState(StrEnum):
    """Where an entry stands."""

    QUEUED = "queued"
    TAKEN = "taken"
    ENDED = "ended"
    DEAD = "dead"  # given up; `retried` takes it up again


class DeliveryEnd(StrEnum):
    """How an entry ended."""

    DELIVERED = "delivered"
    PASSED_ON = "passed-on"  # there is an entry for each person
    OVER = "over"  # the turn had passed on before it was due
    MAY_NOT_SEE = "may-not-see"
    NOT_WANTED = "not-wanted"
    NO_ADDRESS = "no-address"
    UNKNOWN = "unknown"  # the webhook is not configured any more


class Undeliverable(Exception):
    """It was not delivered, in words for a platform engineer. `final`: trying again changes nothing."""

    def __init__(self, problem: str, *, final: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.final = final


@dataclass(frozen=True, slots=True)
class NewOutboxEntry:
    """An entry before it has a number. `key` is unique for ever: what is written twice is there once.

    `who` is an attention name, or "webhook:NAME". `event` is the number of the event that it is about; `nth` counts reminders of one turn.
    """

    key: str
    channel: Channel
    occasion: Occasion
    who: str
    submission: int
    event: int
    created_at: datetime
    due_at: datetime
    nth: int = 0
    note: str = ""  # a sentence for the person; of a webhook the track


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An entry. `attempt` counts how often it was taken: what comes of it belongs to the present one. `problem` is that of the last failure."""

    number: int
    key: str
    channel: Channel
    occasion: Occasion
    who: str
    submission: int
    event: int
    created_at: datetime
    due_at: datetime
    nth: int
    note: str
    state: OutboxState = OutboxState.QUEUED
    attempt: int = 0
    failures: int = 0
    lease_until: datetime | None = None
    ended_at: datetime | None = None
    end: DeliveryEnd | None = None
    problem: str = ""


def queued(new: NewOutboxEntry, number: int) -> OutboxEntry:
    """One that was just written."""
    return OutboxEntry(
        number,
        new.key,
        new.channel,
        new.occasion,
        new.who,
        new.submission,
        new.event,
        new.created_at,
        new.due_at,
        new.nth,
        new.note,
    )


def taken(entry: OutboxEntry, until: datetime) -> OutboxEntry:
    """One that somebody works on until then."""
    return replace(entry, state=OutboxState.TAKEN, attempt=entry.attempt + 1, lease_until=until)


def postponed(entry: OutboxEntry, due_at: datetime) -> OutboxEntry:
    """One whose time has not come yet."""
    return replace(entry, state=OutboxState.QUEUED, lease_until=None, due_at=due_at)


def failed(entry: OutboxEntry, now: datetime, problem: Undeliverable, chance: float) -> OutboxEntry:
    """Due later, or dead where it failed too often or for good. `chance`, from 0 to 1, spreads those that failed together."""
    again = replace(entry, failures=entry.failures + 1, lease_until=None, problem=problem.problem)
    if problem.final or again.failures >= MOST_FAILURES:
        return replace(again, state=OutboxState.DEAD)
    pause = min(_FIRST_BACK_OFF * 2 ** (again.failures - 1), _LONGEST_BACK_OFF)
    return postponed(again, now + pause * (1 + _JITTER * chance))


def ended(entry: OutboxEntry, now: datetime, end: DeliveryEnd) -> OutboxEntry:
    """Nothing more comes of it; what went wrong on the way is forgotten."""
    return replace(entry, state=OutboxState.ENDED, lease_until=None, ended_at=now, end=end, problem="")


def retried(entry: OutboxEntry, now: datetime) -> OutboxEntry:
    """A dead one that is tried again, as often as a new one."""
    return replace(entry, state=OutboxState.QUEUED, failures=0, due_at=now)
