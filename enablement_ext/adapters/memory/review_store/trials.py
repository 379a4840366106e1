"""Trials, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import Conflict, NotFound, StaleStamp
from enablement_ext.core.review.due_runs.trials import Trial


class MemoryTrialReader:
    """A `TrialReader` over a state."""

    _state: MemoryState

    def trial(self, trial: str) -> Trial:
        """Raises `NotFound`."""
        found = self._state.trials.get(trial)
        if found is None:
            raise NotFound
        return found

    def latest_trial(self, author: str, path: str) -> Trial | None:
        """The one that was asked for last."""
        of = [each for each in self._trials_in_order() if (each.author, each.path) == (author, path)]
        return of[-1] if of else None

    def open_trials(self, *, author: str = "", holder: str = "") -> Sequence[Trial]:
        """Oldest first."""
        found = [each for each in self._trials_in_order() if each.is_open]
        return tuple(each for each in found if author in ("", each.author) and holder in ("", each.holder))

    def tried(self, author: str, content_id: str, conditions: str) -> Trial | None:
        """The newest."""
        wanted = (author, content_id, conditions)
        found = [
            each
            for each in self._trials_in_order()
            if (each.author, each.content_id, each.conditions) == wanted and each.id in self._state.trials_showed
        ]
        return found[-1] if found else None

    def trial_showed(self, trial: str) -> bytes:
        """Raises `NotFound`."""
        found = self._state.trials_showed.get(trial)
        if found is None:
            raise NotFound
        return found

    def _trials_in_order(self) -> list[Trial]:
        return sorted(self._state.trials.values(), key=lambda each: each.asked_at)


class MemoryTrialWriter(MemoryTrialReader):
    """A `TrialWriter` over a state."""

    def add_trial(self, new: Trial) -> None:
        """Raises `Conflict`."""
        for each in self._trials_in_order():
            if (each.author, each.path) == (new.author, new.path):
                if each.is_open:
                    raise Conflict("It is being tried already.")
                self.forget_trial(each.id)
            if each.author == new.author and not each.is_open and each.started_at is None:
                del self._state.trials[each.id]
        self._state.trials[new.id] = new

    def replace_trial(self, before: Trial, after: Trial, showed: bytes | None = None) -> None:
        """Compare and swap, by state. Raises `StaleStamp`; `ValueError` for what the databases refuse."""
        stored = self._state.trials.get(before.id)
        if stored is None or stored.state is not before.state:
            raise StaleStamp
        if not stored.is_open or (after.is_open and showed is not None):
            raise ValueError("a trial that ended never changes, and what it showed comes with its end")
        self._state.trials[before.id] = after
        if showed is not None:
            self._state.trials_showed[before.id] = showed

    def forget_trials(self, before: datetime) -> int:
        """Those that ended."""
        old = [each.id for each in self._trials_in_order() if each.ended_at is not None and each.ended_at < before]
        for trial in old:
            del self._state.trials[trial]
            self._state.trials_showed.pop(trial, None)
        return len(old)

    def forget_trial(self, trial: str) -> None:
        """The value stays, without its document."""
        found = self._state.trials.get(trial)
        if found is not None and found.result is not None:
            self._state.trials[trial] = replace(found, result=replace(found.result, document=""))
            self._state.trials_showed.pop(trial, None)
