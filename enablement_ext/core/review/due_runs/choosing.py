"""Which run is next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from enablement_ext.core.review.due_runs.models import DueRun

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RunCandidate:
    """A queued run that is due. `running` of its author's are being run now; one was last started at `last_start`."""

    run: DueRun
    running: int = 0
    last_start: datetime | None = None


def next_run(candidates: Sequence[RunCandidate], opened: Collection[tuple[int, int]]) -> DueRun | None:
    """First what a reviewer has `opened` (submission, version). Then the author of whom the fewest are running, then who waited longest since
    one of theirs was started, then the oldest: somebody who sends a hundred keeps nobody waiting for more than one of them."""

    def rank(candidate: RunCandidate) -> tuple[bool, int, datetime, int]:
        run = candidate.run
        waits = (run.submission, run.version) not in opened
        return waits, candidate.running, candidate.last_start or _NEVER, run.number

    return min(candidates, key=rank).run if candidates else None
