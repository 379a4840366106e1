"""People, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.access.people import UNTOLD, Account, Person, Records
from enablement_ext.core.errors import Conflict, NotFound


class MemoryPeopleReader:
    """A `PeopleReader` over a state."""

    _state: MemoryState

    def person(self, person: str) -> Person | None:
        """By the identifier."""
        return self._state.people.get(person)

    def holder(self, name: str) -> Person | None:
        """Whoever holds it."""
        return next((each for each in self._sorted() if each.holds and each.name == name), None)

    def records(self, account: Account) -> Records:
        """Who holds the name, and who has the time."""
        holder = self.holder(account.name)
        if account.created == UNTOLD:
            return Records(holder, ())
        same = tuple(each for each in self._sorted() if each.created == account.created and each is not holder)
        return Records(holder, same)

    def people(self, after: str = "", limit: int = 500) -> Sequence[Person]:
        """By identifier."""
        return tuple(each for each in self._sorted() if each.id > after)[:limit]

    def witnesses(self, person: Person, limit: int) -> Sequence[Person]:
        """Whoever was seen last first."""
        found = [
            each
            for each in self._sorted()
            if each.holds
            and each.created is not None
            and each.id != person.id
            and (each.bound_at <= person.seen_at or (person.created is not None and each.created <= person.created))
        ]
        return tuple(sorted(found, key=lambda each: each.seen_at, reverse=True)[:limit])

    def handed_to(self, heir: str) -> Sequence[str]:
        """In order."""
        return tuple(each.id for each in self._sorted() if each.heir == heir)

    def _sorted(self) -> list[Person]:
        return [self._state.people[key] for key in sorted(self._state.people)]


class MemoryPeopleWriter(MemoryPeopleReader):
    """A `PeopleWriter` over a state, and what only somebody's heir may be given."""

    def put_person(self, person: Person) -> None:
        """Insert or replace. Raises `Conflict`."""
        others = [each for each in self._state.people.values() if each.holds and each.id != person.id]
        if person.holds and any(each.name == person.name for each in others):
            raise Conflict
        self._state.people[person.id] = person

    def set_author(self, submission: int, author: str) -> None:
        """Raises `NotFound`, `Conflict`."""
        stored = self._state.submissions.get(submission)
        if stored is None:
            raise NotFound
        before = self._state.people.get(stored.author)
        if before is None or before.heir != author:
            raise Conflict
        self._state.submissions[submission] = replace(stored, author=author)
