"""Where a line of a cell stands in the .ipynb file, so that editors and code hosts can show a finding there."""

from __future__ import annotations

import json
from collections.abc import Sequence

from enablement_ext.core.checks.models import CheckedCell

LineNumbers = dict[tuple[int, int], int]


def line_numbers(text: str, cells: Sequence[CheckedCell]) -> LineNumbers:
    """(number of the cell, line of its source, both from 1) -> line of the file, as far as found: each line of a source is searched for
    as JSON writes it, behind the one before."""
    found: LineNumbers = {}
    at, line = 0, 1
    for cell in cells:
        for number, source_line in enumerate(cell.source.splitlines(keepends=True), 1):
            place = _find(text, source_line, at)
            if place < 0:
                continue
            line += text.count("\n", at, place)
            at = place
            found[cell.number, number] = line
            at += 1
    return found


def _find(text: str, source_line: str, start: int) -> int:
    escaped = json.dumps(source_line, ensure_ascii=False)
    place = text.find(escaped, start)
    return place if place >= 0 else text.find(json.dumps(source_line), start)
