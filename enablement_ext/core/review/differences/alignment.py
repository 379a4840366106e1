"""Which cells of two notebooks correspond, for somebody who reads what changed.

What a cell holds decides. An id is a hint: copies, merges and other programs give new ids to old cells and old ids to new ones. Equal cells
first; then, anywhere, cells that share rare words or lines; then, between two that are found, what is alike in order; at last what stands alone
between the same neighbours under the same id. Time is linear in the cells but for a bounded number of comparisons.
(`core.review.cell_alignment`, which policy rests on, guesses nothing.)
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from enablement_ext.core.notebook.stored import StoredCell
from enablement_ext.core.text.line_diff import longest_increasing

_WORDS = re.compile(r"\w+")
_MARKS = re.compile(r"[^\w\s]")
_FEW_WORDS = 4  # with fewer, punctuation counts as well
_MOST_CHARACTERS = 20_000  # of a source that are looked at
_RARE = 8  # cells that a word or line may stand in to be one to find a cell by
_CANDIDATES = 3
_ALIKE = 0.5  # share of words in common, anywhere in the notebook
_ALIKE_IN_PLACE = 0.34  # between the same neighbours
_SAME_ID = 0.25  # what an id adds
_COMPARISONS = 40_000  # of all gaps together
_LARGEST_GAP = 2_500

Partners = dict[int, int]


@dataclass(frozen=True, slots=True)
class PlainCell:
    """What a cell is found by, of a notebook that is not stored."""

    id: str
    cell_type: str
    source: str


@dataclass(frozen=True, slots=True)
class CellPair:
    """Two cells that correspond, by their places. `moved`: out of order to the others."""

    old: int
    new: int
    moved: bool


def corresponding(old: Sequence[StoredCell | PlainCell], new: Sequence[StoredCell | PlainCell]) -> list[CellPair]:
    """Pairs in the order of `old`. Read from the other side they are the same pairs."""
    olds, news = [_Cell(cell) for cell in old], [_Cell(cell) for cell in new]
    turned = [cell.key for cell in olds] > [
        cell.key for cell in news
    ]  # one direction is worked out, the other is its mirror
    partners = _partners(news, olds) if turned else _partners(olds, news)
    first = sorted(partners.items())
    in_order = {first[at] for at in longest_increasing([other for _, other in first])}
    pairs = [(one, other, (one, other) not in in_order) for one, other in first]
    return sorted(
        (CellPair(*((b, a) if turned else (a, b)), moved) for a, b, moved in pairs), key=lambda pair: pair.old
    )


def are_alike(one: PlainCell, other: PlainCell) -> bool:
    """Whether they would be taken for the same cell wherever they stand, for what they hold alone."""
    return _likeness(_Cell(one), _Cell(other)) >= _ALIKE


class _Cell:
    """A cell with what it is found by."""

    def __init__(self, cell: StoredCell | PlainCell) -> None:
        self.key = (cell.cell_type, cell.source, cell.id)
        self.id = cell.id
        self.content = (cell.cell_type, cell.source)
        self.kind = cell.cell_type

    @cached_property
    def words(self) -> frozenset[str]:
        """The different words of it; of a short cell its punctuation as well."""
        text = self.content[1][:_MOST_CHARACTERS]
        words = frozenset(_WORDS.findall(text))
        return words if len(words) >= _FEW_WORDS else words | frozenset(_MARKS.findall(text))

    @cached_property
    def traits(self) -> frozenset[str]:
        """What it may be found by: its words and its lines."""
        lines = (line.strip() for line in self.content[1][:_MOST_CHARACTERS].split("\n"))
        return self.words | frozenset(line for line in lines if line)


def _partners(old: Sequence[_Cell], new: Sequence[_Cell]) -> Partners:
    partners = _equal(old, new)
    _alike_anywhere(old, new, partners)
    budget = _Budget(_COMPARISONS)
    for gap in list(_gaps(old, new, partners)):
        _alike_in_order(gap, partners, budget)
    for gap in list(_gaps(old, new, partners)):
        _same_id_in_place(gap, partners)
    return partners


def _equal(old: Sequence[_Cell], new: Sequence[_Cell]) -> Partners:
    """Equal cells: of several that are equal, those with the same id, then in order."""
    places: defaultdict[tuple[str, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, cells in enumerate((old, new)):
        for index, cell in enumerate(cells):
            places[cell.content][side].append(index)
    partners: Partners = {}
    for ours, theirs in places.values():
        by_id = {new[index].id: index for index in theirs}
        same = {index: by_id[old[index].id] for index in ours if old[index].id in by_id}
        partners.update(same)
        taken = set(same.values())
        left = (index for index in theirs if index not in taken)
        partners.update(zip((index for index in ours if index not in same), left, strict=False))
    return partners


def _alike_anywhere(old: Sequence[_Cell], new: Sequence[_Cell], partners: Partners) -> None:
    """The best pairs first, of those that share words or lines which few cells have, or the id."""
    taken = set(partners.values())
    ours = [index for index in range(len(old)) if index not in partners]
    theirs = [index for index in range(len(new)) if index not in taken]
    if not ours or not theirs:
        return
    places, by_id = _rare_traits(new, theirs), {new[index].id: index for index in theirs}
    often = Counter(trait for index in ours for trait in old[index].traits)
    scored: list[tuple[float, int, int, int]] = []
    for index in ours:
        votes: Counter[int] = Counter()
        for trait in old[index].traits:
            if often[trait] <= _RARE:
                votes.update(places.get(trait, ()))
        candidates = {other for _, other in sorted((-count, other) for other, count in votes.items())[:_CANDIDATES]}
        candidates |= {by_id[old[index].id]} if old[index].id in by_id else set()
        for other in candidates:
            score = _score(old[index], new[other])
            if score >= _ALIKE:
                scored.append((-score, abs(index - other), index, other))
    for _, _, index, other in sorted(scored):
        if index not in partners and other not in taken:
            partners[index] = other
            taken.add(other)


def _rare_traits(cells: Sequence[_Cell], which: Sequence[int]) -> dict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index in which:
        for trait in cells[index].traits:
            places[trait].append(index)
    return {trait: found for trait, found in places.items() if len(found) <= _RARE}


def _score(one: _Cell, other: _Cell) -> float:
    """Share of words in common, and a bit for the same id; 0 for another type."""
    alike = _likeness(one, other)
    return alike + (_SAME_ID if one.id == other.id and alike > 0 else 0)


def _likeness(one: _Cell, other: _Cell) -> float:
    if one.kind != other.kind:
        return 0.0
    ours, theirs = one.words, other.words
    both = len(ours) + len(theirs)
    return 2 * len(ours & theirs) / both if both else 1.0


@dataclass(slots=True)
class _Budget:
    """Comparisons that are left."""

    left: int

    def take(self, count: int) -> bool:
        """Whether so many may be made."""
        if count > self.left:
            return False
        self.left -= count
        return True


@dataclass(frozen=True, slots=True)
class _Gap:
    """Cells without a partner between the same two pairs."""

    old: list[tuple[int, _Cell]]
    new: list[tuple[int, _Cell]]


def _gaps(old: Sequence[_Cell], new: Sequence[_Cell], partners: Partners) -> Iterator[_Gap]:
    pairs = sorted(partners.items())
    taken = set(partners.values())
    in_order = [pairs[at] for at in longest_increasing([other for _, other in pairs])]
    ours = theirs = 0
    for one, other in [*in_order, (len(old), len(new))]:
        mine = [(index, old[index]) for index in range(ours, one) if index not in partners]
        yours = [(index, new[index]) for index in range(theirs, other) if index not in taken]
        if mine and yours:
            yield _Gap(mine, yours)
        ours, theirs = one + 1, other + 1


def _alike_in_order(gap: _Gap, partners: Partners, budget: _Budget) -> None:
    """The pairs, in order, whose scores are the most together."""
    rows, columns = len(gap.old), len(gap.new)
    if rows * columns > _LARGEST_GAP or not budget.take(rows * columns):
        return
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    scores = [[_score(one, other) for _, other in gap.new] for _, one in gap.old]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            paired = scores[row][column] + best[row + 1][column + 1] if scores[row][column] >= _ALIKE_IN_PLACE else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    row = column = 0
    while row < rows and column < columns:
        if best[row][column] == best[row + 1][column]:
            row += 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            partners[gap.old[row][0]] = gap.new[column][0]
            row, column = row + 1, column + 1


def _same_id_in_place(gap: _Gap, partners: Partners) -> None:
    """A cell that was written anew where it stood."""
    by_id = {cell.id: (index, cell) for index, cell in gap.new}
    reached = -1
    for index, cell in gap.old:
        other = by_id.get(cell.id)
        if other is not None and other[1].kind == cell.kind and other[0] > reached:
            partners[index] = reached = other[0]
