"""Requests for packages, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from enablement_ext.adapters.memory.review_store.state import MemoryState
from enablement_ext.core.errors import NotFound, StaleStamp
from enablement_ext.core.images.requests.package_requests import (
    NewPackageRequest,
    PackageRequest,
    RequestPage,
    RequestState,
    Solved,
)

COUNTED = 1000


class MemoryRequestReader:
    """A `PackageRequestReader` over a state."""

    _state: MemoryState

    def package_request(self, number: int) -> PackageRequest:
        """Raises `NotFound`."""
        request = self._state.package_requests.get(number)
        if request is None:
            raise NotFound
        return request

    def package_requests(self, author: str | None, below: int | None, limit: int) -> RequestPage:
        """One page, newest first."""
        requests = [
            request
            for number, request in sorted(self._state.package_requests.items(), reverse=True)
            if (author is None or request.author == author) and (below is None or number < below)
        ]
        items = tuple(requests[:limit])
        return RequestPage(items, items[-1].number if len(requests) > limit else None)

    def open_package_requests(self, author: str | None = None) -> int:
        """How many are unanswered."""
        return min(COUNTED, sum(1 for request in self._open() if author is None or request.author == author))

    def unsolved_package_requests(self, limit: int) -> Sequence[PackageRequest]:
        """Unanswered ones that wait for the solver, oldest first."""
        return tuple(request for request in self._open() if request.solver.solved is Solved.WAITING)[:limit]

    def _open(self) -> Sequence[PackageRequest]:
        every = self._state.package_requests.values()
        return [request for request in every if request.state is RequestState.REQUESTED]


class MemoryRequestWriter(MemoryRequestReader):
    """A `PackageRequestWriter` over a state."""

    def add_package_request(self, new: NewPackageRequest) -> PackageRequest:
        """Append with the next number."""
        values = {name.name: getattr(new, name.name) for name in fields(new)}
        added = PackageRequest(number=len(self._state.package_requests) + 1, **values)
        self._state.package_requests[added.number] = added
        return added

    def replace_package_request(self, expected_stamp: int, request: PackageRequest) -> PackageRequest:
        """Compare and swap. Raises `StaleStamp`, `NotFound`."""
        stored = self.package_request(request.number)
        if stored.stamp != expected_stamp:
            raise StaleStamp(facts={"stamp": stored.stamp})
        following = replace(
            stored,
            state=request.state,
            stamp=expected_stamp + 1,
            answer=request.answer,
            answered_by=request.answered_by,
            answered_at=request.answered_at,
            solver=request.solver,
        )
        self._state.package_requests[request.number] = following
        return following
