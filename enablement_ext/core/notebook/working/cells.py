"""Cells as plain JSON objects: their source, and which is which in two versions of a notebook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would cost Git's filter a tenth of its time
if TYPE_CHECKING:
    from typing import Any

Cell = dict[str, "Any"]


def source_of(cell: Cell) -> str:
    """The cell's source."""
    source = cell.get("source", "")
    return "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else str(source)


def matching_cells(old: Sequence[Cell], new: Sequence[Cell]) -> dict[int, int]:
    """Indices in `old` to indices in `new`: by id, else by equal type and source, else by position between the same two cells."""
    found = _by_id(old, new)
    waiting: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    taken = set(found.values())
    for index in reversed(range(len(new))):
        if index not in taken:
            waiting[new[index]["cell_type"], source_of(new[index])].append(index)
    for index, cell in enumerate(old):
        if index not in found and (same := waiting.get((cell["cell_type"], source_of(cell)))):
            found[index] = same.pop()
    _by_position(old, new, found)
    return found


def _by_id(old: Sequence[Cell], new: Sequence[Cell]) -> dict[int, int]:
    """Ids that occur twice are ignored."""
    ids: list[dict[str, int]] = []
    for cells in (old, new):
        places: defaultdict[str, list[int]] = defaultdict(list)
        for index, cell in enumerate(cells):
            if isinstance(cell.get("id"), str):
                places[cell["id"]].append(index)
        ids.append({name: where[0] for name, where in places.items() if len(where) == 1})
    return {index: ids[1][name] for name, index in ids[0].items() if name in ids[1]}


def _by_position(old: Sequence[Cell], new: Sequence[Cell], found: dict[int, int]) -> None:
    """Unpaired runs between the same two cells, equal in number and types; not where ids differ."""
    taken = set(found.values())
    before = -1
    for index in [*sorted(found), len(old)]:
        start = found[before] + 1 if before >= 0 else 0
        end = found[index] if index < len(old) else len(new)
        old_run, new_run = range(before + 1, index), range(start, end)
        free = len(old_run) == len(new_run) and not taken.intersection(new_run)
        if free and all(_may_be(old[one], new[other]) for one, other in zip(old_run, new_run, strict=True)):
            found.update(zip(old_run, new_run, strict=True))
            taken.update(new_run)
        before = index


def _may_be(one: Cell, other: Cell) -> bool:
    return one["cell_type"] == other["cell_type"] and not ("id" in one and "id" in other)
