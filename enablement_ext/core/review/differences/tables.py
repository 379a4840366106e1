"""Two tables row by row and cell by cell, as far as they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from enablement_ext.core.comparison.models import Tolerance
from enablement_ext.core.comparison.numbers import same_numbers
from enablement_ext.core.comparison.ports import Table
from enablement_ext.core.review.differences.models import TableComparison, TableRow
from enablement_ext.core.text.line_diff import opcodes

MOST_ROWS = 50
MOST_COLUMNS = 30
_MOST_COMPARED = 5_000  # rows of a table
_LONGEST = 300  # characters of a cell

Row = tuple[str, ...]


def table_rows(old: Table, new: Table, tolerance: Tolerance) -> TableComparison:
    """Rows correspond by their label where labels tell them apart, else in order; columns by their label."""
    columns = _columns(old, new)
    places = [{label: at for at, label in reversed(list(enumerate(table.header)))} for table in (old, new)]
    found: list[TableRow] = []
    left = 0
    for label, mine, yours in _pairs(old, new):
        cells = tuple((_cell(mine, places[0], column), _cell(yours, places[1], column)) for column in columns)
        if all(_same(one, other, tolerance) for one, other in cells):
            continue
        if len(found) < MOST_ROWS:
            found.append(TableRow(label[:_LONGEST], cells))
        else:
            left += 1
    return TableComparison(tuple(column[:_LONGEST] for column in columns), tuple(found), left)


def _columns(old: Table, new: Table) -> list[str]:
    """The labels of both, in the new order; without those that label the rows."""
    shown = list(dict.fromkeys(new.header[new.labels :]))
    shown += [label for label in dict.fromkeys(old.header[old.labels :]) if label not in shown]
    return shown[:MOST_COLUMNS]


def _pairs(old: Table, new: Table) -> Iterator[tuple[str, Row | None, Row | None]]:
    ours, theirs = old.rows[:_MOST_COMPARED], new.rows[:_MOST_COMPARED]
    mine, yours = ([" ".join(row[: table.labels]) for row in rows] for table, rows in ((old, ours), (new, theirs)))
    if _tell_apart(mine) and _tell_apart(yours):
        by_label = dict(zip(mine, ours, strict=True))
        yield from ((label, by_label.get(label), row) for label, row in zip(yours, theirs, strict=True))
        known = set(yours)
        yield from ((label, row, None) for label, row in zip(mine, ours, strict=True) if label not in known)
        return
    for _, start, end, begin, stop in _in_order(ours, theirs):
        for at in range(max(end - start, stop - begin)):
            one = ours[start + at] if start + at < end else None
            other = theirs[begin + at] if begin + at < stop else None
            yield str((begin if other is not None else start) + at + 1), one, other


def _tell_apart(labels: Sequence[str]) -> bool:
    return len(set(labels)) == len(labels) and any(labels)


def _in_order(old: Sequence[Row], new: Sequence[Row]) -> list[tuple[str, int, int, int, int]]:
    """Rows that are equal as a whole correspond, and those between them."""
    return opcodes(["\0".join(row) for row in old], ["\0".join(row) for row in new])


def _cell(row: Row | None, places: dict[str, int], column: str) -> str | None:
    at = places.get(column)
    return None if row is None or at is None or at >= len(row) else row[at][:_LONGEST]


def _same(one: str | None, other: str | None, tolerance: Tolerance) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or same_numbers(one, other, tolerance)
