"""Asks the solver about requested packages, one after the other, beside everything else: nothing waits for it, and each gets an answer."""

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
from enablement_ext.service.use_cases import package_requests
from enablement_ext.service.use_cases.review_context import ReviewContext
from enablement_ext.web import logs

log = logging.getLogger("enablement.service")

_BROKE_OFF = "The solver broke off twice. Platform engineers find the reason in the service's log."
_TRIES = 2


@dataclass(slots=True)
class PackageSolving:
    """`solver` is None where this service is not to ask any. One thread of its own: a hard question takes minutes."""

    review: ReviewContext
    images: CurrentCatalog
    solver: PackageSolver | None
    seconds: float = 30.0  # how often it looks without being called: for what another process took in
    _called: asyncio.Event = field(default_factory=asyncio.Event)
    _thread: ThreadPool = field(default_factory=lambda: ThreadPool(1))
    _tried: dict[int, int] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def call(self) -> None:
        """There is something to do. From the event loop."""
        self._called.set()

    async def run(self) -> None:
        """Work for ever."""
        while True:
            self._called.clear()
            while await self._thread.run(self._next):
                pass
            try:
                await asyncio.wait_for(self._called.wait(), self.seconds)
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Leave what is being worked out to the next start."""
        self._stopping.set()
        if self.solver is not None:
            self.solver.stop()
        self._thread.close()

    def _next(self) -> bool:
        """Work one out; false when there is none, or the store is away."""
        try:
            request = package_requests.waiting(self.review)
            if request is None or self._stopping.is_set():
                return False
            tries = self._tried[request.number] = self._tried.get(request.number, 0) + 1
            if self.solver is None:
                found = SolverAnswer(Solved.UNKNOWN, "This service does not ask a solver.")
            elif tries > _TRIES:
                found = SolverAnswer(Solved.UNKNOWN, _BROKE_OFF)
            else:
                found = work_out(self.images.now(), request, self.solver, self.review.clock.now().date())
            if self._stopping.is_set():
                return False
            package_requests.keep(self.review, request.number, found)
        except EnablementError as problem:
            log.warning(logs.line("background_failed", code=problem.code))
            return False
        self._tried.pop(request.number, None)
        log.info(logs.line("package_solved", request=request.number, solved=found.solved.value))
        return True
