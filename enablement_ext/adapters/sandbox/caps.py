"""Memory and processes of one sandbox: counted by the kernel in a cgroup, or watched from outside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from enablement_ext.core.runs.models import RunEnd


class ResourceCaps(ABC):
    """What holds one sandbox within its memory and its number of processes."""

    counted: bool  # by the kernel itself
    nice = 0  # how far the processes inside stand back

    @abstractmethod
    def hold(self, pids: Sequence[int]) -> None:
        """From now on these processes and all that they start. Raises `OSError`."""

    @abstractmethod
    def exceeded(self) -> RunEnd | None:
        """Which of the two was hit, by a counter; None for neither."""

    @abstractmethod
    def peak_bytes(self) -> int:
        """The most memory that was held at one time, 0 where it is not known."""

    @abstractmethod
    def process_limits(self) -> dict[str, int]:
        """Limits of each process that stand in for what is not counted, by the name of the resource module's constant."""

    @abstractmethod
    def end(self) -> None:
        """Ends every process that it holds, and leaves nothing of itself behind. Returns within seconds."""
