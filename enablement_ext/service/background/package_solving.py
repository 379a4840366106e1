"""A background task that asks the solver about requested packages, one after the other. Nothing waits for it, and each request gets an answer."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass, field

from enablement_ext.core.errors import EnablementError
from enablement_ext.core.images.requests.package_requests import Solved, SolverAnswer
from enablement_ext.core.images.requests.package_solving import work_out
from enablement_ext.core.images.requests.ports import PackageSolver
from enablement_ext.service.caches.catalog import CurrentCatalog
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.runtime.waiting import set_within
from enablement_ext.service.use_cases import package_requests
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

_BROKE_OFF = "The solver broke off twice. Platform engineers find the reason in the service's log."
_MAX_ATTEMPTS = 2


@dataclass(slots=True)
class PackageSolving:
    """`solver` is None where this service is not to ask any. One thread of its own: a hard question takes minutes."""

    review: ReviewContext
    images: CurrentCatalog
    solver: PackageSolver | None
    interval: float = 30.0  # seconds between polls: other processes store requests too
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _pool: ThreadPool = field(default_factory=lambda: ThreadPool(1))
    _attempts: dict[int, int] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def wake(self) -> None:
        """A request was stored. From the event loop."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            while await self._pool.run(self._next):
                pass
            await set_within(self._wake, self.interval)

    def stop(self) -> None:
        """At shutdown: abandon the request at hand; the next start takes it up again."""
        self._stopping.set()
        if self.solver is not None:
            self.solver.stop()
        self._pool.close()

    def _next(self) -> bool:
        """Solve one request; false when there is none, or the store is away."""
        try:
            request = package_requests.next_unsolved(self.review)
            if request is None or self._stopping.is_set():
                return False
            attempt = self._attempts[request.number] = self._attempts.get(request.number, 0) + 1
            if self.solver is None:
                answer = SolverAnswer(Solved.UNKNOWN, "This service does not ask a solver.")
            elif attempt > _MAX_ATTEMPTS:
                answer = SolverAnswer(Solved.UNKNOWN, _BROKE_OFF)
            else:
                answer = work_out(self.images.current(), request, self.solver, self.review.clock.now().date())
            if self._stopping.is_set():
                return False
            package_requests.store_solver_answer(self.review, request.number, answer)
        except EnablementError as problem:
            log.warning(logs.line("background_failed", code=problem.code))
            return False
        self._attempts.pop(request.number, None)
        log.info(logs.line("package_solved", request=request.number, solved=answer.solved.value))
        return True
