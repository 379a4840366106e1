"""Suggested edits, in memory: with their threads."""

from __future__ import annotations

from dataclasses import replace

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import Conflict, NotFound
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.models import Thread


class MemorySuggestionWriter:
    """A `SuggestionWriter` over a state."""

    _state: MemoryState

    def add_suggestion(self, thread: int, suggestion: Suggestion) -> None:
        """Raises `NotFound`, `Conflict`."""
        stored = self._state.threads.get(thread)
        if stored is None:
            raise NotFound
        if stored.suggestion is not None:
            raise Conflict
        self._keep(stored, Suggestion(suggestion.replaces, suggestion.source))

    def suggestion_applied(self, thread: int, version: int) -> None:
        """Raises `NotFound`, `Conflict`."""
        stored, suggestion = self._one(thread)
        if suggestion.applied_in is not None:
            raise Conflict
        self._keep(stored, replace(suggestion, applied_in=version))

    def suggestion_rejected(self, thread: int, comment: int) -> None:
        """Raises `NotFound`, `Conflict`."""
        stored, suggestion = self._one(thread)
        if not any(each.id == comment for each in stored.comments):
            raise NotFound
        if suggestion.applied_in is not None or suggestion.rejected_in is not None:
            raise Conflict
        self._keep(stored, replace(suggestion, rejected_in=comment))

    def _one(self, thread: int) -> tuple[Thread, Suggestion]:
        stored = self._state.threads.get(thread)
        if stored is None or stored.suggestion is None:
            raise NotFound
        return stored, stored.suggestion

    def _keep(self, thread: Thread, suggestion: Suggestion) -> None:
        self._state.threads[thread.id] = replace(thread, suggestion=suggestion)
