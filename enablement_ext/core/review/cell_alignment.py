"""Which cells of two versions of a notebook are the same cell.

By id; else by equal type and source; else, only where both ids were made from the source (nbformat before 4.5, where every edit makes another
id), by standing alone between the same neighbours. Nothing further is guessed. Time is linear in the number of cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from enablement_ext.core.notebook.ids import is_made
from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook

Pair = tuple[StoredCell, StoredCell]


def aligned(old: StoredNotebook, new: StoredNotebook) -> list[Pair]:
    """Pairs of cells in the order of `old`; each cell is in at most one."""
    partners = _by_id_or_source(old, new)
    _by_neighbours(old.cells, new.cells, partners)
    return [(old.cells[index], new.cells[partners[index]]) for index in sorted(partners)]


def has_made_id(cell: StoredCell) -> bool:
    """Whether the cell's id was made from its source, and so says nothing beyond it."""
    return is_made(cell.id, cell.cell_type, cell.source)


def _by_id_or_source(old: StoredNotebook, new: StoredNotebook) -> dict[int, int]:
    """Old index -> new index."""
    by_id = {cell.id: cell.index for cell in new.cells}
    old_ids = {cell.id for cell in old.cells}
    by_source: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for cell in reversed(new.cells):
        if cell.id not in old_ids:
            by_source[cell.cell_type, cell.source].append(cell.index)
    partners: dict[int, int] = {}
    for cell in old.cells:
        same = by_id.get(cell.id)
        if same is not None:
            partners[cell.index] = same
        elif candidates := by_source.get((cell.cell_type, cell.source)):
            partners[cell.index] = candidates.pop()
    return partners


def _by_neighbours(old: Sequence[StoredCell], new: Sequence[StoredCell], partners: dict[int, int]) -> None:
    """Pair runs of cells without a partner that stand between the same two cells and are alike in number and types."""
    taken = set(partners.values())
    before = -1
    for index in [*sorted(partners), len(old)]:
        start = partners[before] + 1 if before >= 0 else 0
        end = partners[index] if index < len(old) else len(new)
        unmatched, candidates = old[before + 1 : index], range(start, end)
        if (
            unmatched
            and len(unmatched) == len(candidates)
            and not taken.intersection(candidates)
            and _alike(unmatched, new[start:end])
        ):
            partners.update(zip(range(before + 1, index), candidates, strict=True))
            taken.update(candidates)
        before = index


def _alike(one: Sequence[StoredCell], other: Sequence[StoredCell]) -> bool:
    return all(
        a.cell_type == b.cell_type and has_made_id(a) and has_made_id(b) for a, b in zip(one, other, strict=True)
    )
