"""Two people changed one notebook: what goes together goes together, the rest are clashes that a person settles, cell by cell.

Nothing is dropped in silence: every cell of either side is in the result, is in a clash, or was taken out by the side that alone touched it.
The order is mine; what is new on their side follows what it followed there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git.merge.cells import (
    Cell,
    NotebookDocument,
    fresh_id,
    matching_cells,
    same_work,
    source_of,
    with_source,
)
from enablement_ext.core.text.line_diff import opcodes


class Resolution(StrEnum):
    """Which side of a clash is taken."""

    OURS = "mine"  # what the front end sends
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """A cell that both changed, or that one changed and the other took out (then that side is None). `key` names it within its merge."""

    key: str
    ours: Cell | None
    theirs: Cell | None


Item = Cell | MergeConflict


@dataclass(slots=True)
class _Place:
    """A place in the result, with the cell of each side that stands there."""

    base: Cell | None = None
    ours: Cell | None = None
    theirs: Cell | None = None


@dataclass(frozen=True, slots=True)
class NotebookMerge:
    """The outcome: cells in order, with clashes where they stand."""

    head: dict[str, Any]
    items: tuple[Item, ...]

    @property
    def conflicts(self) -> tuple[MergeConflict, ...]:
        """What a person has to settle."""
        return tuple(item for item in self.items if isinstance(item, MergeConflict))

    def resolved(self, choices: Mapping[str, Resolution]) -> bytes:
        """The notebook. Raises `BadRequest` where a clash has no choice."""
        cells, taken = list[Cell](), set[str]()
        for item in self.items:
            for cell in _chosen(item, choices) if isinstance(item, MergeConflict) else [item]:
                fresh = fresh_id(cell, taken)
                cells.append(fresh)
                taken.add(str(fresh.get("id")))
        return NotebookDocument(self.head, tuple(cells)).data()


def merge(base: NotebookDocument | None, mine: NotebookDocument, theirs: NotebookDocument) -> NotebookMerge:
    """The three-way merge; `base` is None where both made the notebook."""
    places = _places(base.cells if base else (), mine.cells, theirs.cells)
    items = list[Item]()
    for place in places:
        item = _settle(place, f"c{len(items)}")
        if item is not None:
            items.append(item)
    head = _merged(base.head if base else {}, mine.head, theirs.head)
    both = [book.head.get("metadata", {}) for book in (base, mine, theirs) if book is not None]
    if len(both) == 3:
        head["metadata"] = _merged(*both)
    head["nbformat_minor"] = max(_minor(mine), _minor(theirs))
    return NotebookMerge(head, tuple(items))


def merged_lines(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """The three-way merge of lines, None where they touch the same place."""
    found = list[str]()
    at = here = there = 0
    for start, end, mine_at, theirs_at in [
        *_common(base, mine, theirs),
        (len(base), len(base), len(mine), len(theirs)),
    ]:
        old, one, other = base[at:start], mine[here:mine_at], theirs[there:theirs_at]
        if old not in (one, other) and one != other:
            return None
        found += [*(other if one == old else one), *base[start:end]]
        length = end - start
        at, here, there = end, mine_at + length, theirs_at + length
    return found


def _common(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Runs of lines that all three have: start and end in the base, start in the two others."""
    same = [
        [(start, end, at) for tag, start, end, at, _ in opcodes(list(base), list(other)) if tag == "equal"]
        for other in (mine, theirs)
    ]
    found = list[tuple[int, int, int, int]]()
    one, other = 0, 0
    while one < len(same[0]) and other < len(same[1]):
        (first, last, at), (begin, stop, where) = same[0][one], same[1][other]
        start, end = max(first, begin), min(last, stop)
        if start < end:
            found.append((start, end, at + start - first, where + start - begin))
        if last < stop:
            one += 1
        else:
            other += 1
    return found


def _places(base: Sequence[Cell], mine: Sequence[Cell], theirs: Sequence[Cell]) -> list[_Place]:
    """My order, with what is only theirs after what it follows there."""
    of_mine = {index: old for old, index in matching_cells(base, mine).items()}
    of_theirs = {index: old for old, index in matching_cells(base, theirs).items()}
    places = [_Place(base[of_mine[index]] if index in of_mine else None, cell) for index, cell in enumerate(mine)]
    known = {old: places[index] for index, old in of_mine.items()}
    fresh = [index for index in range(len(mine)) if index not in of_mine]
    theirs_fresh = [index for index in range(len(theirs)) if index not in of_theirs]
    twins = matching_cells([theirs[index] for index in theirs_fresh], [mine[index] for index in fresh])
    twin = {theirs_fresh[one]: places[fresh[other]] for one, other in twins.items()}
    before: _Place | None = None
    for index, cell in enumerate(theirs):
        old = of_theirs.get(index)
        place = known.get(old) if old is not None else twin.get(index)
        if place is None:
            place = _Place(base[old] if old is not None else None)
            places.insert(_after(places, before), place)
        place.theirs = cell
        before = place
    return places


def _after(places: list[_Place], before: _Place | None) -> int:
    """Behind that place, and behind what I added there."""
    at = 0 if before is None else next(index for index, place in enumerate(places) if place is before) + 1
    while at < len(places) and places[at].base is None and places[at].theirs is None:
        at += 1
    return at


def _settle(place: _Place, key: str) -> Item | None:
    """One cell, a clash, or nothing where it was taken out."""
    base, mine, theirs = place.base, place.ours, place.theirs
    if base is None and (mine is None or theirs is None):
        return mine or theirs
    if _same(mine, theirs) or (base is not None and _same(theirs, base)):
        return mine
    if base is not None and _same(mine, base):
        return theirs
    if mine is None or theirs is None or base is None:
        return MergeConflict(key, mine, theirs)
    return _both(base, mine, theirs) or MergeConflict(key, mine, theirs)


def _same(one: Cell | None, other: Cell | None) -> bool:
    """Whether nothing but results tells them apart."""
    return one is other if one is None or other is None else same_work(one, other)


def _both(base: Cell, mine: Cell, theirs: Cell) -> Cell | None:
    """One cell with what both did to it, None where they did it to the same place."""
    if not base["cell_type"] == mine["cell_type"] == theirs["cell_type"]:
        return None
    if mine.get("attachments") != theirs.get("attachments"):
        return None
    lines = merged_lines(*(source_of(cell).split("\n") for cell in (base, mine, theirs)))
    if lines is None:
        return None
    text = "\n".join(lines)
    cell = mine if text == source_of(mine) else with_source(mine, text)
    return {**cell, "metadata": _merged(*(each.get("metadata", {}) for each in (base, mine, theirs)))}


def _merged(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Member by member; where both changed one, mine counts: it is about the tools, not the work."""
    missing = object()
    found = dict[str, Any]()
    for key in [*mine, *(key for key in theirs if key not in mine)]:
        old, one, other = (each.get(key, missing) for each in (base, mine, theirs))
        value = other if one == old else one
        if value is not missing:
            found[key] = value
    return found


def _chosen(clash: MergeConflict, choices: Mapping[str, Resolution]) -> list[Cell]:
    choice = choices.get(clash.key)
    if choice is None:
        raise BadRequest("Choose for every cell that both of you changed.", facts={"field": clash.key})
    wanted = {
        Resolution.OURS: [clash.ours],
        Resolution.THEIRS: [clash.theirs],
        Resolution.BOTH: [clash.ours, clash.theirs],
    }
    return [cell for cell in wanted[choice] if cell is not None]


def _minor(book: NotebookDocument) -> int:
    minor = book.head.get("nbformat_minor")
    return minor if isinstance(minor, int) else 0
