"""Diff of two versions of a notebook for people: by cell and line, and in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from enablement_ext.core.git.merge.cells import parse_notebook
from enablement_ext.core.notebook.working.cells import Cell, matching_cells, source_of
from enablement_ext.core.text.line_diff import opcodes


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line with its mark: " " in both, "-" only in the old one, "+" only in the new one."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A cell: `state` is same, changed, added or removed."""

    state: str
    kind: str
    lines: tuple[DiffLine, ...]


class SummaryCode(StrEnum):
    """What a version did to a file."""

    NEW = "new"
    REMOVED = "removed"
    CHANGED = "changed"  # a file that is no notebook
    UNCHANGED = "unchanged"
    CELLS = "cells"  # facts: changed, added, removed, each a number of cells
    SETTINGS = "settings"  # of the notebook; its cells are the same


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """What a version changed. `facts` are JSON values."""

    code: SummaryCode
    facts: Mapping[str, object] = field(default_factory=dict)


def compare(old: bytes | None, new: bytes | None) -> tuple[DiffRow, ...]:
    """From the old version to the new one, in the order of the new one; a file that is no notebook is one row."""
    before, after = parse_notebook(old), parse_notebook(new)
    if (before is None and old) or (after is None and new):
        lines = _lines(_plain(old), _plain(new))
        return (DiffRow("same" if old == new else "changed", "text", lines),)
    olds, news = (before.cells if before else ()), (after.cells if after else ())
    found = matching_cells(olds, news)
    origin = {index: other for other, index in found.items()}
    rows, shown = list[DiffRow](), 0
    for index, cell in enumerate(news):
        partner = origin.get(index)
        while partner is not None and shown < partner:
            if shown not in found:
                rows.append(_row("removed", olds[shown], None))
            shown += 1
        shown = max(shown, partner + 1) if partner is not None else shown
        rows.append(_row("added", None, cell) if partner is None else _pair(olds[partner], cell))
    rows += [_row("removed", olds[index], None) for index in range(shown, len(olds)) if index not in found]
    return tuple(rows)


def summary(old: bytes | None, new: bytes | None) -> VersionSummary:
    """What the new version changed, in cells where both are notebooks; None is a file that is not there."""
    if new is None:
        return VersionSummary(SummaryCode.REMOVED)
    if old is None:
        return VersionSummary(SummaryCode.NEW)
    rows = compare(old, new)
    counts = {state: sum(1 for row in rows if row.state == state) for state in ("changed", "added", "removed")}
    if parse_notebook(new) is None:
        return VersionSummary(SummaryCode.CHANGED if counts["changed"] else SummaryCode.UNCHANGED)
    return VersionSummary(SummaryCode.CELLS, counts) if any(counts.values()) else VersionSummary(SummaryCode.SETTINGS)


def _pair(old: Cell, new: Cell) -> DiffRow:
    same = source_of(old) == source_of(new) and old["cell_type"] == new["cell_type"]
    return _row("same" if same else "changed", old, new)


def _row(state: str, old: Cell | None, new: Cell | None) -> DiffRow:
    kind = str((new or old or {}).get("cell_type", ""))
    return DiffRow(state, kind, _lines(source_of(old) if old else "", source_of(new) if new else ""))


def _lines(old: str, new: str) -> tuple[DiffLine, ...]:
    before, after = old.split("\n") if old else [], new.split("\n") if new else []
    found = list[DiffLine]()
    for tag, start, end, begin, stop in opcodes(before, after):
        if tag == "equal":
            found += [DiffLine(" ", text) for text in before[start:end]]
        else:
            found += [DiffLine("-", text) for text in before[start:end]]
            found += [DiffLine("+", text) for text in after[begin:stop]]
    return tuple(found)


def _plain(data: bytes | None) -> str:
    return (data or b"").decode(errors="replace")
