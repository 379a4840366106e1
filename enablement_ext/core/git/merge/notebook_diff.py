"""What differs between two versions of a notebook, for people: cell by cell with their lines, and in one short sentence."""

from __future__ import annotations

from dataclasses import dataclass

from enablement_ext.core.git.merge.cells import Cell, matching_cells, parse_notebook, source_of
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
        there = origin.get(index)
        while there is not None and shown < there:
            if shown not in found:
                rows.append(_row("removed", olds[shown], None))
            shown += 1
        shown = max(shown, there + 1) if there is not None else shown
        rows.append(_row("added", None, cell) if there is None else _pair(olds[there], cell))
    rows += [_row("removed", olds[index], None) for index in range(shown, len(olds)) if index not in found]
    return tuple(rows)


def summary(old: bytes | None, new: bytes | None) -> str:
    """In one sentence, e.g. "2 cells changed, 1 added"."""
    if new is None:
        return "Taken out"
    if old is None:
        return "New"
    rows = compare(old, new)
    counts = {state: sum(1 for row in rows if row.state == state) for state in ("changed", "added", "removed")}
    if parse_notebook(new) is None:
        return "Changed" if counts["changed"] else "No change"
    said = [f"{count} {state}" for state, count in counts.items() if count]
    if not said:
        return "Only settings of the notebook"
    first, _, state = said[0].partition(" ")
    return ", ".join([f"{first} {'cell' if first == '1' else 'cells'} {state}", *said[1:]])


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
