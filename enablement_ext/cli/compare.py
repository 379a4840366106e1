"""`enablement compare`: a notebook as it was sent beside what came out when it was run again, cell by cell."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.core.comparison import (
    CellRun,
    CellVerdict,
    ComparedCell,
    Ending,
    RunVerdict,
    compare_cell,
    sentence,
)
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook import StoredCell, StoredNotebook, canonicalise
from enablement_ext.core.review.cell_alignment import aligned

_SAME = (RunVerdict.IDENTICAL, RunVerdict.EQUIVALENT)


@dataclass(frozen=True, slots=True)
class ComparedNotebook:
    """Every code cell of the first notebook with its verdict, in order, and how many cells only the other one has."""

    cells: tuple[tuple[StoredCell, CellVerdict], ...]
    added: int

    @property
    def same(self) -> bool:
        """Whether every cell came out the same."""
        return not self.added and all(verdict.verdict in _SAME for _, verdict in self.cells)


def compare_notebooks(sent: StoredNotebook, runs: Sequence[StoredNotebook], how: Comparer) -> ComparedNotebook:
    """`runs`: one or two. A cell belongs to the one with its id or its source."""
    partners = [{pair[0].index: pair[1] for pair in aligned(sent, run)} for run in runs]
    rows = tuple(
        (cell, compare_cell(_sent(cell), [_run(each[cell.index]) for each in partners if cell.index in each], how))
        for cell in sent.cells
        if cell.cell_type == "code"
    )
    added = sum(1 for cell in runs[0].cells if cell.cell_type == "code") - len(
        {cell.index for cell in partners[0].values() if cell.cell_type == "code"}
    )
    return ComparedNotebook(rows, added)


def compare(args: argparse.Namespace, how: Comparer) -> int:
    """Prints a line a cell, or JSON. Exit code 1 where a cell did not come out the same."""
    sent, *runs = (_read(path) for path in (args.sent, args.other, args.again) if path)
    found = compare_notebooks(sent, runs, how)
    print(json.dumps(_document(found), indent=2) if args.json else _text(found))
    return int(Exit.OK if found.same else Exit.NO)


def _read(path: Path) -> StoredNotebook:
    try:
        return StoredNotebook(canonicalise(path.read_bytes()).data)
    except OSError as error:
        raise CliError(f"{path}: {error.strerror or error}", Exit.USAGE) from error
    except (BadNotebook, TooLarge) as error:
        raise CliError(f"{path}: {error.message}", Exit.USAGE) from error


def _sent(cell: StoredCell) -> ComparedCell:
    return ComparedCell(cell.cell_type, cell.source, cell.outputs, cell.execution_count is not None, _tags(cell))


def _run(cell: StoredCell) -> CellRun:
    outputs = cell.outputs
    if any(each.get("output_type") == "error" for each in outputs):
        return CellRun(Ending.FAILED, outputs)
    ran = cell.execution_count is not None or bool(outputs)
    return CellRun(Ending.FINISHED if ran else Ending.NOT_RUN, outputs)


def _tags(cell: StoredCell) -> frozenset[str]:
    tags = cell.metadata.get("tags") if isinstance(cell.metadata, dict) else None
    return frozenset(map(str, tags)) if isinstance(tags, list) else frozenset()


def _text(found: ComparedNotebook) -> str:
    lines = [
        f"cell {cell.index + 1}: {verdict.verdict}. {sentence(verdict)}"
        for cell, verdict in found.cells
        if verdict.verdict is not RunVerdict.IDENTICAL
    ]
    same = sum(1 for _, verdict in found.cells if verdict.verdict in _SAME)
    more = f", {found.added} cells that were not sent" if found.added else ""
    return "\n".join([*lines, f"{same} of {len(found.cells)} cells the same{more}"])


def _document(found: ComparedNotebook) -> dict[str, Any]:
    cells = [
        asdict(verdict)
        | {"cell": cell.index, "id": cell.id, "step": verdict.step.name.lower(), "sentence": sentence(verdict)}
        for cell, verdict in found.cells
    ]
    return {"same": found.same, "added": found.added, "cells": cells}
