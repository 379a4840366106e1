"""Which run is next, and how many wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from enablement_ext.core.review.due_runs.models import DueRun, RunState
from enablement_ext.core.review.due_runs.trials import Trial

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RunCandidate:
    """A queued run that is due, or a queued trial. `running` of its author's are being run now, of both; one was last started at `last_start`."""

    run: DueRun | Trial
    running: int = 0
    last_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunsInState:
    """How many runs (`trials`: or trials) are in an open state, and since when the oldest was asked for."""

    trials: bool
    state: RunState
    count: int
    since: datetime


def next_run(candidates: Sequence[RunCandidate], opened: Collection[tuple[int, int]]) -> DueRun | Trial | None:
    """First what a reviewer has `opened` (submission, version). Then the author of whom the fewest are running, then who waited longest since
    one of theirs was started, then the oldest: somebody who sends or tries a hundred keeps nobody waiting for more than one of them."""

    def rank(candidate: RunCandidate) -> tuple[bool, int, datetime, datetime, bool, int]:
        run = candidate.run
        trial, number = (False, run.number) if isinstance(run, DueRun) else (True, 0)
        waits = isinstance(run, Trial) or (run.submission, run.version) not in opened
        return waits, candidate.running, candidate.last_start or _NEVER, run.asked_at, trial, number

    return min(candidates, key=rank).run if candidates else None
