"""Two lists of outputs: which correspond, and in what they differ as `core.comparison` says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.comparison import ComparisonStep, compare_outputs
from enablement_ext.core.comparison.models import Difference, DifferenceKind
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.comparison.pictures import FORMS as PICTURES
from enablement_ext.core.notebook.stored import StoredCell
from enablement_ext.core.review.differences.models import (
    Correspondence,
    OutputDifference,
    OutputFinding,
    TableComparison,
)
from enablement_ext.core.review.differences.tables import table_rows
from enablement_ext.core.text.line_diff import opcodes

MOST_BYTES = (
    4 * 1024 * 1024
)  # of text in outputs that differ, of a whole notebook; what is beyond is not compared in detail
MOST_PICTURES = 16
_LARGEST = 1024 * 1024  # bytes of one output; of a picture four times as many
_MOST_FINDINGS = 8
# At this indentation there is nothing but an output's own number (the canonical form never breaks a line inside a text).
_COUNT = re.compile(rb'\n     "execution_count": (?:null|[0-9]+),?')
_KIND = re.compile(rb'\n     "(?:output_type|name)": "([a-z_]+)"')
_FORM = re.compile(rb'\n      "([^"\n]{1,100})": ')
_UNLOOKED = OutputFinding(DifferenceKind.TOO_LARGE.value, "", {"not_looked_at": True})


@dataclass(slots=True)
class Detail:
    """How outputs are compared, and how much of that is left for the notebook."""

    how: Comparer
    bytes_left: int = MOST_BYTES
    pictures_left: int = MOST_PICTURES

    def take(self, one: bytes, other: bytes, forms: frozenset[str]) -> Comparer | None:
        """With what two outputs may be compared, None where they are too large or too much was compared already."""
        size = max(len(one), len(other))
        if forms & PICTURES:
            if self.pictures_left <= 0 or size > 4 * _LARGEST:
                return None
            self.pictures_left -= 1
            return self.how
        if size > min(_LARGEST, self.bytes_left):
            return None
        self.bytes_left -= size
        return self.how


def output_differences(old: StoredCell, new: StoredCell, detail: Detail) -> tuple[OutputDifference, ...]:
    """All outputs of both cells in order, those that correspond beside each other; empty where both show exactly the same."""
    if old.raw_outputs == new.raw_outputs:
        return ()
    ours, theirs = (_Outputs(cell) for cell in (old, new))
    found: list[OutputDifference] = []
    for tag, start, end, begin, stop in opcodes(ours.plain, theirs.plain):
        if tag == "equal":
            pairs = zip(range(start, end), range(begin, stop), strict=True)
            found += [OutputDifference(Correspondence.SAME, one, other) for one, other in pairs]
        else:
            found += _replaced((ours, range(start, end)), (theirs, range(begin, stop)), detail)
    return () if all(each.standing is Correspondence.SAME for each in found) else tuple(found)


def plain_outputs(cell: StoredCell) -> list[bytes]:
    """Each output as it is stored, without its number: equal bytes show the same."""
    return [_COUNT.sub(b"", raw, count=1) for raw in cell.raw_outputs_list]


class _Outputs:
    """A cell's outputs as they are stored, parsed one by one when they are looked at."""

    def __init__(self, cell: StoredCell) -> None:
        self.raw = cell.raw_outputs_list
        self.plain = plain_outputs(cell)

    def shape(self, index: int) -> str:
        """Its type, the stream that it is, and the forms that it has."""
        kinds = (kind.decode() for kind in _KIND.findall(self.raw[index]))
        return " ".join([*kinds, *sorted(self.forms(index))])

    def forms(self, index: int) -> frozenset[str]:
        """The mime types of it."""
        names = (match[1].decode(errors="replace") for match in _FORM.finditer(self.raw[index]))
        return frozenset(name for name in names if "/" in name)

    def parsed(self, index: int) -> dict[str, Any]:
        """As nbformat has it."""
        found = json.loads(self.raw[index])
        return found if isinstance(found, dict) else {}


Part = tuple[_Outputs, range]


def _replaced(old: Part, new: Part, detail: Detail) -> Iterator[OutputDifference]:
    """Outputs that stand where others stood: beside each other where they are of one kind."""
    ours, theirs = old[0], new[0]
    shapes = [ours.shape(index) for index in old[1]], [theirs.shape(index) for index in new[1]]
    for tag, start, end, begin, stop in opcodes(*shapes):
        mine, yours = old[1][start:end], new[1][begin:stop]
        together = len(mine) if tag == "equal" or len(mine) == len(yours) else 0
        for one, other in zip(mine[:together], yours[:together], strict=True):
            yield _compared(ours, theirs, (one, other), detail)
        yield from (OutputDifference(Correspondence.REMOVED, one, None) for one in mine[together:])
        yield from (OutputDifference(Correspondence.ADDED, None, other) for other in yours[together:])


def _compared(ours: _Outputs, theirs: _Outputs, pair: tuple[int, int], detail: Detail) -> OutputDifference:
    one, other = pair
    forms = ours.forms(one) & theirs.forms(other)
    how = detail.take(ours.raw[one], theirs.raw[other], forms)
    if how is None:
        return OutputDifference(Correspondence.CHANGED, one, other, (_UNLOOKED,))
    mine, yours = ours.parsed(one), theirs.parsed(other)
    compared = compare_outputs([mine], [yours], how)
    if compared.same:
        decided = OutputFinding("same", "", {"step": ComparisonStep(compared.step).name.lower()})
        return OutputDifference(Correspondence.EQUIVALENT, one, other, (decided,))
    findings = tuple(map(_finding, compared.differences[:_MOST_FINDINGS]))
    return OutputDifference(
        Correspondence.CHANGED, one, other, findings, _table(mine, yours, compared.differences, how)
    )


def _finding(difference: Difference) -> OutputFinding:
    return OutputFinding(difference.kind.value, difference.form, difference.facts)


def _table(
    mine: dict[str, Any], yours: dict[str, Any], differences: Sequence[Difference], how: Comparer
) -> TableComparison | None:
    """The rows of a table in HTML that differ, where both sides are one that can be read."""
    kinds = {each.kind for each in differences if each.form == "text/html"}
    if how.tables is None or not kinds & {DifferenceKind.TABLE, DifferenceKind.ORDER}:
        return None
    read = [how.tables.tables(_joined(side["data"]["text/html"])) for side in (mine, yours)]
    return table_rows(read[0][0], read[1][0], how.tolerance) if read[0] and read[1] else None


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
