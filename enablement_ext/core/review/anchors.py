"""Where a thread stands: checked when it is made, found again in a later version.

A thread's cell is found as `alignment` says (by id, else by equal source). Lines follow the text they were made on; an output follows its content within
the cell. What cannot be found any more is deleted, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from enablement_ext.core.errors import Unprocessable
from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook
from enablement_ext.core.review.cell_alignment import aligned
from enablement_ext.core.review.models import Anchor, Ported
from enablement_ext.core.text.line_diff import Opcode, longest_increasing, opcodes

_QUOTED_LINES = 20
_QUOTED = 2_000  # characters


@dataclass(frozen=True, slots=True)
class PortedAnchor:
    """A thread's place in a version. For DELETED the cell is named where it still exists, so that the thread can be shown beside it."""

    state: Ported
    cell: str | None
    lines: tuple[int, int] | None
    output: int | None


def checked(anchor: Anchor, notebook: bytes) -> Anchor:
    """The anchor with `source_sha256` and `quote` filled in from the canonical notebook it is made on.

    Raises `Unprocessable` where the cell, the lines or the output do not exist.
    """
    if anchor.cell is None:
        if anchor.lines is not None or anchor.output is not None:
            raise Unprocessable("Lines or an output belong to a cell, and none is named.")
        return Anchor()
    if anchor.lines is not None and anchor.output is not None:
        raise Unprocessable("A thread stands on lines or on an output, not on both.")
    cell = next((cell for cell in StoredNotebook(notebook).cells if cell.id == anchor.cell), None)
    if cell is None:
        raise Unprocessable("This version has no such cell. Reload it and try again.")
    lines = cell.source.splitlines()
    if anchor.output is not None and not 0 <= anchor.output < cell.outputs_total:
        raise Unprocessable(f"The cell has {cell.outputs_total} outputs; there is no output {anchor.output + 1}.")
    if anchor.lines is not None and not 1 <= anchor.lines[0] <= anchor.lines[1] <= max(len(lines), 1):
        raise Unprocessable(
            f"The cell has {len(lines)} lines; lines {anchor.lines[0]} to {anchor.lines[1]} are not a range in it."
        )
    first, last = anchor.lines or ((1, 0) if anchor.output is not None else (1, len(lines)))
    return replace(anchor, source_sha256=cell.source_sha256, quote=_quote(lines[first - 1 : last]))


def place(anchor: Anchor, old: bytes, new: bytes) -> PortedAnchor:
    """Where a thread made on the canonical notebook `old` stands in `new`."""
    return place_all([anchor], old, new)[0]


def place_all(anchors: Sequence[Anchor], old: bytes, new: bytes) -> list[PortedAnchor]:
    """Where each thread stands; reads each notebook and compares each cell once."""
    if old == new:
        return [PortedAnchor(Ported.UNCHANGED, anchor.cell, anchor.lines, anchor.output) for anchor in anchors]
    if all(anchor.cell is None for anchor in anchors):
        return [PortedAnchor(Ported.UNCHANGED, None, None, None) for _ in anchors]
    alignment = aligned(StoredNotebook(old), StoredNotebook(new))
    in_order = set(longest_increasing([counterpart.index for _, counterpart in alignment]))
    pairs = {
        cell.id: _Pair(cell, counterpart, position not in in_order)
        for position, (cell, counterpart) in enumerate(alignment)
    }
    return [_placed(anchor, pairs.get(anchor.cell or "")) for anchor in anchors]


def place_unknown(anchor: Anchor) -> PortedAnchor:
    """Of a thread whose notebook, or the one it is looked for in, cannot be read."""
    return PortedAnchor(Ported.UNCHANGED if anchor.cell is None else Ported.UNKNOWN, None, None, None)


@dataclass(frozen=True)
class _Pair:
    """A cell then and now. `moved` is whether it stands in another order to the other cells."""

    old: StoredCell
    new: StoredCell
    moved: bool

    @cached_property
    def opcodes(self) -> list[Opcode]:
        return opcodes(self.old.source.splitlines(), self.new.source.splitlines())

    @cached_property
    def outputs(self) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
        return _comparable(self.old), _comparable(self.new)

    def placed(self, state: Ported, lines: tuple[int, int] | None = None, output: int | None = None) -> PortedAnchor:
        return PortedAnchor(
            Ported.MOVED if state is Ported.UNCHANGED and self.moved else state, self.new.id, lines, output
        )


def _placed(anchor: Anchor, pair: _Pair | None) -> PortedAnchor:
    if anchor.cell is None:
        return PortedAnchor(Ported.UNCHANGED, None, None, None)
    if pair is None:
        return PortedAnchor(Ported.DELETED, None, None, None)
    if anchor.output is not None:
        return _placed_output(anchor.output, pair)
    if (pair.old.cell_type, pair.old.source) == (pair.new.cell_type, pair.new.source):
        return pair.placed(Ported.UNCHANGED, anchor.lines)
    if anchor.lines is None:
        return pair.placed(Ported.CHANGED)
    return pair.placed(*_ported_lines(anchor.lines, pair.opcodes))


def _placed_output(index: int, pair: _Pair) -> PortedAnchor:
    old, new = pair.outputs
    if index < len(old):
        if index < len(new) and old[index] == new[index]:
            return pair.placed(Ported.UNCHANGED, output=index)
        if old[index] in new:
            return pair.placed(Ported.MOVED, output=new.index(old[index]))
    if index < len(new):
        return pair.placed(Ported.CHANGED, output=index)
    return pair.placed(Ported.DELETED)


def _comparable(cell: StoredCell) -> list[dict[str, object]]:
    """The outputs without their execution counts, which change with every run."""
    return [{key: value for key, value in output.items() if key != "execution_count"} for output in cell.outputs]


def _ported_lines(lines: tuple[int, int], difference: Sequence[Opcode]) -> tuple[Ported, tuple[int, int] | None]:
    """Follow a range of lines through the difference of two sources."""
    first, last = lines[0] - 1, lines[1]  # half-open
    low, high, unchanged = -1, -1, 0
    for tag, old_start, old_end, new_start, new_end in difference:
        start, end = max(old_start, first), min(old_end, last)
        if start >= end or tag == "delete":
            continue
        if tag == "equal":
            new_start, new_end = new_start + start - old_start, new_start + end - old_start  # noqa: PLW2901
            unchanged += end - start
        low = new_start if low < 0 else low
        high = new_end
    if low < 0:
        return Ported.DELETED, None
    if unchanged != last - first or high - low != unchanged:
        return Ported.CHANGED, (low + 1, high)
    return (Ported.UNCHANGED if low == first else Ported.MOVED), (low + 1, high)


def _quote(lines: Sequence[str]) -> str:
    return "\n".join(lines[:_QUOTED_LINES])[:_QUOTED]
