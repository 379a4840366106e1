"""What is looked at, and what is found. All values are immutable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from enablement_ext.core.checks.python_cells import PythonSource, python_of_cells
from enablement_ext.core.images.drift import Drift
from enablement_ext.core.notebook.code_references import Uses, uses_of_cells
from enablement_ext.core.review.models import GitFacts

FRAME = "checks."  # what codes begin with that are about the checks themselves


class Level(StrEnum):
    """What a finding means for sending: it stops it, it is a warning, or it is a fact that only reviewers look up."""

    BLOCK = "block"
    WARN = "warn"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """A cell of a notebook; `number` counts from 1, outputs are as nbformat 4.5 has them, their payloads (pictures) empty.

    `output_bytes` is what the outputs take in the file, 0 where that was not counted.
    """

    number: int
    id: str
    cell_type: str
    source: str
    outputs: Sequence[Mapping[str, Any]] = ()
    execution_count: int | None = None
    tags: frozenset[str] = frozenset()
    output_bytes: int = 0

    @property
    def is_code(self) -> bool:
        """Whether there is anything in it to run."""
        return self.cell_type == "code" and bool(self.source.strip())


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file beside the notebook; `sha256` is "" where it was not read."""

    path: str
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """The image release that a notebook is made in: its name for people, its lock as package -> version, and what the catalog says of it."""

    name: str
    locked: Mapping[str, str]
    status: str = ""
    instead: str = ""  # the release to take instead
    reason: str = ""  # why it was withdrawn


@dataclass(frozen=True, slots=True)
class NotebookSurroundings:
    """What is around a notebook. None: that is not known here, and no check says anything about it.

    Paths are relative to what the bundle's paths are relative to. `near` are files that were not chosen and lie where the notebook looks
    for them; `modules` says which packages installed what can be imported, by the longest dotted prefix.
    """

    path: str = ""  # of the notebook
    sent: Mapping[str, SentFile] | None = None
    near: Mapping[str, SentFile] = field(default_factory=dict)
    release: ReleaseFacts | None = None
    modules: Mapping[str, frozenset[str]] | None = None
    drift: Sequence[Drift] | None = None
    git_known: bool = False
    git: GitFacts | None = None  # with `git_known`: None where it is in no repository


@dataclass(frozen=True)
class CheckedNotebook:
    """A notebook in its canonical form (`canonical`), its cells, and what is around it."""

    cells: tuple[CheckedCell, ...]
    language: str = "python"
    canonical: bytes = b""
    around: NotebookSurroundings = field(default_factory=NotebookSurroundings)

    @property
    def code(self) -> tuple[CheckedCell, ...]:
        """Cells that would run, in order."""
        return tuple(cell for cell in self.cells if cell.is_code)

    @cached_property
    def uses(self) -> Uses:
        """What its code imports, reads and writes; read once for all checks."""
        plain = {
            number: source.walked
            for number, source in self.python.items()
            if source is not None and source.statements and source.text == self.cells[number - 1].source
        }
        return uses_of_cells(((cell.number, cell.source) for cell in self.code), plain)

    @cached_property
    def python(self) -> dict[int, PythonSource | None]:
        """The Python of its code cells by their numbers; read once for all checks."""
        return python_of_cells((cell.number, cell.source) for cell in self.code)


class Fix(StrEnum):
    """What the lab offers to do about a finding, because nothing can be lost by it."""

    CLEAR_OUTPUT = "clear-output"  # of the finding's cell
    ADD_FILE = "add-file"  # the fact `file`


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. `cell` counts from 1, `line` from 1 in the cell's source; None: the notebook as a whole.

    Checks leave `cell_id` out: it is filled in where their findings are collected.
    """

    code: str
    cell: int | None = None
    line: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    fix: Fix | None = None
    cell_id: str = ""


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What a code stands for: its level where no rule says another, a sentence with the facts in braces, and what to do."""

    level: Level
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding with its level and its place in the .ipynb file (1 where the line is not known).

    `overridable`: whoever sends may go on with a reason; `override` is the reason that was given.
    """

    finding: Finding
    kind: FindingKind
    level: Level
    file_line: int = 1
    overridable: bool = False
    override: str = ""

    @property
    def sentence(self) -> str:
        """What was found, in English."""
        try:
            return self.kind.sentence.format_map(self.finding.facts)
        except (KeyError, IndexError, ValueError):  # somebody else's check
            return self.kind.sentence

    @property
    def stops(self) -> bool:
        """Whether it is in the way of sending."""
        return self.level is Level.BLOCK and not self.override
