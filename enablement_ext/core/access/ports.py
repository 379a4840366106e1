"""Ports of access: the people who were seen, and what they confirmed, as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from enablement_ext.core.access.confirmations import Confirmation, NewConfirmation, Settlement
from enablement_ext.core.access.people import Account, Person, Records


class PeopleReader(Protocol):
    """People who were seen."""

    def person(self, person: str) -> Person | None:
        """Whoever has this identifier."""
        ...

    def holder(self, name: str) -> Person | None:
        """Whose account has this name, as far as was seen."""
        ...

    def records(self, account: Account) -> Records:
        """What is known of an account. `same_time` are ordered by their identifiers, leave out who holds its name, and are none for `UNTOLD`."""
        ...

    def people(self, after: str = "", limit: int = 500) -> Sequence[Person]:
        """By identifier, those after this one."""
        ...

    def witnesses(self, person: Person, limit: int) -> Sequence[Person]:
        """Others who hold an account of the hub database that the person's was in: made before it, or bound by when the person was last seen.

        Whoever was seen last comes first.
        """
        ...

    def handed_to(self, heir: str) -> Sequence[str]:
        """The identifiers of those whose work was handed over to this person, in order."""
        ...


class PeopleWriter(PeopleReader, Protocol):
    """Storing people. Nobody is ever deleted, and a name is held by one person at a time."""

    def put_person(self, person: Person) -> None:
        """Insert or replace, by the identifier. Raises `Conflict` where another person holds the name."""
        ...


class ConfirmationReader(Protocol):
    """What was confirmed on the pages of the decision origin."""

    def confirmation(self, number: int) -> Confirmation:
        """Raises `NotFound`."""
        ...

    def confirmations_by(self, person: str, below: int | None = None, limit: int = 50) -> Sequence[Confirmation]:
        """What this person confirmed, newest first; with `below`, those with a smaller number."""
        ...

    def confirmations_about(self, submission: int) -> Sequence[Confirmation]:
        """What was confirmed about this submission, oldest first."""
        ...

    def held_confirmations(self, limit: int = 200) -> Sequence[Confirmation]:
        """Those that keep a decision on hold, the oldest first."""
        ...

    def last_dispute(self, person: str) -> datetime | None:
        """When this person last said that something was not them; None where they never did."""
        ...


class ConfirmationWriter(ConfirmationReader, Protocol):
    """Storing what was confirmed. It never changes; a dispute and its settlement are added to it once each, and are never undone."""

    def add_confirmation(self, confirmation: NewConfirmation) -> Confirmation:
        """Append with the next number. Its event is stored already."""
        ...

    def dispute_confirmation(self, number: int, at: datetime) -> Confirmation:
        """Note that its maker says it was not them. Raises `NotFound`, `Conflict` the second time."""
        ...

    def settle_confirmation(self, number: int, settlement: Settlement) -> Confirmation:
        """Note how the dispute ended. Raises `NotFound`, `Conflict` where it is not held, or by who made it."""
        ...
