"""Whether the results can come from running the notebook from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Level

_RUN_ALL = "Restart the kernel and run all cells (Run → Restart Kernel and Run All Cells), then save."


class OrderCheck:
    """By the numbers in the cells' prompts."""

    name = "order"
    kinds = {  # noqa: RUF012 - a constant
        "order.never-run": FindingKind(Level.WARN, "Cell {cell} was never run.", _RUN_ALL),
        "order.backwards": FindingKind(
            Level.WARN, "Cell {cell} was run before cell {before}, which stands above it.", _RUN_ALL
        ),
        "order.hidden-runs": FindingKind(
            Level.WARN,
            "{missing} runs are not in the notebook any more: cells were run several times, changed, or deleted.",
            _RUN_ALL,
        ),
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """A notebook of which nothing was run has one finding a cell; nothing more can be said of it."""
        last, last_cell, counts = 0, 0, set[int]()
        for cell in notebook.code:
            count = cell.execution_count
            if count is None:
                if not cell.outputs and "skip-execution" not in cell.tags:
                    yield Finding("order.never-run", cell.number, facts={"cell": cell.number})
                continue
            counts.add(count)
            if count < last:
                yield Finding("order.backwards", cell.number, facts={"cell": cell.number, "before": last_cell})
            last, last_cell = (count, cell.number) if count > last else (last, last_cell)
        missing = last - len(counts)
        if counts and missing > 0:
            yield Finding("order.hidden-runs", facts={"missing": missing})
