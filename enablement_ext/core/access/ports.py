"""Ports of access: the people who were seen, as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
