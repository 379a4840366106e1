"""The values of a difference. `old` and `new` are the two sides; None on one side means that it is not there. Cells and outputs count from 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from enablement_ext.core.review.models import FileEntry, ImageRef

# A line in pieces, alternately as on the other side and changed; the first may be empty.
Pieces = tuple[str, ...]


class Correspondence(StrEnum):
    """How one thing on the one side stands to the other side."""

    SAME = "same"
    EQUIVALENT = "equivalent"  # of an output: only what changes with every run differs
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"  # of a file: the same bytes under another path


@dataclass(frozen=True, slots=True)
class LineDifference:
    """One line beside its counterpart. Equal lines are equal pieces of one text."""

    old: Pieces | None
    new: Pieces | None

    @property
    def same(self) -> bool:
        """Whether nothing of it changed."""
        return self.old == self.new and self.old is not None and len(self.old) == 1

    def reversed(self) -> LineDifference:
        """The same seen from the other side."""
        return LineDifference(self.new, self.old)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: each cell as (before, now), None on the side that has no such row or column."""

    label: str
    cells: tuple[tuple[str | None, str | None], ...]


@dataclass(frozen=True, slots=True)
class TableComparison:
    """The rows of two tables that differ. `columns` are the labels of both, `rows_left` how many rows that differ are not listed."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    rows_left: int


@dataclass(frozen=True, slots=True)
class OutputFinding:
    """In what two outputs differ: the kind and facts of `core.comparison.Difference`, of the form that a reader sees."""

    kind: str
    form: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutputDifference:
    """An output beside its counterpart; `old` and `new` are their places in the cells."""

    standing: Correspondence
    old: int | None
    new: int | None
    findings: tuple[OutputFinding, ...] = ()
    table: TableComparison | None = None


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """A setting by its name, each side as JSON text that may be cut."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class CellDifference:
    """A cell that differs, or (SAME) a run of `count` cells that do not, from `old` and `new` on.

    `moved`: it stands in another order to the others. `seen_key` names what there is to see of it: the same content later has the same key.
    `lines` is None where the source is too long to be compared; `resulted`: outputs are among what differs.
    """

    standing: Correspondence
    old: int | None
    new: int | None
    count: int = 1
    moved: bool = False
    cell_type: str = ""
    old_id: str = ""
    new_id: str = ""
    seen_key: str = ""
    lines: tuple[LineDifference, ...] | None = ()
    outputs: tuple[OutputDifference, ...] = ()
    settings: tuple[ValueDifference, ...] = ()
    attachments: bool = False
    equivalent: int = 0  # of a run: how many of its cells have outputs that only differ as with every run


@dataclass(frozen=True, slots=True)
class NotebookDifference:
    """Two notebooks. Without `cells` that differ and `settings` they show the same."""

    cells: tuple[CellDifference, ...]
    settings: tuple[ValueDifference, ...] = ()
    kernel: tuple[str, str] | None = None
    language: str = ""

    @property
    def changed(self) -> tuple[CellDifference, ...]:
        """The cells that differ."""
        return tuple(cell for cell in self.cells if cell.standing is not Correspondence.SAME)


@dataclass(frozen=True, slots=True)
class FileDifference:
    """A file that was sent along. `lines` is None where its text was not compared."""

    standing: Correspondence
    old: FileEntry | None
    new: FileEntry | None
    lines: tuple[LineDifference, ...] | None = None


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """Two versions. `image` and `path` (of the notebook) are given where they differ."""

    notebook: NotebookDifference
    files: tuple[FileDifference, ...] = ()
    image: tuple[ImageRef, ImageRef] | None = None
    path: tuple[str, str] | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.notebook.changed or self.notebook.settings or self.notebook.kernel or self.files) and (
            self.image is None and self.path is None
        )
