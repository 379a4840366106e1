"""Background tasks that run due versions again, so many at a time. Every run that is taken ends or is put back, whatever dies on the way."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry

from enablement_ext.core.errors import EnablementError, NoSpace
from enablement_ext.core.review.due_runs.models import NO_SPACE, WORKER_DIED, DueRun, DueRunResult, RunOutcome
from enablement_ext.core.review.due_runs.trials import SERVICE_STOPPED, Trial
from enablement_ext.service.reruns.held import HeldTrials
from enablement_ext.service.reruns.process import COMMAND, RerunAnswer, RerunProcess, RerunQuestion
from enablement_ext.service.reruns.running import CannotRun, VersionRuns, found_by
from enablement_ext.service.runtime.run_metrics import RunMetrics
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.runtime.waiting import set_within
from enablement_ext.service.use_cases import due_runs
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.service.use_cases.trials import working
from enablement_ext.service.use_cases.trials.asking import LEASE
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

_OPEN_SECONDS = 120.0  # so long somebody who looked at a version is taken to look at it
_MOST_OPENED = 200
_LOOK_AFTER = LEASE.total_seconds() / 5  # between two renewals of the leases of trials
_FORGET = 600.0  # between two looks for trials that are kept no longer
_TRIES = 2  # of a trial whose worker dies


@dataclass(frozen=True, slots=True)
class RerunOptions:
    """How many at a time, and seconds: of a lease, between two renewals of it, between two looks into the queue, and for which a process is kept,
    with a kernel that is warm, when nothing is due."""

    at_once: int = 1
    lease: float = 60.0
    beat: float = 2.0
    interval: float = 10.0
    idle: float = 0.0
    command: tuple[str, ...] = COMMAND


class OpenedVersions:
    """What reviewers have open, as far as this process knows. Safe from any thread."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], float] = {}
        self._lock = threading.Lock()

    def note(self, submission: int, version: int) -> None:
        """A reviewer looks at it now."""
        with self._lock:
            self._seen.pop((submission, version), None)
            self._seen[submission, version] = time.monotonic()
            while len(self._seen) > _MOST_OPENED:
                del self._seen[next(iter(self._seen))]

    def now(self) -> Collection[tuple[int, int]]:
        """Those that somebody looked at a moment ago."""
        since = time.monotonic() - _OPEN_SECONDS
        with self._lock:
            return {version for version, at in self._seen.items() if at >= since}


@dataclass(slots=True)
class Rerunning:
    """`runs` is None where this service is not to run any; `off_because` is a code for why. `trials` are those that this process has."""

    review: ReviewContext
    runs: VersionRuns | None = None
    options: RerunOptions = field(default_factory=RerunOptions)
    opened: OpenedVersions = field(default_factory=OpenedVersions)
    trials: HeldTrials = field(default_factory=HeldTrials)
    off_because: str = ""
    metrics: RunMetrics = field(default_factory=lambda: RunMetrics(CollectorRegistry()))
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _pool: ThreadPool | None = None
    _keeper: ThreadPool | None = None  # a thread of its own: the others may be busy for longer than a lease
    _slots: list[_Slot] = field(default_factory=list)

    def wake(self) -> None:
        """A run is due. From the event loop."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        if self.runs is None:
            return
        self._pool = self._pool or ThreadPool(self.options.at_once)
        self._keeper = self._keeper or ThreadPool(1)
        async with asyncio.TaskGroup() as slots:
            for _ in range(self.options.at_once):
                self._slots.append(_Slot(self, self.runs))
                slots.create_task(self._work(self._pool, self._slots[-1]))
            slots.create_task(self._look_after_trials(self._keeper))

    def stop(self) -> None:
        """At shutdown: runs at hand are put back, and the next start takes them up again."""
        self._stopping.set()
        if self._pool is not None:
            self._pool.close()
        for slot in self._slots:
            slot.rest()
        if self._keeper is not None:
            self._keeper.close()
            _tell(lambda: working.end_all(self.review, self.trials))

    @property
    def stopping(self) -> bool:
        """Whether nothing more is to begin, and what runs is to be put back."""
        return self._stopping.is_set()

    async def _look_after_trials(self, keeper: ThreadPool) -> None:
        forget_at = 0.0
        while not self.stopping:
            await keeper.run(_tell, lambda: working.look_after(self.review, self.trials, LEASE))
            if time.monotonic() >= forget_at:
                forget_at = time.monotonic() + _FORGET
                await keeper.run(_tell, lambda: working.forget_old(self.review))
            await asyncio.sleep(_LOOK_AFTER)

    async def _work(self, pool: ThreadPool, slot: _Slot) -> None:
        while not self.stopping:
            self._wake.clear()
            while await pool.run(slot.next):
                self._wake.set()  # where there was one there may be more: for the other slots
            if not await set_within(self._wake, self.options.interval):
                await pool.run(slot.rest_where_idle)


class _Slot:
    """Runs one after the other, in a process that it keeps while there is work."""

    def __init__(self, owner: Rerunning, runs: VersionRuns) -> None:
        self._owner = owner
        self._review = owner.review
        self._runs = runs
        self._process: RerunProcess | None = None
        self._python = Path()  # of the environment that it ran last
        self._worked = time.monotonic()

    def next(self) -> bool:
        """Take one and see it through; false where there is none, or the store is away."""
        if self._owner.stopping:
            return False
        try:
            taken = due_runs.take_next(self._review, self._owner.opened.now(), self._lease, self._owner.trials.holder)
            if taken is None:
                return False
            if isinstance(taken, Trial):
                self._see_trial_through(taken)
            else:
                self._see_through(taken)
        except EnablementError as problem:
            # What was taken stays so until its lease is over; then it is taken again or ends.
            log.warning(logs.line("background_failed", code=problem.code))
            return False
        return not self._owner.stopping

    def rest_where_idle(self) -> None:
        """Give the process back where nothing was due for long enough, or the environment is gone that it has a kernel of."""
        if time.monotonic() - self._worked >= self._owner.options.idle or not self._python.exists():
            self.rest()

    def rest(self) -> None:
        """Nothing is due: give the process back."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _see_through(self, taken: DueRun) -> None:
        try:
            question = self._runs.question(due_runs.version_of(self._review, taken))
            answer = self._ask(question, lambda cells: due_runs.keep_alive(self._review, taken, self._lease, cells))
        except CannotRun as why:
            if due_runs.store_result(self._review, taken, why.result):
                self._owner.metrics.ended(why.result, trial=False)
            return
        except (OSError, EOFError, ValueError) as error:
            code = self._killed()
            log.warning(logs.line("rerun_broke_off", run=taken.number, exit=code, **logs.failure(error)))
            self._give_up(taken, WORKER_DIED)
            return
        if answer is None:
            self.rest()
            due_runs.give_up(self._review, taken)  # where it was cancelled it is nobody's, and stays as it is
            return
        self._store(taken, answer)

    def _store(self, taken: DueRun, answer: RerunAnswer) -> None:
        if "error" in answer.message:
            _log_error(answer, run=taken.number)
            self._give_up(taken, WORKER_DIED)
            return
        try:
            result = self._runs.result(answer)
            stored = due_runs.store_result(self._review, taken, result)
        except NoSpace:
            self._give_up(taken, NO_SPACE)
            raise
        if stored:
            self._owner.metrics.ended(result, trial=False)
        outcome = result.outcome.value
        log.info(logs.line("rerun_ended", run=taken.number, outcome=outcome if stored else "not wanted any more"))

    def _give_up(self, taken: DueRun, reason: str) -> None:
        end = due_runs.give_up(self._review, taken, reason)
        if end is not None:
            self._owner.metrics.ended(end, trial=False)

    def _see_trial_through(self, taken: Trial) -> None:
        result, showed = self._tried(taken)
        if result is not None:
            if working.store_result(self._review, taken, result, showed):
                self._owner.metrics.ended(result, trial=True)
            log.info(logs.line("trial_ended", outcome=result.outcome.value, reason=result.reason))
        if not self._owner.stopping:  # else it is ended with all others
            self._owner.trials.drop(taken.id)

    def _tried(self, taken: Trial) -> tuple[DueRunResult | None, bytes | None]:
        """How it came out, and what it showed; None where it is no longer wanted."""
        content = self._owner.trials.get(taken.id)
        if content is None:
            return DueRunResult(RunOutcome.DIED, SERVICE_STOPPED), None
        for _ in range(_TRIES):
            try:
                question = self._runs.trial_question(content)
                answer = self._ask(question, lambda cells: working.keep_alive(self._review, taken, self._lease, cells))
                if answer is None:
                    self.rest()
                    return None, None
                if "error" not in answer.message:
                    return found_by(answer)
                _log_error(answer, trial=taken.id)
            except CannotRun as why:
                return why.result, None
            except (OSError, EOFError, ValueError) as error:
                log.warning(logs.line("trial_broke_off", exit=self._killed(), **logs.failure(error)))
        return DueRunResult(RunOutcome.DIED, WORKER_DIED), None

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self._owner.options.lease)

    def _ask(self, question: RerunQuestion, keep: Callable[[tuple[int, int]], bool]) -> RerunAnswer | None:
        process = self._process = self._process or RerunProcess(self._owner.options.command)
        self._python = Path(str(question.message["python"]))
        try:
            return process.ask(question, _Watch(self._owner, keep))
        finally:
            self._worked = time.monotonic()

    def _killed(self) -> int | None:
        process, self._process = self._process, None
        return None if process is None else process.kill()


class _Watch:
    """Renews the lease while a run goes on, and says whether it still should."""

    def __init__(self, owner: Rerunning, keep: Callable[[tuple[int, int]], bool]) -> None:
        self._owner = owner
        self._keep = keep
        self._next = time.monotonic()

    def __call__(self, done: int, total: int) -> bool:
        if self._owner.stopping:
            return False
        if time.monotonic() < self._next:
            return True
        self._next = time.monotonic() + self._owner.options.beat
        try:
            return self._keep((done, total))
        except EnablementError as problem:
            log.warning(logs.line("background_failed", code=problem.code))
            return True  # the store is away: the run goes on, and its lease has some time left


def _tell(work: Callable[[], None]) -> None:
    """Do it; a store that is away is told of, and asked again later."""
    try:
        work()
    except EnablementError as problem:
        log.warning(logs.line("background_failed", code=problem.code))


def _log_error(answer: RerunAnswer, **about: object) -> None:
    told = {name: str(answer.message[name]) for name in ("error", "kind", "where") if name in answer.message}
    log.error(logs.line("rerun_failed", **about, **told))
