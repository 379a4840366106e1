"""What is compared and what comes out of it. All values are immutable; outputs are as nbformat 4.5 has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

Output = Mapping[str, Any]


class RunVerdict(StrEnum):
    """How a cell came out when it was run again."""

    IDENTICAL = "identical"
    EQUIVALENT = "equivalent"  # how: the latest step that was needed
    DIFFERS = "differs"  # and was not run a second time, so that nobody knows why
    NOT_AS_SENT = "not-as-sent"  # the same twice
    DIFFERS_EACH_TIME = "differs-each-time"
    ERROR = "error"
    TRUNCATED = "truncated"
    NOT_RUN = "not-run"
    NEEDS_RESOURCE = "needs-resource"
    NOT_COMPARED = "not-compared"  # it ran; a tag says not to compare, or it was sent without results


class ComparisonStep(IntEnum):
    """What decided, in the order in which it is tried."""

    BYTES = 1
    JSON = 2
    TEXT = 3  # noise that is known to be some: addresses, clock, timers, progress bars, colours
    NUMBERS = 4
    SETS = 5  # the order in which a set shows its members
    TABLE = 6
    PICTURE = 7
    DATA = 8  # of a plot


class DifferenceKind(StrEnum):
    """In what two outputs differ."""

    TEXT = "text"
    NUMBER = "number"
    TABLE = "table"
    ORDER = "order"  # the same rows or columns in another order
    PICTURE = "picture"
    PICTURE_SIZE = "picture-size"
    DATA = "data"
    KIND = "kind"  # another kind of output, or other forms of it
    ERROR = "error"  # another exception, or one where there was none
    MISSING = "missing"  # fewer outputs than before
    ADDED = "added"
    TOO_LARGE = "too-large"  # not looked at in detail; hashes differ


class Ending(StrEnum):
    """How the run of one cell ended."""

    FINISHED = "finished"
    FAILED = "failed"  # with an exception
    TRUNCATED = "truncated"  # messages of it were lost
    NOT_RUN = "not-run"  # an earlier cell ended the run, or a tag says so
    DIED = "died"  # the kernel did; `CellRun.reason` says of what


@dataclass(frozen=True, slots=True)
class Window:
    """When a cell ran; aware of the time zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far numbers may be apart. Whole numbers are always exact, and a number shown shorter must be a rounding of the longer one."""

    relative: float = 1e-6


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """The cell as it was sent. `executed`: whether it has an execution count, so that no outputs means "showed nothing"."""

    cell_type: str
    source: str
    outputs: Sequence[Output] = ()
    executed: bool = True
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CellRun:
    """One run of the cell. `needs` names what it asked for and did not get; `reason` what it died of, as a code."""

    ending: Ending
    outputs: Sequence[Output] = ()
    window: Window | None = None
    needs: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place. `where` counts outputs from 0 (-1: the stream of that name as a whole); `facts` are JSON values for the interface."""

    kind: DifferenceKind
    where: int
    form: str  # mime type, "stdout", "stderr" or "error"
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two lists of outputs. `step` is the latest step that was needed; without differences they are the same."""

    step: ComparisonStep = ComparisonStep.BYTES
    differences: tuple[Difference, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs that counts."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """The verdict, the step that decided it, what differs from what was sent, and facts for its sentence."""

    verdict: RunVerdict
    step: ComparisonStep = ComparisonStep.BYTES
    differences: tuple[Difference, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
