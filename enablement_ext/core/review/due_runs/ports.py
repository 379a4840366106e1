"""Where due runs are kept: a part of the review store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from enablement_ext.core.review.due_runs.choosing import RunCandidate, RunsInState
from enablement_ext.core.review.due_runs.models import DueRun, NewDueRun, RunKind
from enablement_ext.core.review.due_runs.trials import Trial


class TrialReader(Protocol):
    """Reads of trials."""

    def trial(self, trial: str) -> Trial:
        """By its id. Raises `NotFound`."""
        ...

    def latest_trial(self, author: str, path: str) -> Trial | None:
        """The newest one of a person's notebook, whatever its state."""
        ...

    def open_trials(self, *, author: str = "", holder: str = "") -> Sequence[Trial]:
        """Those that have not ended, oldest first: of a person, of a process, or all."""
        ...

    def tried(self, author: str, content_id: str, conditions: str) -> Trial | None:
        """The newest one of this person and content, under these conditions, of which what it showed is still kept."""
        ...

    def trial_showed(self, trial: str) -> bytes:
        """The notebook with what it showed. Raises `NotFound` where that is not kept (any more)."""
        ...


class DueRunReader(TrialReader, Protocol):
    """Reads of due runs."""

    def due_run(self, number: int) -> DueRun:
        """Raises `NotFound`."""
        ...

    def latest_due_run(self, submission: int, version: int, kind: RunKind) -> DueRun | None:
        """The newest one of a version, whatever its state; None where none was ever asked for."""
        ...

    def open_due_runs(self, submission: int) -> Sequence[DueRun]:
        """Those of a submission that have not ended, oldest first."""
        ...

    def due_run_notebooks(self, submission: int) -> Sequence[str]:
        """SHA-256 of every notebook that results of a submission's runs name, each once."""
        ...

    def due_run_candidates(
        self, now: datetime, opened: Collection[tuple[int, int]], holder: str = ""
    ) -> Sequence[RunCandidate]:
        """The oldest queued run of each author that is due, those of versions that are `opened`, and of each author the oldest queued trial that
        `holder` has: what `next_run` chooses from."""
        ...

    def run_queue(self) -> Sequence[RunsInState]:
        """How many runs and trials are waiting and running, and since when the oldest of each; those that there are none of are left out."""
        ...

    def lapsed_due_runs(self, now: datetime, limit: int) -> Sequence[DueRun]:
        """Running ones whose lease is over: nobody works on them any more."""
        ...


class TrialWriter(TrialReader, Protocol):
    """Writes of trials. What ended never changes, and a person's notebook has one open trial: the store refuses anything else."""

    def add_trial(self, new: Trial) -> None:
        """Queue it; what earlier ones of the same notebook showed is forgotten, and the person's ended ones that were never begun are deleted. Raises
        `Conflict` where one is open."""
        ...

    def replace_trial(self, before: Trial, after: Trial, showed: bytes | None = None) -> None:
        """Store the next value of it, and with its end what it showed. Raises `StaleStamp` where it is no longer in the state of `before`."""
        ...

    def forget_trials(self, before: datetime) -> int:
        """Delete those that ended before; how many."""
        ...

    def forget_trial(self, trial: str) -> None:
        """Forget what an ended one showed; nothing where it is not there."""
        ...


class DueRunWriter(DueRunReader, TrialWriter, Protocol):
    """Writes. What ended never changes, the attempt never falls, and a version has one open run of a kind: the store refuses anything else."""

    def add_due_run(self, new: NewDueRun) -> DueRun:
        """Queue it. Raises `Conflict` where one of that version and kind is open, `NotFound`."""
        ...

    def replace_due_run(self, before: DueRun, after: DueRun) -> None:
        """Store the next value of it. Raises `StaleStamp` where it is no longer in the state and attempt of `before`, `NotFound`."""
        ...
