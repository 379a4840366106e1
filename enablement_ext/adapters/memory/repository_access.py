"""Who was let into repositories, and which submissions came out of them, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.git.access.ports import Member
from enablement_ext.core.review.lifecycle import OPEN


class MemoryAccessReader:
    """An `AccessReader` over a state."""

    _state: MemoryState

    def members(self, path: str) -> Sequence[Member]:
        """By a scan."""
        found = (member for (at, _), member in self._state.members.items() if at == path)
        return tuple(sorted(found, key=lambda member: member.who))

    def memberships(self, who: str) -> Sequence[Member]:
        """By a scan."""
        found = (member for (_, whose), member in self._state.members.items() if whose == who)
        return tuple(sorted(found, key=lambda member: member.repository.path))

    def submissions_from(self, path: str, limit: int) -> Sequence[int]:
        """By a scan."""
        return sorted((number for at, number in self._state.origins if at == path), reverse=True)[:limit]

    def repositories_in_review(self, limit: int) -> Sequence[str]:
        """By a scan."""
        newest = dict[str, int]()
        for path, number in self._state.origins:
            if self._state.submissions[number].state in OPEN:
                newest[path] = max(number, newest.get(path, 0))
        return sorted(newest, key=lambda path: newest[path], reverse=True)[:limit]


class MemoryAccessWriter(MemoryAccessReader):
    """An `AccessWriter` over a state."""

    def put_member(self, member: Member) -> None:
        """One for each person and repository."""
        self._state.members[member.repository.path, member.who] = member

    def remove_member(self, path: str, who: str) -> None:
        """Nothing where there is none."""
        self._state.members.pop((path, who), None)

    def keep_origin(self, path: str, submission: int) -> None:
        """A set of pairs."""
        self._state.origins.add((path, submission))
