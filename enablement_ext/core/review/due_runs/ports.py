"""Where due runs are kept: a part of the review store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from enablement_ext.core.review.due_runs.choosing import RunCandidate
from enablement_ext.core.review.due_runs.models import DueRun, NewDueRun, RunKind


class DueRunReader(Protocol):
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

    def due_run_candidates(self, now: datetime, opened: Collection[tuple[int, int]]) -> Sequence[RunCandidate]:
        """The oldest queued run of each author that is due, and those of versions that are `opened`: what `next_run` chooses from."""
        ...

    def lapsed_due_runs(self, now: datetime, limit: int) -> Sequence[DueRun]:
        """Running ones whose lease is over: nobody works on them any more."""
        ...


class DueRunWriter(DueRunReader, Protocol):
    """Writes. What ended never changes, the attempt never falls, and a version has one open run of a kind: the store refuses anything else."""

    def add_due_run(self, new: NewDueRun) -> DueRun:
        """Queue it. Raises `Conflict` where one of that version and kind is open, `NotFound`."""
        ...

    def replace_due_run(self, before: DueRun, after: DueRun) -> None:
        """Store the next value of it. Raises `StaleStamp` where it is no longer in the state and attempt of `before`, `NotFound`."""
        ...
