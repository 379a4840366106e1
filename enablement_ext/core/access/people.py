"""Who a hub account is: people keep one identity, whatever their account is called.

A name in a hub can change, and a freed name can be given to somebody else. The time at which the hub made an account does not change with
its name, and an account made anew has another. So a person is bound, when first seen, to the name *and* that time, and is known by an
identifier that nobody else ever gets: the name at first sight, or `name/2` where that was taken (no hub name has a slash).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count

UNTOLD = datetime(1970, 1, 1, tzinfo=UTC)  # of an account so old that the hub kept no time
SIGHT_EVERY = timedelta(minutes=10)  # how exactly `Person.seen_at` is kept


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the hub has it now. `created`: when the hub made it, aware, in UTC."""

    name: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was seen. `holds`: the account `name` is theirs, as far as was seen; False once another one was seen under it.

    `created` None: bound to whoever comes next under this name. `bound_at`: since when it is bound to this account. `heir`: whose their
    work is since it was handed over.
    """

    id: str
    name: str
    created: datetime | None
    holds: bool
    bound_at: datetime
    seen_at: datetime
    heir: str | None = None


class Sight(StrEnum):
    """What it means that an account was seen."""

    KNOWN = "known"
    BOUND = "bound"  # a person who was waiting for an account
    RENAMED = "renamed"
    REUSED = "reused"  # somebody new under a name that another account had
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Records:
    """What is stored of an account that was seen: who holds its name, and who is bound to its time of creation."""

    holder: Person | None
    same_time: Sequence[Person]

    def known(self, account: Account) -> Person | None:
        """The person it is, where nothing has changed."""
        return self.holder if self.holder is not None and self.holder.created == account.created else None

    def renamed(self, gone: Callable[[Person], bool]) -> Person | None:
        """Who comes under another name than before. `gone`: whether the account they held is no more; else two were made at one time."""
        return next((person for person in self.same_time if not person.holds or gone(person)), None)


def sight(account: Account, records: Records, gone: Callable[[Person], bool]) -> tuple[Sight, Person | None]:
    """What was seen, and who it is, None for somebody new."""
    if known := records.known(account):
        return Sight.KNOWN, known
    if renamed := records.renamed(gone):
        return Sight.RENAMED, renamed
    if records.holder is None:
        return Sight.FIRST, None
    return (Sight.BOUND, records.holder) if records.holder.created is None else (Sight.REUSED, None)


def bound(person: Person, account: Account, now: datetime) -> Person:
    """The same identifier with this account, whatever account there was before."""
    return replace(person, name=account.name, created=account.created, holds=True, bound_at=now, seen_at=now)


def free_id(name: str, taken: Callable[[str], bool]) -> str:
    """The identifier of somebody new who comes under this name."""
    if not taken(name):
        return name
    return next(candidate for candidate in (f"{name}/{number}" for number in count(2)) if not taken(candidate))
