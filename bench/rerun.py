"""Running a notebook of trivial cells in the sandbox, beside a bare loop over jupyter_client, nbclient and papermill, which have none.

Every contender starts a kernel of the same version of ipykernel, runs all cells, and ends the kernel; papermill in a process that has
loaded it already, in an environment of its own. The sandbox's self-test is made before: a service makes it once.

Many runs at a time are compared with what they would ideally take: as long as one by one, divided by the cores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from bench.processes import ROOT, WORKPLACE
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, Rounds, alternate
from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment
from enablement_ext.core.runs.models import RunEnd, RunLimits, RunObserver, RunRequest, SourceCell
from tests.polling import PATIENCE, until

OURS, BARE, NBCLIENT, PAPERMILL = "the sandbox", "a bare loop", "nbclient", "papermill"
WARM, COLD = "a warm kernel", "a cold one"
_FIRST = ["first cell", WARM, "target", COLD, "warm to cold"]
_FIRST_SECONDS = 0.1
PAPERMILL_VERSION = "papermill==2.7.0"
# Cells, and for how many of the rounds: papermill takes minutes for the last on a busy machine.
CELLS = ((1, 1.0), (50, 1.0), (400, 0.3))
AT_ONCE, IDEAL = "eight runs", "ideally"
MANY, CORES = 8, 2
_WORK = "sum(each * each for each in range(10_000_000))"
_PATIENCE = 600


def source(number: int) -> str:
    """A cell that does next to nothing and shows it."""
    return f"print({number})\n{number} + 1"


def bare(cells: int) -> float:
    """Seconds with the client of jupyter_client: each cell's reply, and messages until it is idle."""
    began = time.perf_counter()
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        for number in range(cells):
            request = client.execute(source(number))
            client.get_shell_msg(timeout=_PATIENCE)
            while True:
                message = client.get_iopub_msg(timeout=_PATIENCE)
                if (
                    message["parent_header"].get("msg_id") == request
                    and message["content"].get("execution_state") == "idle"
                ):
                    break
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return time.perf_counter() - began


def with_nbclient(cells: int) -> float:
    """Seconds, with outputs collected as here."""
    book = _notebook(cells)
    began = time.perf_counter()
    NotebookClient(book, timeout=_PATIENCE, kernel_name="python3").execute()
    return time.perf_counter() - began


def sandboxed(sandbox: BubblewrapSandbox, cells: int) -> float:
    """Seconds of a whole run. Raises where it is not whole."""
    request = RunRequest(tuple(SourceCell(number, source(number)) for number in range(cells)))
    began = time.perf_counter()
    found = sandbox.run(request, RunObserver())
    seconds = time.perf_counter() - began
    if found.end is not RunEnd.FINISHED or any(str(cell.run.ending) != "finished" for cell in found.cells):
        raise RuntimeError(f"{found.end}: {[cell.run.ending for cell in found.cells]}")
    return seconds


def many(sandbox: BubblewrapSandbox, at_once: int) -> float:
    """Seconds of eight notebooks that compute, so many at a time. Raises where one is not whole."""
    request = RunRequest((SourceCell(0, _WORK), SourceCell(1, _WORK)))
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as threads:
        ends = list(threads.map(lambda _: sandbox.run(request, RunObserver()).end, range(MANY)))
    if set(ends) != {RunEnd.FINISHED}:
        raise RuntimeError(str(ends))
    return time.perf_counter() - began


def compare_many(sandbox: BubblewrapSandbox, rounds: int) -> Table:
    """Eight runs on the cores, beside the same eight one after the other."""
    with on_cores(CORES):
        contenders = [
            Contender(AT_ONCE, lambda _: many(sandbox, CORES)),
            Contender(IDEAL, lambda _: many(sandbox, 1) / CORES),
        ]
        found = alternate(contenders, max(1, rounds // 2), warm_up=0)
    times = [milliseconds(found.median(name)) for name in (AT_ONCE, IDEAL)]
    row = [MANY, CORES, *times, at_most(found.ratio(AT_ONCE, IDEAL), 1.2)]
    return Table(["runs", "cores", AT_ONCE, IDEAL, "ratio and target"], [row], "Many at a time")


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """This process and what it starts on so many cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def first_cell(sandbox: BubblewrapSandbox, *, warm: bool) -> float:
    """Seconds until the first cell is done; a warm kernel is waited for before that."""
    limits = RunLimits()
    if warm:
        sandbox.prepare(limits)
        until(lambda: sandbox.warm_process >= 0, within=PATIENCE, what="a kernel is warm")
    done: list[float] = []
    began = time.perf_counter()
    observer = RunObserver(lambda _: done.append(time.perf_counter() - began))
    sandbox.run(RunRequest((SourceCell(0, source(0)),), limits=limits), observer)
    return done[0]


@contextmanager
def papermill(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """papermill, loaded; the first use makes its environment."""
    place = WORKPLACE / "papermill"
    if not (place / "bin" / "papermill").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
        install: list[str | Path] = [*uv, "pip", "install", "--quiet", "--python", place / "bin" / "python"]
        wanted = [PAPERMILL_VERSION, f"ipykernel=={version('ipykernel')}"]
        subprocess.run([*install, *wanted], check=True, env=os.environ | {"UV_COMPILE_BYTECODE": "1"})
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    with subprocess.Popen(
        [place / "bin" / "python", ROOT / "bench" / "papermill_worker.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env=environment,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.communicate()


def with_papermill(process: subprocess.Popen[str], folder: Path, cells: int) -> float:
    """Seconds inside the process that has loaded it."""
    path = folder / f"{cells}.ipynb"
    nbformat.write(_notebook(cells), path)
    assert process.stdin is not None
    assert process.stdout is not None
    print(path, file=process.stdin, flush=True)
    return float(process.stdout.readline())


def compare(rounds: int) -> Report:
    """Notebooks of each size, all contenders in turns."""
    sandbox = BubblewrapSandbox(KernelEnvironment.of(Path(sys.executable)))
    grade = sandbox.self_test().grade
    rows = []
    with tempfile.TemporaryDirectory(prefix="rerun-") as place, papermill(Path(place)) as process:
        for cells, share in CELLS:
            contenders = [
                Contender(OURS, lambda _, cells=cells: sandboxed(sandbox, cells)),  # type: ignore[misc]
                Contender(BARE, lambda _, cells=cells: bare(cells)),  # type: ignore[misc]
                Contender(NBCLIENT, lambda _, cells=cells: with_nbclient(cells)),  # type: ignore[misc]
                Contender(PAPERMILL, lambda _, cells=cells: with_papermill(process, Path(place), cells)),  # type: ignore[misc]
            ]
            rows.append(_row(cells, alternate(contenders, max(1, int(rounds * share)), warm_up=int(cells == 1))))
    firsts = [
        Contender(WARM, lambda _: first_cell(sandbox, warm=True)),
        Contender(COLD, lambda _: first_cell(sandbox, warm=False)),
    ]
    first = _first_row(alternate(firsts, max(3, rounds), warm_up=1))
    head = [
        "cells",
        *(OURS, BARE, NBCLIENT, PAPERMILL),
        "to the bare loop",
        "target",
        "to nbclient",
        "to papermill",
        "target",
    ]
    notes = [
        f"The sandbox's grade here: {grade}.",
        "The first cell of a warm kernel: from asking for the run until the cell is done, with the kernel up before; a cold one is started for it.",
        "With one cell the start of the kernel is nearly all of it, for everybody; the target to papermill is for 50 cells and more.",
        "The largest notebook is run in a third of the rounds, at least in one.",
    ]
    return Report(
        "rerun",
        "Running a notebook again",
        (__doc__ or "").strip(),
        [Table(head, rows), compare_many(sandbox, rounds), Table(_FIRST, [first])],
        notes,
    )


def _row(cells: int, rounds: Rounds) -> list[object]:
    times = [milliseconds(rounds.median(name)) for name in (OURS, BARE, NBCLIENT, PAPERMILL)]
    to_bare, to_papermill = rounds.ratio(OURS, BARE), rounds.ratio(OURS, PAPERMILL)
    wanted = at_most(to_papermill, 0.5) if cells > 1 else ""
    return [cells, *times, to_bare, at_most(to_bare, 1.1), rounds.ratio(OURS, NBCLIENT), to_papermill, wanted]


def _first_row(rounds: Rounds) -> list[object]:
    warm = rounds.median(WARM)
    met = "met" if warm <= _FIRST_SECONDS else "**missed**"
    times = [milliseconds(warm), f"≤ {_FIRST_SECONDS * 1000:.0f} ms: {met}", milliseconds(rounds.median(COLD))]
    return ["1", *times, rounds.ratio(WARM, COLD)]


def _notebook(cells: int) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source(number)) for number in range(cells)])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    compare(parser.parse_args().rounds).write()


if __name__ == "__main__":
    main()
