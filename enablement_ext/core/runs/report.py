"""What a re-run showed: one line that a reviewer grasps in five seconds, a line a cell, and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from enablement_ext.core.comparison import RunVerdict, sentence
from enablement_ext.core.runs.layers import SandboxGrade, SandboxReport
from enablement_ext.core.runs.models import MIB, NotebookRun, RunEnd
from enablement_ext.core.runs.rerun import SAME, JudgedCell, RerunOutcome

_ENDS = {
    RunEnd.FINISHED: "",
    RunEnd.OUT_OF_MEMORY: "ended: out of memory",
    RunEnd.WALL_TIME: "ended: took too long",
    RunEnd.OUTPUT_CAP: "ended: too much output",
    RunEnd.PIDS_CAP: "ended: too many processes",
    RunEnd.CANCELLED: "cancelled",
    RunEnd.NEVER_ANSWERED: "the kernel never answered",
    RunEnd.KERNEL_DIED: "the kernel died",
    RunEnd.CONNECTION_LOST: "the kernel closed its connection",
    RunEnd.NODE_GONE: "the sandbox was taken away",
}
_COUNTED = {
    RunVerdict.DIFFERS: "differ",
    RunVerdict.NOT_AS_SENT: "not as sent",
    RunVerdict.DIFFERS_EACH_TIME: "different each time",
    RunVerdict.ERROR: "with an error",
    RunVerdict.NEEDS_RESOURCE: "without what it needs",
    RunVerdict.TRUNCATED: "with lost output",
    RunVerdict.NOT_RUN: "not run",
    RunVerdict.NOT_COMPARED: "not compared",
}


def end_words(run: NotebookRun) -> str:
    """How a run ended, with its evidence; "" where it came to its end."""
    facts = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in sorted(run.facts.items()) if name != "said"
    )
    return _ENDS[run.end] + (f" ({facts})" if facts and run.end is not RunEnd.FINISHED else "")


def verdict_line(outcome: RerunOutcome, environment: str) -> str:
    """All of it in one line; `environment` names what it was run in."""
    first = outcome.runs[0]
    parts = [_counts(outcome.cells), end_words(first), environment, _cost(outcome.runs)]
    if outcome.sandbox.grade is not SandboxGrade.FULL:
        parts.append(f"{outcome.sandbox.grade} sandbox")
    return " · ".join(part for part in parts if part)


def short_line(outcome: RerunOutcome) -> str:
    """How many cells came out the same, and nothing that the notebook says."""
    same = sum(1 for cell in outcome.cells if cell.verdict.verdict in SAME)
    return f"{same} of {len(outcome.cells)} cells the same"


def cell_lines(outcome: RerunOutcome) -> Iterator[str]:
    """A line for each code cell that did not come out exactly as it was sent."""
    for cell in outcome.cells:
        if cell.verdict.verdict is not RunVerdict.IDENTICAL:
            yield f"cell {cell.index + 1}: {cell.verdict.verdict}. {sentence(cell.verdict)}"


def rerun_document(outcome: RerunOutcome, environment: str) -> dict[str, Any]:
    """The same for programs."""
    cells = [
        asdict(cell.verdict)
        | {
            "cell": cell.index,
            "id": cell.id,
            "step": cell.verdict.step.name.lower(),
            "sentence": sentence(cell.verdict),
        }
        for cell in outcome.cells
    ]
    return {
        "same": outcome.same,
        "line": verdict_line(outcome, environment),
        "environment": environment,
        "cells": cells,
        "runs": [_run_document(run) for run in outcome.runs],
        "sandbox": sandbox_document(outcome.sandbox),
    }


def sandbox_document(report: SandboxReport) -> dict[str, Any]:
    """A self-test for programs."""
    layers = [asdict(state) for state in report.layers]
    return {"grade": report.grade, "sentence": report.sentence, "layers": layers}


def self_test_lines(report: SandboxReport) -> Iterator[str]:
    """A self-test for people: a line a layer, then what follows."""
    for state in report.layers:
        yield f"{state.layer}: {state.strength} ({state.detail})"
    yield f"grade {report.grade}: {report.sentence}"


def _run_document(run: NotebookRun) -> dict[str, Any]:
    return {
        "end": run.end,
        "facts": dict(run.facts),
        "seconds": round(run.seconds, 3),
        "peak_bytes": run.peak_bytes,
        "messages": sum(cell.messages for cell in run.cells),
        "lost": sum(cell.lost for cell in run.cells),
        "stray": run.stray,
        "files": [asdict(file) for file in run.files],
    }


def _counts(cells: tuple[JudgedCell, ...]) -> str:
    counts = Counter(cell.verdict.verdict for cell in cells)
    same = sum(counts[verdict] for verdict in SAME)
    said = [f"{same} of {len(cells)} cells the same"]
    for verdict, words in _COUNTED.items():
        if counts[verdict]:
            said.append(f"{counts[verdict]} {words}{_which(verdict, cells)}")
    return ", ".join(said)


def _which(verdict: RunVerdict, cells: tuple[JudgedCell, ...]) -> str:
    """Of errors and needs: the first, in short."""
    first = next(cell.verdict for cell in cells if cell.verdict.verdict is verdict)
    if verdict is RunVerdict.NEEDS_RESOURCE:
        return f": {first.facts['needs'][0]}"
    if verdict is RunVerdict.ERROR and first.facts.get("error"):
        return f": {first.facts['error']['name']}"
    return ""


def _cost(runs: tuple[NotebookRun, ...]) -> str:
    seconds = sum(run.seconds for run in runs)
    peak = max(run.peak_bytes for run in runs)
    twice = " for two runs" if len(runs) > 1 else ""
    return f"{seconds:.1f} s{twice}" + (f", {peak / MIB:.0f} MB" if peak else "")
