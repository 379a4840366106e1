"""What package requests need from the outside, as Protocols: reading and writing them, and a solver that can be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from enablement_ext.core.images.ports import Solver
from enablement_ext.core.images.requests.package_requests import NewPackageRequest, PackageRequest, RequestPage


class PackageRequestReader(Protocol):
    """Reads requests."""

    def package_request(self, number: int) -> PackageRequest:
        """Raises `NotFound`."""
        ...

    def package_requests(self, author: str | None, below: int | None, limit: int) -> RequestPage:
        """One page, newest first: somebody's, or everybody's with None; only numbers below `below`."""
        ...

    def open_package_requests(self, author: str | None = None) -> int:
        """How many nobody has answered yet, somebody's or everybody's; counted up to 1000."""
        ...

    def unsolved_package_requests(self, limit: int) -> Sequence[PackageRequest]:
        """Unanswered requests of which the solver has not been asked, oldest first."""
        ...


class PackageRequestWriter(PackageRequestReader, Protocol):
    """Writes requests."""

    def add_package_request(self, new: NewPackageRequest) -> PackageRequest:
        """Append with the next number."""
        ...

    def replace_package_request(self, expected_stamp: int, request: PackageRequest) -> PackageRequest:
        """Store state, answer and what the solver said, with a new stamp; returns it. Raises `StaleStamp`, `NotFound`."""
        ...


class PackageSolver(Solver, Protocol):
    """A solver that knows sizes and can be told to stop. Blocking, asks the package index."""

    def download_bytes(self, pins: Sequence[str], python: str) -> int | None:
        """Bytes that a machine downloads for these `name==version`, on Linux with this Python; None where it is not known. Never raises."""
        ...

    def stop(self) -> None:
        """End what is being worked out in another thread, at once: it raises EnvironmentUnavailable. Nothing is begun after that."""
        ...
