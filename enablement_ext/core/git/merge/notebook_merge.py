"""Three-way merge of notebooks, cell by cell; conflicts are left to a person.

Nothing is dropped silently: every cell of either side is in the result, is in a conflict, or was deleted by the only side that touched it.
The order is ours; a cell that they added follows the cell it follows on their side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git.merge.cells import (
    NotebookDocument,
    same_content,
    with_source,
    with_unique_id,
)
from enablement_ext.core.notebook.working.cells import Cell, matching_cells, source_of
from enablement_ext.core.text.line_diff import opcodes

_IDS_SINCE = 5  # format 4.5: every cell has an id


class Resolution(StrEnum):
    """Which side of a conflict is taken."""

    OURS = "mine"  # what the front end sends
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """A cell that both changed, or that one changed and the other deleted (then that side is None). `key` identifies it within its merge."""

    key: str
    ours: Cell | None
    theirs: Cell | None


Item = Cell | MergeConflict


@dataclass(slots=True)
class _Slot:
    """A position in the result, with the cell that each version has there."""

    base: Cell | None = None
    ours: Cell | None = None
    theirs: Cell | None = None


@dataclass(frozen=True, slots=True)
class NotebookMerge:
    """A merge: cells and conflicts in order."""

    head: dict[str, Any]
    items: tuple[Item, ...]

    @property
    def conflicts(self) -> tuple[MergeConflict, ...]:
        """What needs a resolution."""
        return tuple(item for item in self.items if isinstance(item, MergeConflict))

    def resolved(self, choices: Mapping[str, Resolution]) -> bytes:
        """The merged notebook. Raises `BadRequest` where a conflict has no resolution."""
        cells, taken, needed = list[Cell](), set[str](), self.head.get("nbformat_minor", 0) >= _IDS_SINCE
        for item in self.items:
            for cell in _resolved(item, choices) if isinstance(item, MergeConflict) else [item]:
                added = with_unique_id(cell, taken, needed=needed)
                cells.append(added)
                taken.update([added["id"]] if "id" in added else [])
        return NotebookDocument(self.head, tuple(cells)).data()


def merge(base: NotebookDocument | None, ours: NotebookDocument, theirs: NotebookDocument) -> NotebookMerge:
    """Merge; `base` is None where both sides added the notebook."""
    slots = _slots(base.cells if base else (), ours.cells, theirs.cells)
    items = list[Item]()
    for slot in slots:
        item = _merge_cell(slot, f"c{len(items)}")
        if item is not None:
            items.append(_with_their_id(item, slot.theirs))
    head = _merged(base.head if base else {}, ours.head, theirs.head)
    both = [book.head.get("metadata", {}) for book in (base, ours, theirs) if book is not None]
    if len(both) == 3:
        head["metadata"] = _merged(*both)
    head["nbformat_minor"] = max(_minor(ours), _minor(theirs))
    return NotebookMerge(head, tuple(items))


def merged_lines(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """Three-way merge of lines, None where both changed the same place."""
    found = list[str]()
    at = in_ours = in_theirs = 0
    for start, end, ours_at, theirs_at in [
        *_common(base, ours, theirs),
        (len(base), len(base), len(ours), len(theirs)),
    ]:
        old, one, other = base[at:start], ours[in_ours:ours_at], theirs[in_theirs:theirs_at]
        if old not in (one, other) and one != other:
            return None
        found += [*(other if one == old else one), *base[start:end]]
        length = end - start
        at, in_ours, in_theirs = end, ours_at + length, theirs_at + length
    return found


def _common(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Runs of lines that all three have: start and end in the base, start in the other two."""
    same = [
        [(start, end, at) for tag, start, end, at, _ in opcodes(list(base), list(other)) if tag == "equal"]
        for other in (ours, theirs)
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


def _slots(base: Sequence[Cell], ours: Sequence[Cell], theirs: Sequence[Cell]) -> list[_Slot]:
    """Our order; a cell that only they have comes after the one it follows on their side."""
    base_of_ours = {index: old for old, index in matching_cells(base, ours).items()}
    base_of_theirs = {index: old for old, index in matching_cells(base, theirs).items()}
    slots = [
        _Slot(base[base_of_ours[index]] if index in base_of_ours else None, cell) for index, cell in enumerate(ours)
    ]
    known = {old: slots[index] for index, old in base_of_ours.items()}
    added = [index for index in range(len(ours)) if index not in base_of_ours]
    theirs_added = [index for index in range(len(theirs)) if index not in base_of_theirs]
    twins = matching_cells([theirs[index] for index in theirs_added], [ours[index] for index in added])
    twin = {theirs_added[one]: slots[added[other]] for one, other in twins.items()}
    before: _Slot | None = None
    for index, cell in enumerate(theirs):
        old = base_of_theirs.get(index)
        slot = known.get(old) if old is not None else twin.get(index)
        if slot is None:
            slot = _Slot(base[old] if old is not None else None)
            slots.insert(_after(slots, before), slot)
        slot.theirs = cell
        before = slot
    return slots


def _after(slots: list[_Slot], before: _Slot | None) -> int:
    """The position behind that slot, and behind what we added there."""
    at = 0 if before is None else next(index for index, slot in enumerate(slots) if slot is before) + 1
    while at < len(slots) and slots[at].base is None and slots[at].theirs is None:
        at += 1
    return at


def _merge_cell(slot: _Slot, key: str) -> Item | None:
    """A cell, a conflict, or None where it was deleted."""
    base, ours, theirs = slot.base, slot.ours, slot.theirs
    if base is None and (ours is None or theirs is None):
        return ours or theirs
    if _same(ours, theirs) or (base is not None and _same(theirs, base)):
        return ours
    if base is not None and _same(ours, base):
        return theirs
    if ours is None or theirs is None or base is None:
        return MergeConflict(key, ours, theirs)
    return _merge_both(base, ours, theirs) or MergeConflict(key, ours, theirs)


def _with_their_id(item: Item, theirs: Cell | None) -> Item:
    """A cell of ours from before format 4.5 takes the id that it has on their side, so that both sides go on with the same one."""
    if isinstance(item, MergeConflict) or theirs is None or "id" in item or "id" not in theirs:
        return item
    return {**item, "id": theirs["id"]}


def _same(one: Cell | None, other: Cell | None) -> bool:
    """Whether they differ in outputs at the most."""
    return one is other if one is None or other is None else same_content(one, other)


def _merge_both(base: Cell, ours: Cell, theirs: Cell) -> Cell | None:
    """One cell with the changes of both, None where they changed the same lines."""
    if not base["cell_type"] == ours["cell_type"] == theirs["cell_type"]:
        return None
    if ours.get("attachments") != theirs.get("attachments"):
        return None
    lines = merged_lines(*(source_of(cell).split("\n") for cell in (base, ours, theirs)))
    if lines is None:
        return None
    text = "\n".join(lines)
    cell = ours if text == source_of(ours) else with_source(ours, text)
    return {**cell, "metadata": _merged(*(each.get("metadata", {}) for each in (base, ours, theirs)))}


def _merged(base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Three-way merge of metadata by key; where both changed one, ours wins."""
    missing = object()
    found = dict[str, Any]()
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        old, one, other = (each.get(key, missing) for each in (base, ours, theirs))
        value = other if one == old else one
        if value is not missing:
            found[key] = value
    return found


def _resolved(conflict: MergeConflict, choices: Mapping[str, Resolution]) -> list[Cell]:
    choice = choices.get(conflict.key)
    if choice is None:
        raise BadRequest("Choose for every cell that both of you changed.", facts={"field": conflict.key})
    wanted = {
        Resolution.OURS: [conflict.ours],
        Resolution.THEIRS: [conflict.theirs],
        Resolution.BOTH: [conflict.ours, conflict.theirs],
    }
    return [cell for cell in wanted[choice] if cell is not None]


def _minor(book: NotebookDocument) -> int:
    minor = book.head.get("nbformat_minor")
    return minor if isinstance(minor, int) else 0
