"""A difference as JSON: one plain function per schema of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from enablement_ext.core.review.differences.models import (
    CellDifference,
    FileDifference,
    LineDifference,
    NotebookDifference,
    OutputDifference,
    TableComparison,
    ValueDifference,
    VersionDifference,
)
from enablement_ext.core.review.differences.seen import SeenMarks
from enablement_ext.web.serializers import Json, file_json, image_json


def version_difference_json(difference: VersionDifference) -> Json:
    """The contract's `Difference`."""
    image, path = difference.image, difference.path
    return {
        "image": None if image is None else {"old": image_json(image[0]), "new": image_json(image[1])},
        "path": None if path is None else {"old": path[0], "new": path[1]},
        "files": [file_difference_json(each) for each in difference.files],
        **notebook_difference_json(difference.notebook),
    }


def notebook_difference_json(difference: NotebookDifference) -> Json:
    """The part of it that is about the notebook."""
    kernel = difference.kernel
    return {
        "kernel": None if kernel is None else {"old": kernel[0], "new": kernel[1]},
        "settings": [value_json(each) for each in difference.settings],
        "language": difference.language,
        "changed": len(difference.changed),
        "cells": [cell_difference_json(each) for each in difference.cells],
    }


def cell_difference_json(cell: CellDifference) -> Json:
    """The contract's `CellDifference`; what a run of equal cells does not have is left out."""
    place: Json = {"standing": cell.standing.value, "old": cell.old, "new": cell.new, "count": cell.count}
    if not cell.seen_key:
        return {**place, "equivalent": cell.equivalent}
    return {
        **place,
        "moved": cell.moved,
        "cell_type": cell.cell_type,
        "old_id": cell.old_id,
        "new_id": cell.new_id,
        "seen_key": cell.seen_key,
        "lines": lines_json(cell.lines),
        "outputs": [output_difference_json(each) for each in cell.outputs],
        "settings": [value_json(each) for each in cell.settings],
        "attachments": cell.attachments,
    }


def output_difference_json(output: OutputDifference) -> Json:
    findings = [{"kind": each.kind, "form": each.form, "facts": dict(each.facts)} for each in output.findings]
    return {
        "standing": output.standing.value,
        "old": output.old,
        "new": output.new,
        "findings": findings,
        "table": None if output.table is None else table_json(output.table),
    }


def table_json(table: TableComparison) -> Json:
    rows = [{"label": row.label, "cells": [list(cell) for cell in row.cells]} for row in table.rows]
    return {"columns": list(table.columns), "rows": rows, "rows_left": table.rows_left}


def file_difference_json(file: FileDifference) -> Json:
    return {
        "standing": file.standing.value,
        "old": None if file.old is None else file_json(file.old),
        "new": None if file.new is None else file_json(file.new),
        "lines": lines_json(file.lines),
    }


def value_json(value: ValueDifference) -> Json:
    return {"name": value.name, "old": value.old, "new": value.new}


def seen_json(marks: SeenMarks) -> Json:
    """The contract's `Seen`."""
    return {"version": marks.version, "keys": sorted(marks.keys)}


def lines_json(lines: Sequence[LineDifference] | None) -> list[object] | None:
    """An equal line is its text alone: most lines are."""
    return None if lines is None else [_line(line) for line in lines]


def _line(line: LineDifference) -> object:
    if line.same and line.new is not None:
        return line.new[0]
    return {
        "old": None if line.old is None else list(line.old),
        "new": None if line.new is None else list(line.new),
    }
