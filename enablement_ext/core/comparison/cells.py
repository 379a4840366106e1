"""The verdict on a cell that was run again, from what was sent and one or two runs."""

from __future__ import annotations

from collections.abc import Sequence

from enablement_ext.core.comparison.models import (
    CellRun,
    CellVerdict,
    ComparedCell,
    Comparison,
    ComparisonStep,
    Ending,
    RunVerdict,
)
from enablement_ext.core.comparison.outputs import Comparer, RunAgain, compare_outputs

# Tags that people already use for this (nbval, Jupyter Book, nbconvert).
EXPECTS_ERROR = frozenset({"raises-exception"})
SKIPPED = frozenset({"skip-execution", "nbval-skip"})
NOT_COMPARED = frozenset({"nbval-ignore-output"})


def compare_cell(cell: ComparedCell, runs: Sequence[CellRun], how: Comparer | None = None) -> CellVerdict:
    """The verdict. `runs` holds the first run and, where there was one, a second in the same sandbox; without any the cell was not run."""
    if cell.cell_type != "code" or not (cell.source.strip() or cell.outputs):
        return CellVerdict(RunVerdict.IDENTICAL)
    if not runs or runs[0].ending is Ending.NOT_RUN:
        tag = next(iter(sorted(cell.tags & SKIPPED)), "")
        return CellVerdict(RunVerdict.NOT_RUN, facts={"tag": tag, "reason": runs[0].reason if runs else ""})
    first = runs[0]
    if first.needs:
        return CellVerdict(RunVerdict.NEEDS_RESOURCE, facts={"needs": list(first.needs)})
    if first.ending is Ending.TRUNCATED:
        return CellVerdict(RunVerdict.TRUNCATED, facts={"reason": first.reason})
    if first.ending is Ending.DIED:
        return CellVerdict(RunVerdict.ERROR, facts={"reason": first.reason})
    return _compare_run(cell, runs, how)


def _compare_run(cell: ComparedCell, runs: Sequence[CellRun], how: Comparer | None) -> CellVerdict:
    found = compare_outputs(cell.outputs, runs[0].outputs, how)
    if runs[0].ending is Ending.FAILED and not cell.tags & EXPECTS_ERROR:
        facts = {"error": _error_of(runs[0]), "as_sent": found.same}
        return CellVerdict(RunVerdict.ERROR, found.step, found.differences, facts)
    tag = next(iter(sorted(cell.tags & NOT_COMPARED)), "")
    if tag:
        return CellVerdict(RunVerdict.NOT_COMPARED, found.step, facts={"tag": tag})
    if found.same:
        return _same(found)
    if not cell.executed and not cell.outputs:
        return CellVerdict(RunVerdict.NOT_COMPARED, facts={"reason": "sent-without-results"})
    if len(runs) < 2:
        return CellVerdict(RunVerdict.DIFFERS, found.step, found.differences)
    return _compare_again(cell, runs, found, how)


def _compare_again(cell: ComparedCell, runs: Sequence[CellRun], found: Comparison, how: Comparer | None) -> CellVerdict:
    first, second = runs[:2]
    if second.ending is not first.ending:
        return CellVerdict(
            RunVerdict.DIFFERS_EACH_TIME, found.step, found.differences, {"endings": [first.ending, second.ending]}
        )
    repeated = compare_outputs(first.outputs, second.outputs, how)
    if repeated.same:
        return CellVerdict(RunVerdict.NOT_AS_SENT, found.step, found.differences)
    again = RunAgain(second.outputs, first.window, second.window)
    timed = compare_outputs(cell.outputs, first.outputs, how, again)
    if timed.same:
        return CellVerdict(RunVerdict.EQUIVALENT, timed.step, facts={"times": True})
    return CellVerdict(RunVerdict.DIFFERS_EACH_TIME, repeated.step, found.differences)


def _same(found: Comparison) -> CellVerdict:
    return CellVerdict(RunVerdict.IDENTICAL if found.step <= ComparisonStep.JSON else RunVerdict.EQUIVALENT, found.step)


def _error_of(run: CellRun) -> dict[str, str]:
    failed = next((each for each in reversed(run.outputs) if each.get("output_type") == "error"), {})
    return {"name": str(failed.get("ename", ""))[:200], "message": str(failed.get("evalue", ""))[:500]}
