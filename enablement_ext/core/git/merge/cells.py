"""Cells of notebooks as plain JSON objects: parsed, compared across versions, written in Jupyter's own layout.

Made for files of the author's own, of which every byte counts; what is sent to review is read far more strictly elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any

from enablement_ext.core.notebook.working.cells import Cell, matching_cells, source_of
from enablement_ext.core.notebook.working.file import AuthorFile, Unreadable, read_author_file
from enablement_ext.core.notebook.working.results import metadata_without_results, results_of

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # of nbformat 4.5


@dataclass(frozen=True, slots=True)
class NotebookDocument:
    """A notebook of format 4: its cells, and everything else in `head`."""

    head: dict[str, Any]
    cells: tuple[Cell, ...]

    def data(self, cells: Sequence[Cell] | None = None) -> bytes:
        """The file, with other cells where given."""
        return AuthorFile({"cells": list(self.cells if cells is None else cells), **self.head}).data()


def parse_notebook(data: bytes | None) -> NotebookDocument | None:
    """The notebook, None for what is no notebook of format 4 or cannot be written again as it is."""
    try:
        file = read_author_file(data or b"")
        file.data()
    except Unreadable:
        return None
    head = dict(file.document)
    return NotebookDocument(head, tuple(head.pop("cells")))


def with_source(cell: Cell, text: str) -> Cell:
    """The cell with another source, without the outputs of the old one."""
    changed = {**cell, "source": text.splitlines(keepends=True)}
    return {**changed, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else changed


def same_content(one: Cell, other: Cell) -> bool:
    """Whether two cells are equal but for results and id."""
    return (
        one["cell_type"] == other["cell_type"]
        and source_of(one) == source_of(other)
        and metadata_without_results(one) == metadata_without_results(other)
        and one.get("attachments", {}) == other.get("attachments", {})
    )


def with_unique_id(cell: Cell, taken: set[str], *, needed: bool) -> Cell:
    """The cell with an id that is not taken; deterministic. `needed`: a cell without an id gets one, as format 4.5 wants it."""
    name = cell.get("id")
    if name is None and not needed:
        return cell
    if isinstance(name, str) and _ID.fullmatch(name) and name not in taken:
        return cell
    made = (
        sha256(f"{name or ''}\0{number}\0{source_of(cell)}".encode("utf-8", "replace")).hexdigest()[:12]
        for number in count()
    )
    return {**cell, "id": next(each for each in made if each not in taken)}


def with_outputs(version: bytes, worktree: bytes | None) -> bytes:
    """A committed notebook, which has no outputs, with the outputs of the cells that have the same source in the work tree."""
    book, current = parse_notebook(version), parse_notebook(worktree)
    if book is None or current is None:
        return version
    found, cells = matching_cells(book.cells, current.cells), list(book.cells)
    for index, other in found.items():
        cell, own = cells[index], current.cells[other]
        bare = not cell.get("outputs") and cell.get("execution_count") is None
        if cell["cell_type"] == own["cell_type"] == "code" and bare and source_of(cell) == source_of(own):
            cells[index] = {**cell, **results_of(own)}
    return book.data(cells) if cells != list(book.cells) else version


def count_outputs(data: bytes | None) -> int:
    """How many cells have outputs."""
    book = parse_notebook(data)
    return sum(1 for cell in book.cells if cell.get("outputs")) if book else 0
