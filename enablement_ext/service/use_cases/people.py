"""People behind hub accounts: recorded when they are seen. A change of who has which name is an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from enablement_ext.core.access.people import SIGHT_EVERY, Account, Person, Records, Sight, bound, free_id, sight
from enablement_ext.core.review.ports import NewEvent, ReviewTransaction
from enablement_ext.service.use_cases.review_context import ReviewContext, commit


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an account is; `heir_of`: whose work was handed over to them."""

    person: str
    heir_of: frozenset[str]


def records(context: ReviewContext, account: Account) -> tuple[Records, Identity | None]:
    """What is stored of the account; who it is where there is nothing to record."""
    with context.store.read() as reader:
        found = reader.records(account)
        known = found.known(account)
        if known is None or context.clock.now() - known.seen_at >= SIGHT_EVERY:
            return found, None
        return found, Identity(known.id, frozenset(reader.handed_to(known.id)))


def record(context: ReviewContext, account: Account, seen: Records, gone: frozenset[str]) -> Identity | None:
    """Store what it means that the account was seen and return who it is; None where something else was stored meanwhile: look again.

    `gone`: of `seen.same_time`, the identifiers of those whose account is no more, as the hub says.
    """

    def work(transaction: ReviewTransaction) -> Identity | None:
        if transaction.records(account) != seen:
            return None
        what, person = sight(account, seen, lambda candidate: candidate.id in gone)
        person = _stored(context, transaction, account, (what, person, seen.holder))
        return Identity(person.id, frozenset(transaction.handed_to(person.id)))

    return commit(context, work)


def witnesses(context: ReviewContext, person: Person, most: int) -> Sequence[Person]:
    """Others whose accounts were in the same hub database as the person's."""
    with context.store.read() as reader:
        return reader.witnesses(person, most)


def person(context: ReviewContext, identifier: str) -> Person | None:
    """Whoever has this identifier, None for one who was never seen."""
    with context.store.read() as reader:
        return reader.person(identifier)


def holders(context: ReviewContext, names: frozenset[str]) -> frozenset[str]:
    """Who has the accounts of these names; who was never seen is known by the name."""
    with context.store.read() as reader:
        found = [(name, reader.holder(name)) for name in names]
    return frozenset(name if holder is None else holder.id for name, holder in found)


def _stored(
    context: ReviewContext,
    transaction: ReviewTransaction,
    account: Account,
    seen: tuple[Sight, Person | None, Person | None],
) -> Person:
    now = context.clock.now()
    what, known, holder = seen
    if known is not None and what is Sight.KNOWN:
        after = replace(known, seen_at=now)
    else:
        if holder is not None and holder != known:
            transaction.put_person(replace(holder, holds=False))
        start = known or Person(
            free_id(account.name, lambda name: transaction.person(name) is not None), account.name, None, True, now, now
        )
        after = bound(start, account, now)
    transaction.put_person(after)
    if what in (Sight.RENAMED, Sight.REUSED):
        facts = {"name": account.name, "before": known.name if known else "", "held_by": holder.id if holder else ""}
        transaction.append_event(NewEvent(now, after.id, f"name_{what.value}", data=tuple(facts.items())))
    return after
