"""What the outputs say by themselves: an exception that was sent along, and outputs too large to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Fix, Level

_LARGE = 2_000_000  # bytes of one cell's outputs
_CLEAR = Fix.CLEAR_OUTPUT


class OutputCheck:
    """By kind and size."""

    name = "outputs"
    kinds = {  # noqa: RUF012 - a constant
        "outputs.error": FindingKind(
            Level.WARN,
            "Cell {cell} ends with {error}.",
            "Make it run, or tag the cell raises-exception where it is meant to.",
        ),
        "outputs.large": FindingKind(
            Level.WARN,
            "The outputs of cell {cell} take {megabytes} MB.",
            "Show fewer rows or a smaller picture, or save the data to a file.",
        ),
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """At most one of each kind for a cell."""
        for cell in notebook.cells:
            failed = next((each for each in cell.outputs if each.get("output_type") == "error"), None)
            if failed is not None and "raises-exception" not in cell.tags:
                yield Finding(
                    "outputs.error", cell.number, None, {"cell": cell.number, "error": _named(failed)}, _CLEAR
                )
            size = cell.output_bytes or sum(map(_size, cell.outputs))
            if size > _LARGE:
                yield Finding(
                    "outputs.large", cell.number, None, {"cell": cell.number, "megabytes": round(size / 1e6, 1)}, _CLEAR
                )


def _named(output: Mapping[str, Any]) -> str:
    return str(output.get("ename") or "an error")[:80]


def _size(value: object) -> int:
    """About the bytes that it takes in the file, without writing it."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(len(key) + _size(inner) for key, inner in value.items())
    return sum(map(_size, value)) if isinstance(value, list) else 8
