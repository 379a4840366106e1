"""The port `Sandbox`: bubblewrap with a real kernel on this machine, with and without a cgroup, and the in-memory implementation."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.memory.sandbox import MemorySandbox
from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment
from enablement_ext.core.comparison import CellRun, Ending
from enablement_ext.core.runs.layers import SandboxGrade
from enablement_ext.core.runs.models import (
    BroughtFile,
    ExecutedCell,
    NotebookRun,
    RunEnd,
    RunLimits,
    RunObserver,
    RunRequest,
    SourceCell,
    WrittenFile,
)
from enablement_ext.core.runs.ports import Sandbox

PRINTS, FAILS, DIES = "print(6 * 7)", "1 / 0", "import os; os._exit(3)"
WRITES = "n = open('out.txt', 'w').write('made')"
_OUTCOMES = {
    PRINTS: [CellRun(Ending.FINISHED, [{"output_type": "stream", "name": "stdout", "text": ["42\n"]}])],
    FAILS: [CellRun(Ending.FAILED, [{"output_type": "error", "ename": "ZeroDivisionError"}])],
}
_MADE = WrittenFile("out.txt", 4, hashlib.sha256(b"made").hexdigest())


@pytest.fixture(
    scope="module", params=["memory", *(pytest.param(name, marks=pytest.mark.slow) for name in ("counted", "watched"))]
)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    if request.param == "memory":
        yield MemorySandbox(_OUTCOMES, {DIES: RunEnd.KERNEL_DIED}, {WRITES: [_MADE]})
    else:
        environment = KernelEnvironment.of(Path(sys.executable))
        yield BubblewrapSandbox(environment, counted=request.param == "counted")


def run(sandbox: Sandbox, *sources: str, observer: RunObserver | None = None, **more: Any) -> NotebookRun:
    cells = tuple(SourceCell(2 * place, source) for place, source in enumerate(sources))
    return sandbox.run(RunRequest(cells, **more), observer or RunObserver())


def endings(found: NotebookRun) -> list[str]:
    return [str(cell.run.ending) for cell in found.cells]


def test_what_is_prepared_is_used_or_ended(sandbox: Sandbox) -> None:
    sandbox.prepare(RunLimits())
    assert endings(run(sandbox, PRINTS)) == ["finished"]
    sandbox.prepare(RunLimits())
    sandbox.rest()
    sandbox.rest()
    assert endings(run(sandbox, PRINTS, FAILS)) == ["finished", "failed"]


def test_it_says_what_it_keeps(sandbox: Sandbox) -> None:
    report = sandbox.self_test()
    assert report.grade is not SandboxGrade.OFF
    assert sandbox.self_test() == report


def test_every_cell_is_run_those_behind_a_failed_one_as_well(sandbox: Sandbox) -> None:
    seen: list[ExecutedCell] = []
    found = run(sandbox, PRINTS, FAILS, PRINTS, observer=RunObserver(cell_ended=seen.append))
    assert (found.end, endings(found)) == (RunEnd.FINISHED, ["finished", "failed", "finished"])
    assert [cell.index for cell in found.cells] == [cell.index for cell in seen] == [0, 2, 4]
    assert found.cells[0].run.outputs == [{"output_type": "stream", "name": "stdout", "text": ["42\n"]}]
    assert found.cells[1].run.outputs[0]["ename"] == "ZeroDivisionError"
    assert all(cell.messages for cell in found.cells)
    assert found.grade is sandbox.self_test().grade


def test_a_tagged_cell_is_passed_over(sandbox: Sandbox) -> None:
    found = sandbox.run(RunRequest((SourceCell(0, DIES, skipped=True), SourceCell(1, PRINTS))), RunObserver())
    assert (found.end, endings(found)) == (RunEnd.FINISHED, ["not-run", "finished"])


def test_a_death_ends_the_run_and_is_named(sandbox: Sandbox) -> None:
    found = run(sandbox, PRINTS, DIES, PRINTS)
    assert (found.end, endings(found)) == (RunEnd.KERNEL_DIED, ["finished", "died", "not-run"])
    assert found.cells[1].run.reason == found.cells[2].run.reason == "kernel-died"


def test_what_is_written_is_listed_and_what_was_brought_is_not(sandbox: Sandbox) -> None:
    brought = BroughtFile("data/in.txt", 4, lambda: iter([b"da", b"ta"]))
    found = run(sandbox, WRITES, files=(brought,))
    assert found.files == (_MADE,)


def test_cancelling_ends_it(sandbox: Sandbox) -> None:
    seen: list[ExecutedCell] = []
    watch = RunObserver(cell_ended=seen.append, is_cancelled=lambda: bool(seen))
    found = run(sandbox, PRINTS, "import time; time.sleep(3600)", observer=watch)
    assert found.end is RunEnd.CANCELLED
    assert endings(found)[0] == "finished"
    assert endings(found)[1] in ("died", "not-run")


def test_a_run_leaves_nothing_for_the_next(sandbox: Sandbox) -> None:
    assert run(sandbox, WRITES).files == (_MADE,)
    assert run(sandbox, PRINTS).files == ()
