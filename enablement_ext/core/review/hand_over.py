"""What an administrator says about people: whose work goes to whom, and that accounts are those of the people they were.

Each is one transaction with its events. The actor is the command: who runs it has the database in their hands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from enablement_ext.core.access.people import Person
from enablement_ext.core.errors import Conflict, NotFound
from enablement_ext.core.review.attention import user
from enablement_ext.core.review.models import Attention, Submission
from enablement_ext.core.review.ports import NewEvent, ReviewReader, ReviewTransaction
from enablement_ext.core.review.queue import QueueFilter, QueueQuery

COMMAND = "command:people"
_PAGE = 200


@dataclass(frozen=True, slots=True)
class HandOver:
    """Whose work goes to whom, why, and how it is known that the first one's account is no more."""

    person: str
    heir: str
    reason: str
    checked: str


def hand_over(transaction: ReviewTransaction, order: HandOver, now: datetime) -> int:
    """Make the heir the author of everything the person is the author of, and the owner of their repositories; how many submissions.

    Whoever wrote, decided or sent something stays who they were. Raises `NotFound` for an heir who was never seen, `Conflict` for one whose
    own work was handed over, and for one who decided on what they would be the author of.
    """
    heir = transaction.person(order.heir)
    if heir is None or order.person == order.heir:
        raise NotFound
    gone = transaction.person(order.person) or Person(order.person, order.person, None, False, now, now)
    if heir.heir is not None:
        raise Conflict(f"The work of {heir.id} was handed over to {heir.heir}.")
    for each in transaction.handed_to(gone.id):
        earlier = transaction.person(each)
        if earlier is not None:
            transaction.put_person(replace(earlier, heir=heir.id))
    transaction.put_person(replace(gone, holds=False, heir=heir.id))
    facts = (("person", gone.id), ("heir", heir.id), ("reason", order.reason), ("checked", order.checked))
    transaction.append_event(NewEvent(now, COMMAND, "work_handed_over", data=facts))
    numbers = [submission.number for submission in _authored(transaction, gone.id)]
    for number in numbers:
        _give(transaction, transaction.submission(number), heir.id, now)
    return len(numbers)


def adopt(transaction: ReviewTransaction, now: datetime) -> int:
    """Bind everybody again to whichever account next comes under their name, because the hub's database is new; how many people."""
    held = [person for person in every_person(transaction) if person.holds]
    for person in held:
        transaction.put_person(replace(person, created=None))
    transaction.append_event(NewEvent(now, COMMAND, "people_adopted", data=(("people", len(held)),)))
    return len(held)


def release(transaction: ReviewTransaction, identifier: str, now: datetime) -> None:
    """Say that the account under this person's name is somebody else's. Raises `NotFound` where they hold none."""
    person = transaction.person(identifier)
    if person is None or not person.holds:
        raise NotFound
    transaction.put_person(replace(person, holds=False))
    facts = (("person", person.id), ("name", person.name))
    transaction.append_event(NewEvent(now, COMMAND, "name_released", data=facts))


def every_person(reader: ReviewReader) -> list[Person]:
    """All of them, by identifier."""
    found: list[Person] = []
    while page := reader.people(found[-1].id if found else ""):
        found.extend(page)
    return found


def _authored(transaction: ReviewTransaction, author: str) -> Iterator[Submission]:
    after: int | None = None
    while True:
        query = QueueQuery(author, frozenset(), QueueFilter.SENT, after=after, limit=_PAGE)
        page = transaction.page(query)
        yield from page.items
        if page.next_after is None:
            return
        after = page.next_after


def _give(transaction: ReviewTransaction, before: Submission, heir: str, now: datetime) -> None:
    if any(each.by == heir and each.fallen_because is None for each in transaction.decisions(before.number)):
        raise Conflict(f"{heir} decided on #{before.number}, and would be its author. Hand it over to somebody else.")
    facts = (("from", before.author), ("to", heir))
    event = transaction.append_event(NewEvent(now, COMMAND, "author_changed", before.number, before.latest, data=facts))
    transaction.set_author(before.number, heir)
    turns = _turns(before, heir)
    after = replace(before, author=heir, attention=turns, updated_at=now, updated_seq=event.seq)
    if before.claim is not None and before.claim.by == heir:
        after = replace(
            after, claim=replace(before.claim, expires_at=now)
        )  # nobody reviews their own: the next sweep ends it
    transaction.replace_submission(before.stamp, after)


def _turns(before: Submission, heir: str) -> tuple[Attention, ...]:
    """The author's turn is the heir's, since when it was the author's."""
    kept = {
        replace(each, who=user(heir)) if each.who == user(before.author) else each
        for each in before.attention
        if each.who != user(heir)
    }
    return tuple(sorted(kept, key=lambda each: (each.since_seq, each.who)))
