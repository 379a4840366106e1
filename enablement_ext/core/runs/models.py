"""A run of a notebook: what is asked for and what comes back. All values are immutable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from enablement_ext.core.comparison import CellRun
from enablement_ext.core.runs.layers import SandboxGrade

MIB = 1024 * 1024
# Tags that say not to run a cell (nbval, Jupyter Book).
SKIPPED_TAGS = frozenset({"skip-execution", "nbval-skip"})


class RunEnd(StrEnum):
    """How a run ended. Each but the first has evidence: a counter of the kernel, a clock, an exit code."""

    FINISHED = "finished"  # every cell was tried
    OUT_OF_MEMORY = "out-of-memory"
    WALL_TIME = "wall-time"
    OUTPUT_CAP = "output-cap"
    PIDS_CAP = "pids-cap"
    CANCELLED = "cancelled"
    NEVER_ANSWERED = "kernel-never-answered"
    KERNEL_DIED = "kernel-died"  # by itself: a signal or an exit code is in the facts
    CONNECTION_LOST = "connection-lost"  # it lives, and closed what it is spoken to by
    NODE_GONE = "node-gone"  # what the kernel ran on was taken away from outside


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run may take. `start_seconds` is for the kernel to come up, `wall_seconds` for all cells; `file_bytes` bounds one file,
    `work_bytes` all files together; `pids` counts threads as well."""

    memory_bytes: int = 2048 * MIB
    pids: int = 256
    wall_seconds: float = 600.0
    start_seconds: float = 120.0
    output_bytes: int = 50 * MIB
    file_bytes: int = 512 * MIB
    work_bytes: int = 1024 * MIB


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """A file that lies in the run's folder. `chunks` gives its `size` bytes; the path is relative and stays below that folder."""

    path: str
    size: int
    chunks: Callable[[], Iterator[bytes]]

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.path).parts
        if not parts or self.path.startswith("/") or ".." in parts or "\0" in self.path:
            raise ValueError(f"not a path below the run's folder: {self.path!r}")


@dataclass(frozen=True, slots=True)
class SourceCell:
    """A code cell to be run, without what it showed. `index` counts all cells of the notebook from 0."""

    index: int
    source: str
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run. Nothing in it says what the notebook showed when it was sent. The kernel begins in the folder of `start`, one of the `files`; "" is
    the run's own folder."""

    cells: tuple[SourceCell, ...]
    files: tuple[BroughtFile, ...] = ()
    limits: RunLimits = field(default_factory=RunLimits)
    start: str = ""

    @property
    def folder(self) -> str:
        """Where the kernel begins, below the run's folder."""
        return PurePosixPath(self.start).parent.as_posix()


@dataclass(frozen=True, slots=True)
class ExecutedCell:
    """What became of one cell: how it ended and its outputs, the messages that it sent, and how many of those were lost."""

    index: int
    run: CellRun
    messages: int = 0
    lost: int = 0
    execution_count: int | None = None


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that a run made or changed. `sha256` is "" where it was not read: a link, a device, or beyond the limits."""

    path: str
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class NotebookRun:
    """A run that ended, with every cell of its request in order.

    `facts` is the evidence of its end. `stray` counts outputs that belong to no cell that was running. `peak_bytes` is 0 where nothing measured it.
    """

    end: RunEnd
    cells: tuple[ExecutedCell, ...]
    grade: SandboxGrade
    seconds: float
    files: tuple[WrittenFile, ...] = ()
    peak_bytes: int = 0
    stray: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunObserver:
    """Whoever waits for a run: told of each cell that ended, and asked several times a second whether to go on."""

    cell_ended: Callable[[ExecutedCell], None] = lambda _: None
    is_cancelled: Callable[[], bool] = lambda: False
