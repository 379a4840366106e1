"""Tables by the labels of their rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from enablement_ext.core.comparison.models import DifferenceKind, Tolerance
from enablement_ext.core.comparison.numbers import same_numbers
from enablement_ext.core.comparison.ports import Table

SHOWN = 5  # cells that a difference names

TableDifference = tuple[DifferenceKind, dict[str, object]]
Key = tuple[str, ...]


def compare_tables(one: Sequence[Table], other: Sequence[Table], tolerance: Tolerance) -> TableDifference | None:
    """None where they are the same. Facts: how many cells differ and the first of them, or which labels only one side has."""
    if len(one) != len(other):
        return DifferenceKind.TABLE, {"tables": [len(one), len(other)]}
    found = (_compare(mine, yours, tolerance) for mine, yours in zip(one, other, strict=True))
    return next((each for each in found if each is not None), None)


def _compare(one: Table, other: Table, tolerance: Tolerance) -> TableDifference | None:
    ours, theirs = _row_keys(one), _row_keys(other)
    if one.labels != other.labels or sorted(ours) != sorted(theirs) or sorted(one.header) != sorted(other.header):
        return DifferenceKind.TABLE, _label_facts(one, other)
    if len(set(one.header)) < len(one.header) or len(set(ours)) < len(ours):
        return _by_place(one, other, tolerance)
    column = {label: at for at, label in enumerate(other.header)}
    row = dict(zip(theirs, other.rows, strict=True))
    differing = [
        {"row": " ".join(key), "column": label, "old": cell, "new": row[key][column[label]]}
        for key, cells in zip(ours, one.rows, strict=True)
        for label, cell in zip(one.header, cells, strict=True)
        if not same_numbers(cell, row[key][column[label]], tolerance)
    ]
    if differing:
        return DifferenceKind.TABLE, {"cells": len(differing), "first": differing[:SHOWN]}
    in_order = ours == theirs and one.header == other.header
    return None if in_order else (DifferenceKind.ORDER, {"rows": ours != theirs, "columns": one.header != other.header})


def _by_place(one: Table, other: Table, tolerance: Tolerance) -> TableDifference | None:
    """Where labels do not tell rows or columns apart, only the place does."""
    differing = [
        {"row": str(number), "column": label, "old": mine, "new": yours}
        for number, (ours, theirs) in enumerate(zip(one.rows, other.rows, strict=True), 1)
        for label, mine, yours in zip(one.header, ours, theirs, strict=True)
        if not same_numbers(mine, yours, tolerance)
    ]
    if differing or one.header != other.header:
        return DifferenceKind.TABLE, {"cells": len(differing), "first": differing[:SHOWN]}
    return None


def _row_keys(table: Table) -> list[Key]:
    return [row[: table.labels] for row in table.rows]


def _label_facts(one: Table, other: Table) -> dict[str, object]:
    facts: dict[str, object] = {"shape": [[len(each.rows), len(each.header)] for each in (one, other)]}
    for name, ours, theirs in (
        ("columns", one.header, other.header),
        ("rows", [" ".join(key) for key in _row_keys(one)], [" ".join(key) for key in _row_keys(other)]),
    ):
        mine, yours = set(ours), set(theirs)
        facts[f"{name}_gone"] = list(islice((each for each in ours if each not in yours), SHOWN))
        facts[f"{name}_new"] = list(islice((each for each in theirs if each not in mine), SHOWN))
    return facts
