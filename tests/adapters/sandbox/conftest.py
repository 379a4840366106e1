"""One sandbox for all tests of this folder: its self-test is made once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment
from enablement_ext.core.runs.models import MIB, NotebookRun, RunLimits, RunObserver, RunRequest, SourceCell

Run = Callable[..., NotebookRun]
LIMITS = RunLimits(memory_bytes=512 * MIB, pids=64, wall_seconds=600, work_bytes=64 * MIB)


@pytest.fixture(scope="session")
def environment() -> KernelEnvironment:
    """The environment that the tests run in."""
    return KernelEnvironment.of(Path(sys.executable))


@pytest.fixture(scope="session")
def counted(environment: KernelEnvironment) -> BubblewrapSandbox:
    """With cgroups."""
    return BubblewrapSandbox(environment)


@pytest.fixture(scope="session")
def watched(environment: KernelEnvironment) -> BubblewrapSandbox:
    """As where no cgroup can be written."""
    return BubblewrapSandbox(environment, counted=False)


@pytest.fixture(scope="session")
def run(counted: BubblewrapSandbox) -> Run:
    """`run(source, …, sandbox=, observer=, files=, LIMIT=)` runs cells."""

    def ran(
        *sources: str, sandbox: BubblewrapSandbox = counted, observer: RunObserver | None = None, **more: Any
    ) -> NotebookRun:
        files = more.pop("files", ())
        cells = tuple(map(SourceCell, range(len(sources)), sources))
        return sandbox.run(RunRequest(cells, files, replace(LIMITS, **more)), observer or RunObserver())

    return ran


def shown(found: NotebookRun, cell: int = 0) -> str:
    """All text that a cell printed."""
    outputs: Any = found.cells[cell].run.outputs
    return "".join("".join(each.get("text", ())) for each in outputs)
