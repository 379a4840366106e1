"""Cells of notebooks as plain JSON objects: read with care, paired across versions, written in Jupyter's own layout.

Made for files of the author's own, of which every byte counts; what is sent to review is read far more strictly elsewhere.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NotebookDocument:
    """A notebook of format 4: everything but its cells, and its cells."""

    head: dict[str, Any]
    cells: tuple[Cell, ...]

    def data(self, cells: Sequence[Cell] | None = None) -> bytes:
        """The file, with other cells where they are given."""
        whole = {"cells": list(self.cells if cells is None else cells), **self.head}
        return (json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def parse_notebook(data: bytes | None) -> NotebookDocument | None:
    """The notebook, None for what is none that can be worked with cell by cell."""
    try:
        found = json.loads((data or b"").decode())
        cells = found.pop("cells")
        if found.get("nbformat") != 4 or not all(isinstance(cell["cell_type"], str) for cell in cells):
            return None
        book = NotebookDocument(found, tuple(cells))
        book.data()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return book


def source_of(cell: Cell) -> str:
    """The cell's source."""
    source = cell.get("source", "")
    return "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else str(source)


def with_source(cell: Cell, text: str) -> Cell:
    """The cell with another source; results of the old one go."""
    fresh = {**cell, "source": text.splitlines(keepends=True)}
    return {**fresh, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else fresh


def same_work(one: Cell, other: Cell) -> bool:
    """Whether two cells are the same but for results and identity."""
    return (
        one["cell_type"] == other["cell_type"]
        and source_of(one) == source_of(other)
        and one.get("metadata", {}) == other.get("metadata", {})
        and one.get("attachments", {}) == other.get("attachments", {})
    )


def matching_cells(old: Sequence[Cell], new: Sequence[Cell]) -> dict[int, int]:
    """Which cell of `new` is which of `old`: by id, else by equal type and source, else by standing alone between the same two."""
    found = _by_id(old, new)
    waiting: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    taken = set(found.values())
    for index in reversed(range(len(new))):
        if index not in taken:
            waiting[new[index]["cell_type"], source_of(new[index])].append(index)
    for index, cell in enumerate(old):
        if index not in found and (same := waiting.get((cell["cell_type"], source_of(cell)))):
            found[index] = same.pop()
    _by_place(old, new, found)
    return found


def _by_id(old: Sequence[Cell], new: Sequence[Cell]) -> dict[int, int]:
    """Ids that stand twice say nothing."""
    ids: list[dict[str, int]] = []
    for cells in (old, new):
        places: defaultdict[str, list[int]] = defaultdict(list)
        for index, cell in enumerate(cells):
            if isinstance(cell.get("id"), str):
                places[cell["id"]].append(index)
        ids.append({name: where[0] for name, where in places.items() if len(where) == 1})
    return {index: ids[1][name] for name, index in ids[0].items() if name in ids[1]}


def _by_place(old: Sequence[Cell], new: Sequence[Cell], found: dict[int, int]) -> None:
    """Runs without a partner between the same two cells, alike in number and types; only where ids do not tell them apart."""
    taken = set(found.values())
    before = -1
    for index in [*sorted(found), len(old)]:
        start = found[before] + 1 if before >= 0 else 0
        end = found[index] if index < len(old) else len(new)
        here, there = range(before + 1, index), range(start, end)
        free = len(here) == len(there) and not taken.intersection(there)
        if free and all(_may_be(old[mine], new[yours]) for mine, yours in zip(here, there, strict=True)):
            found.update(zip(here, there, strict=True))
            taken.update(there)
        before = index


def _may_be(one: Cell, other: Cell) -> bool:
    return one["cell_type"] == other["cell_type"] and not ("id" in one and "id" in other)


def fresh_id(cell: Cell, taken: set[str]) -> Cell:
    """The cell with an id that no other has; the same input gives the same id. Formats without ids stay without."""
    name = cell.get("id")
    if not isinstance(name, str) or name not in taken:
        return cell
    number = 0
    while name in taken:
        name = sha256(f"{cell['id']}\0{number}\0{source_of(cell)}".encode("utf-8", "replace")).hexdigest()[:12]
        number += 1
    return {**cell, "id": name}


def with_outputs(version: bytes, mine: bytes | None) -> bytes:
    """A version out of Git, which has no results, with those of the cells that are the same in the file that lies here."""
    book, here = parse_notebook(version), parse_notebook(mine)
    if book is None or here is None:
        return version
    found, cells = matching_cells(book.cells, here.cells), list(book.cells)
    for index, other in found.items():
        cell, own = cells[index], here.cells[other]
        bare = not cell.get("outputs") and cell.get("execution_count") is None
        if cell["cell_type"] == own["cell_type"] == "code" and bare and source_of(cell) == source_of(own):
            results: Cell = {key: own[key] for key in ("outputs", "execution_count") if key in own}
            cells[index] = {**cell, **results}
    return book.data(cells) if cells != list(book.cells) else version


def count_outputs(data: bytes | None) -> int:
    """How many cells have results."""
    book = parse_notebook(data)
    return sum(1 for cell in book.cells if cell.get("outputs")) if book else 0
