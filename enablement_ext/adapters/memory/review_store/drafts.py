"""Drafts, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import Conflict, DraftsChanged, NotFound
from enablement_ext.core.review.discussion.drafts import RESOLUTIONS, Draft, resolution_of


class MemoryDraftReader:
    """A `DraftReader` over a state."""

    _state: MemoryState

    def drafts(self, person: str, submission: int) -> Sequence[Draft]:
        """By their places."""
        own = [each for each in self._state.drafts.values() if (each.by, each.submission) == (person, submission)]
        return tuple(sorted(own, key=lambda each: each.place))

    def draft(self, person: str, draft: int) -> Draft:
        """Raises `NotFound`."""
        found = self._state.drafts.get(draft)
        if found is None or found.by != person:
            raise NotFound
        return found

    def count_drafts(self, person: str) -> int:
        """On every submission."""
        return sum(1 for each in self._state.drafts.values() if each.by == person)

    def published_drafts(self, person: str, drafts: Sequence[int]) -> Mapping[int, int]:
        """{draft: event}, theirs alone."""
        known = {
            draft: self._state.published_drafts[draft] for draft in drafts if draft in self._state.published_drafts
        }
        return {draft: event for draft, (by, event) in known.items() if by == person}


class MemoryDraftWriter(MemoryDraftReader):
    """A `DraftWriter` over a state."""

    def add_draft(self, draft: Draft) -> Draft:
        """With the place after the greatest. Raises `NotFound`, `Conflict`."""
        if not any(each.number == draft.version for each in self._state.versions.get(draft.submission, ())):
            raise NotFound
        thread = None if draft.thread is None else self._state.threads.get(draft.thread)
        if draft.thread is not None and (thread is None or thread.submission != draft.submission):
            raise NotFound
        own = self.drafts(draft.by, draft.submission)
        if draft.id in self._state.drafts:
            raise Conflict
        if draft.kind in RESOLUTIONS and resolution_of(own, draft.thread or 0, draft.kind):
            raise Conflict
        added = replace(draft, stamp=1, place=max((each.place for each in own), default=0) + 1)
        self._state.drafts[draft.id] = added
        return added

    def replace_draft(self, expected_stamp: int, draft: Draft) -> Draft:
        """Compare and swap. Raises `NotFound`, `DraftsChanged`."""
        stored = self.draft(draft.by, draft.id)
        if stored.stamp != expected_stamp:
            raise DraftsChanged
        changed = replace(stored, text=draft.text, changed_at=draft.changed_at, suggestion=draft.suggestion)
        changed = replace(changed, stamp=expected_stamp + 1)
        self._state.drafts[draft.id] = changed
        return changed

    def discard_drafts(self, person: str, drafts: Sequence[int]) -> None:
        """What is somebody else's stays."""
        for draft in drafts:
            if draft in self._state.drafts and self._state.drafts[draft].by == person:
                del self._state.drafts[draft]

    def publish_drafts(self, person: str, drafts: Sequence[int], event: int) -> None:
        """Raises `NotFound`."""
        for draft in drafts:
            self.draft(person, draft)
            del self._state.drafts[draft]
            self._state.published_drafts[draft] = (person, event)
