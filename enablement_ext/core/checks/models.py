"""What is looked at, and what is found. All values are immutable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """What a finding means for sending: it stops it, it is shown, or it is not even shown."""

    BLOCK = "block"
    WARN = "warn"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """A cell of a notebook; `number` counts from 1, outputs are as nbformat 4.5 has them."""

    number: int
    id: str
    cell_type: str
    source: str
    outputs: Sequence[Mapping[str, Any]] = ()
    execution_count: int | None = None
    tags: frozenset[str] = frozenset()

    @property
    def is_code(self) -> bool:
        """Whether there is anything in it to run."""
        return self.cell_type == "code" and bool(self.source.strip())


@dataclass(frozen=True, slots=True)
class CheckedNotebook:
    """A notebook in its canonical form (`canonical`), and its cells."""

    cells: tuple[CheckedCell, ...]
    language: str = "python"
    canonical: bytes = b""

    @property
    def code(self) -> tuple[CheckedCell, ...]:
        """Cells that would run, in order."""
        return tuple(cell for cell in self.cells if cell.is_code)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. `cell` counts from 1, `line` from 1 in the cell's source; None: the notebook as a whole."""

    code: str
    cell: int | None = None
    line: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What a code stands for: its level where no rule says another, a sentence with the facts in braces, and what to do."""

    level: Level
    sentence: str
    remedy: str
