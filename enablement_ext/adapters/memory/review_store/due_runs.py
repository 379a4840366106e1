"""Due runs, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from enablement_ext.adapters.memory.review_store.trials import MemoryTrialReader, MemoryTrialWriter
from enablement_ext.core.errors import Conflict, NotFound, StaleStamp
from enablement_ext.core.review.due_runs.choosing import RunCandidate, RunsInState
from enablement_ext.core.review.due_runs.models import DueRun, NewDueRun, RunKind, RunState, queued
from enablement_ext.core.review.due_runs.trials import Trial


class MemoryDueRunReader(MemoryTrialReader):
    """A `DueRunReader` over a state."""

    def due_run(self, number: int) -> DueRun:
        """Raises `NotFound`."""
        run = self._state.due_runs.get(number)
        if run is None:
            raise NotFound
        return run

    def latest_due_run(self, submission: int, version: int, kind: RunKind) -> DueRun | None:
        """The one with the greatest number."""
        of = [run for run in self._state.due_runs.values() if (run.submission, run.version) == (submission, version)]
        return max((run for run in of if run.kind is kind), key=lambda run: run.number, default=None)

    def open_due_runs(self, submission: int) -> Sequence[DueRun]:
        """Oldest first."""
        of = [run for run in self._state.due_runs.values() if run.submission == submission and run.is_open]
        return tuple(sorted(of, key=lambda run: run.number))

    def due_run_notebooks(self, submission: int) -> Sequence[str]:
        """In order."""
        of = [run.result for run in self._state.due_runs.values() if run.submission == submission]
        return tuple(sorted({result.notebook for result in of if result is not None and result.notebook}))

    def due_run_candidates(
        self, now: datetime, opened: Collection[tuple[int, int]], holder: str = ""
    ) -> Sequence[RunCandidate]:
        """The oldest of each author, and those that are opened."""
        every = sorted(self._state.due_runs.values(), key=lambda run: run.number)
        due = [run for run in every if run.state is RunState.QUEUED and run.due_at <= now]
        first: dict[str, int] = {}
        for run in due:
            first.setdefault(run.author, run.number)
        found = [run for run in due if run.number == first[run.author] or (run.submission, run.version) in opened]
        trials = [each for each in self.open_trials(holder=holder) if each.state is RunState.QUEUED] if holder else []
        oldest = dict[str, Trial]()
        for trial in trials:
            oldest.setdefault(trial.author, trial)
        chosen: tuple[DueRun | Trial, ...] = (*found, *oldest.values())
        return tuple(map(self._candidate, chosen))

    def run_queue(self) -> Sequence[RunsInState]:
        """Counted."""
        waiting = dict[tuple[bool, RunState], list[datetime]]()
        every: tuple[DueRun | Trial, ...] = (*self._state.due_runs.values(), *self._state.trials.values())
        for run in every:
            if run.is_open:
                waiting.setdefault((isinstance(run, Trial), run.state), []).append(run.asked_at)
        return tuple(RunsInState(*key, len(since), min(since)) for key, since in waiting.items())

    def lapsed_due_runs(self, now: datetime, limit: int) -> Sequence[DueRun]:
        """The longest lapsed first."""
        lapsed = [
            (run.lease_until, run.number, run)
            for run in self._state.due_runs.values()
            if run.lease_until is not None and run.lease_until < now
        ]
        return tuple(run for _, _, run in sorted(lapsed, key=lambda row: row[:2])[:limit])

    def _candidate(self, run: DueRun | Trial) -> RunCandidate:
        every: tuple[DueRun | Trial, ...] = (*self._state.due_runs.values(), *self._state.trials.values())
        own = [each for each in every if each.author == run.author]
        started = [each.started_at for each in own if each.started_at is not None]
        running = sum(1 for each in own if each.state is RunState.RUNNING)
        return RunCandidate(run, running, max(started, default=None))


class MemoryDueRunWriter(MemoryDueRunReader, MemoryTrialWriter):
    """A `DueRunWriter` over a state."""

    def add_due_run(self, new: NewDueRun) -> DueRun:
        """Append with the next number. Raises `Conflict`, `NotFound`."""
        if not any(each.number == new.version for each in self._state.versions.get(new.submission, ())):
            raise NotFound
        before = self.latest_due_run(new.submission, new.version, new.kind)
        if before is not None and before.is_open:
            raise Conflict("It is being run again already.")
        added = queued(new, len(self._state.due_runs) + 1)
        self._state.due_runs[added.number] = added
        return added

    def replace_due_run(self, before: DueRun, after: DueRun) -> None:
        """Compare and swap, by state and attempt. Raises `StaleStamp`, `NotFound`; `ValueError` for what the databases refuse."""
        stored = self.due_run(before.number)
        if (stored.state, stored.attempt) != (before.state, before.attempt):
            raise StaleStamp
        begins = stored.state is RunState.QUEUED and after.state is RunState.RUNNING
        if not stored.is_open or after.attempt != stored.attempt + begins:
            raise ValueError("a run that ended never changes, and a result belongs to the attempt that found it")
        self._state.due_runs[before.number] = after
