"""Runs whose outcome is said beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enablement_ext.core.comparison import CellRun, Ending
from enablement_ext.core.errors import SandboxOff
from enablement_ext.core.runs.layers import LayerState, SandboxGrade, SandboxLayer, SandboxReport, Strength
from enablement_ext.core.runs.models import (
    ExecutedCell,
    NotebookRun,
    RunEnd,
    RunLimits,
    RunObserver,
    RunRequest,
    WrittenFile,
)

WHOLE = SandboxReport(tuple(LayerState(layer, Strength.HOLDS, "said so") for layer in SandboxLayer))


@dataclass(slots=True)
class MemorySandbox:
    """Implements the port `Sandbox`: a cell's source is looked up in `outcomes`, in turn where there are several; an unknown one shows nothing.

    One of `deaths` ends the run in that cell, one of `writes` writes files.
    """

    outcomes: Mapping[str, Sequence[CellRun]] = field(default_factory=dict)
    deaths: Mapping[str, RunEnd] = field(default_factory=dict)
    writes: Mapping[str, Sequence[WrittenFile]] = field(default_factory=dict)
    report: SandboxReport = WHOLE
    requests: list[RunRequest] = field(default_factory=list)
    prepared: RunLimits | None = None

    def self_test(self) -> SandboxReport:
        return self.report

    def prepare(self, limits: RunLimits) -> None:
        self.prepared = limits

    def rest(self) -> None:
        self.prepared = None

    def run(self, request: RunRequest, observer: RunObserver) -> NotebookRun:
        """The first run gets the first outcome of each source, and so on; the last one again and again."""
        if self.report.grade is SandboxGrade.OFF:
            raise SandboxOff(self.report.sentence)
        turn = len(self.requests)
        self.requests.append(request)
        end, cells, files = RunEnd.FINISHED, list[ExecutedCell](), list[WrittenFile]()
        for cell in request.cells:
            if end is RunEnd.FINISHED and observer.is_cancelled():
                end = RunEnd.CANCELLED
            if end is not RunEnd.FINISHED or cell.skipped:
                cells.append(ExecutedCell(cell.index, CellRun(Ending.NOT_RUN, reason="" if cell.skipped else str(end))))
                continue
            end = self.deaths.get(cell.source, end)
            files += self.writes.get(cell.source, ())
            known = self.outcomes.get(cell.source, (CellRun(Ending.FINISHED),))
            died = CellRun(Ending.DIED, reason=str(end))
            ran = known[min(turn, len(known) - 1)] if end is RunEnd.FINISHED else died
            cells.append(ExecutedCell(cell.index, ran, messages=3, execution_count=len(cells) + 1))
            observer.cell_ended(cells[-1])
        return NotebookRun(end, tuple(cells), self.report.grade, 0.0, tuple(sorted(files, key=lambda file: file.path)))
