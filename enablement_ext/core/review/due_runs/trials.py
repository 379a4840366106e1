"""A trial: a run that an author asks for before sending, of exactly what would be sent. Nobody else sees it, and it is forgotten after a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from enablement_ext.core.review.due_runs.models import DueRunResult, RunOutcome, RunState

KEPT = timedelta(hours=24)  # so long its verdict is shown, and used where the same content is sent
MOST_OPEN = 3  # of one person
SERVICE_STOPPED = "service-stopped"  # why one died whose notebook was in the memory of a process that is gone
TRIED = "tried"  # the reason of a result that was found before the version was sent


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial. `content` names notebook and files as they came (`content_mark`), `content_id` what they would be stored as, `conditions` what else
    the verdict depends on. `holder` is the process that has them in memory: nobody else can run it. Its lease is renewed for as long as
    the holder lives, also while it waits."""

    id: str
    author: str
    path: str
    content: str
    content_id: str
    image: str
    conditions: str
    holder: str
    asked_at: datetime
    state: RunState = RunState.QUEUED
    lease_until: datetime | None = None
    started_at: datetime | None = None
    cells_done: int = 0
    cells_total: int = 0
    ended_at: datetime | None = None
    result: DueRunResult | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state is not RunState.ENDED


def begun(trial: Trial, now: datetime, until: datetime) -> Trial:
    """A queued one that is run from now."""
    return replace(trial, state=RunState.RUNNING, started_at=now, lease_until=until)


def kept_alive(trial: Trial, until: datetime, cells: tuple[int, int] | None = None) -> Trial:
    """An open one whose holder lives; `cells` are those done, and all."""
    done, total = cells or (trial.cells_done, trial.cells_total)
    return replace(trial, lease_until=until, cells_done=done, cells_total=total)


def ended_trial(trial: Trial, now: datetime, result: DueRunResult) -> Trial:
    """The end of an open one."""
    return replace(trial, state=RunState.ENDED, lease_until=None, ended_at=now, result=result)


def is_verdict(trial: Trial) -> bool:
    """Whether it came to its end, so that the verdict stands for the version where the same content is sent."""
    return trial.result is not None and trial.result.outcome in (RunOutcome.SAME, RunOutcome.DIFFERS)
