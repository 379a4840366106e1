"""Running a notebook again and comparing, cell by cell: the use case of the command, of "Try it clean" and of a review's runs."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from enablement_ext.core.comparison import CellRun, CellVerdict, ComparedCell, Ending, RunVerdict, compare_cell
from enablement_ext.core.comparison.cells import EXPECTS_ERROR
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.errors import BadNotebook, SandboxOff
from enablement_ext.core.notebook import StoredCell, StoredNotebook
from enablement_ext.core.runs.layers import SandboxGrade, SandboxReport
from enablement_ext.core.runs.models import (
    SKIPPED_TAGS,
    BroughtFile,
    NotebookRun,
    RunEnd,
    RunLimits,
    RunObserver,
    RunRequest,
    SourceCell,
)
from enablement_ext.core.runs.needs import needs_of
from enablement_ext.core.runs.ports import Sandbox

SAME = (RunVerdict.IDENTICAL, RunVerdict.EQUIVALENT)
_LANGUAGES = ("", "python", "python3", "ipython")


@dataclass(frozen=True, slots=True)
class RerunJob:
    """A notebook as it was sent, and what it is run with. `path` is its place among the files that are `brought`, and the kernel begins in its
    folder; `again`: a second run is allowed."""

    notebook: StoredNotebook
    path: str
    brought: tuple[BroughtFile, ...] = ()
    limits: RunLimits = field(default_factory=RunLimits)
    again: bool = True


@dataclass(frozen=True, slots=True)
class JudgedCell:
    """A code cell with its verdict. `index` counts all cells from 0."""

    index: int
    id: str
    verdict: CellVerdict


@dataclass(frozen=True, slots=True)
class RerunOutcome:
    """What a notebook's runs (one or two) showed."""

    cells: tuple[JudgedCell, ...]
    runs: tuple[NotebookRun, ...]
    sandbox: SandboxReport

    @property
    def same(self) -> bool:
        """Whether the run came to its end, and every cell came out the same but for those that a tag leaves out; tags on all cells leave nothing
        that could be the same."""
        found = [cell.verdict for cell in self.cells if not cell.verdict.facts.get("tag")]
        return self.runs[0].end is RunEnd.FINISHED and (
            all(verdict.verdict in SAME for verdict in found) and bool(found or not self.cells)
        )


def rerun(job: RerunJob, sandbox: Sandbox, how: Comparer, observer: RunObserver | None = None) -> RerunOutcome:
    """One run, and a second in the same kind of sandbox where a cell differs. Raises `SandboxOff`, or `BadNotebook`
    for another language, without having run anything."""
    report = sandbox.self_test()
    if report.grade is SandboxGrade.OFF:
        raise SandboxOff(report.sentence)
    language = job.notebook.language.lower()
    if language not in _LANGUAGES:
        raise BadNotebook(f"Only notebooks in Python are run again; this one is in {job.notebook.language}.")
    watch = observer or RunObserver()
    request = request_of(job)
    runs = [sandbox.run(request, watch)]
    cells = judged(job, runs, how)
    if job.again and runs[0].end is RunEnd.FINISHED and any(c.verdict.verdict is RunVerdict.DIFFERS for c in cells):
        second = sandbox.run(request, RunObserver(is_cancelled=watch.is_cancelled))
        if second.end is not RunEnd.CANCELLED:
            runs.append(second)
            cells = judged(job, runs, how)
    return RerunOutcome(cells, tuple(runs), report)


def request_of(job: RerunJob) -> RunRequest:
    """What goes into the sandbox: sources and files. The notebook itself goes along as a file, without outputs."""
    cells = tuple(
        SourceCell(cell.index, cell.source, bool(tags_of(cell) & SKIPPED_TAGS))
        for cell in job.notebook.cells
        if cell.cell_type == "code"
    )
    return RunRequest(cells, (*job.brought, notebook_file(job)), job.limits, job.path)


def notebook_file(job: RerunJob) -> BroughtFile:
    """The notebook without outputs and execution counts, in its place."""
    bare = without_outputs(job.notebook)
    return BroughtFile(job.path, len(bare), lambda: iter([bare]))


def without_outputs(notebook: StoredNotebook) -> bytes:
    """The notebook's bytes, built from its sources and the cells' ids and types alone: nothing of what it showed is left in any form."""
    cells = [_bare(cell) for cell in notebook.cells]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def judged(job: RerunJob, runs: Sequence[NotebookRun], how: Comparer) -> tuple[JudgedCell, ...]:
    """The verdict on every code cell."""
    beside = PurePosixPath(job.path).parent.as_posix()
    brought = {posixpath.relpath(file.path, beside) for file in job.brought}  # as the notebook names them
    ran = [{cell.index: cell.run for cell in run.cells} for run in runs]
    found, before = list[JudgedCell](), list[str]()
    for cell in job.notebook.cells:
        if cell.cell_type != "code":
            continue
        before.append(cell.source)
        sent = ComparedCell("code", cell.source, cell.outputs, cell.execution_count is not None, tags_of(cell))
        each = [run[cell.index] for run in ran if cell.index in run]
        if each:
            each[0] = _with_needs(sent, each[0], before, brought)
        found.append(JudgedCell(cell.index, cell.id, compare_cell(sent, each, how)))
    return tuple(found)


def tags_of(cell: StoredCell) -> frozenset[str]:
    """The cell's tags."""
    tags = cell.metadata.get("tags") if isinstance(cell.metadata, dict) else None
    return frozenset(map(str, tags)) if isinstance(tags, list) else frozenset()


def _with_needs(sent: ComparedCell, run: CellRun, sources: Sequence[str], brought: set[str]) -> CellRun:
    """An error that was sent along, or is expected, is the notebook's own."""
    own = sent.tags & EXPECTS_ERROR or any(output.get("output_type") == "error" for output in sent.outputs)
    if run.ending is not Ending.FAILED or own:
        return run
    return replace(run, needs=needs_of(run.outputs, sources, brought))


def _bare(cell: StoredCell) -> dict[str, object]:
    bare: dict[str, object] = {"cell_type": cell.cell_type, "id": cell.id, "metadata": {}, "source": cell.source}
    return bare | {"outputs": [], "execution_count": None} if cell.cell_type == "code" else bare
