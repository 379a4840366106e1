"""Every named end, really caused, and output that is lost or too much."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from enablement_ext.adapters.sandbox import BubblewrapSandbox
from enablement_ext.adapters.sandbox.caps import ResourceCaps
from enablement_ext.adapters.sandbox.process import SandboxOrder, SandboxProcess
from enablement_ext.core.comparison import Ending
from enablement_ext.core.runs.models import MIB, ExecutedCell, RunEnd, RunObserver
from tests.adapters.sandbox.conftest import Run, shown
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow
AFTER = "print('never')"
MEMORY = "held = []\nwhile True: held.append(bytearray(1 << 22))"
FORKS = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
CHILD_TAKES_MEMORY = """
import subprocess, sys
# It keeps what it has where its own limit comes first: together with the kernel that is too much.
CHILD = "held = []\\nwhile True:\\n try: held.append(bytearray(1 << 22))\\n except MemoryError: pass"
subprocess.run([sys.executable, "-c", CHILD])
import time; time.sleep(3600)
"""
STOPS_ANSWERING = "import signal, os; os.kill(os.getpid(), signal.SIGSTOP)"
IGNORES_SIGNALS = """
import signal, time
for each in range(1, 32):
    try: signal.signal(each, signal.SIG_IGN)
    except OSError: pass
time.sleep(3600)
"""
DAEMON = """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        time.sleep(3600)
    os._exit(0)
os._exit(0)
"""
HANGS_UP = """
import glob, os, socket, stat
for path in glob.glob('/run/kernel/kernel-*'):
    os.unlink(path)
for fd in range(3, 200):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            mine = socket.socket(fileno=os.dup(fd))
            if '/run/kernel' in str(mine.getsockname()) and not mine.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                mine.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
import time; time.sleep(3600)
"""


@pytest.mark.parametrize(
    ("source", "limits", "end"),
    [
        (MEMORY, {}, RunEnd.OUT_OF_MEMORY),
        (CHILD_TAKES_MEMORY, {}, RunEnd.OUT_OF_MEMORY),
        ("open('/dev/shm/x', 'wb').write(bytes(600 << 20))", {"memory_bytes": 128 * MIB}, RunEnd.OUT_OF_MEMORY),
        (FORKS, {}, RunEnd.PIDS_CAP),
        ("import time; time.sleep(3600)", {"wall_seconds": 5}, RunEnd.WALL_TIME),
        ("while True: pass", {"wall_seconds": 5}, RunEnd.WALL_TIME),
        (STOPS_ANSWERING, {"wall_seconds": 5}, RunEnd.WALL_TIME),
        (IGNORES_SIGNALS, {"wall_seconds": 5}, RunEnd.WALL_TIME),
        ("print('x' * 100_000_000)", {}, RunEnd.OUTPUT_CAP),
        ("for _ in range(100): print('x' * 1_000_000)", {"output_bytes": 20 * MIB}, RunEnd.OUTPUT_CAP),
        ("while True: print('x' * 1000, flush=True)", {"output_bytes": 5 * MIB}, RunEnd.OUTPUT_CAP),
        ("import os; os._exit(3)", {}, RunEnd.KERNEL_DIED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", {}, RunEnd.KERNEL_DIED),
        ("import ctypes; ctypes.string_at(0)", {}, RunEnd.KERNEL_DIED),
        (DAEMON, {}, RunEnd.KERNEL_DIED),
        (HANGS_UP, {}, RunEnd.CONNECTION_LOST),
    ],
)
def test_a_named_end(source: str, limits: dict[str, float], end: RunEnd, run: Run) -> None:
    found = run("print('first')", source, AFTER, **limits)
    assert (found.end, found.cells[0].run.ending, found.cells[2].run.ending) == (end, Ending.FINISHED, Ending.NOT_RUN)
    assert shown(found) == "first\n"
    cut = end in (RunEnd.OUTPUT_CAP, RunEnd.CONNECTION_LOST)
    assert found.cells[1].run.ending is (Ending.TRUNCATED if cut else Ending.DIED)
    assert found.cells[1].run.reason == str(end)


@pytest.mark.parametrize(
    ("source", "end"),
    [(MEMORY, RunEnd.OUT_OF_MEMORY), (CHILD_TAKES_MEMORY, RunEnd.OUT_OF_MEMORY), (FORKS, RunEnd.PIDS_CAP)],
)
def test_where_no_cgroup_counts_somebody_watches(
    source: str, end: RunEnd, run: Run, watched: BubblewrapSandbox
) -> None:
    found = run(source, AFTER, sandbox=watched)
    # One process by itself meets its own limit first: an exception, and the notebook goes on.
    if found.end is RunEnd.FINISHED:
        assert source == MEMORY
        assert found.cells[0].run.outputs[-1]["ename"] == "MemoryError"
    else:
        assert (found.end, found.cells[1].run.ending) == (end, Ending.NOT_RUN)


def test_exit_codes_and_signals_are_told(run: Run) -> None:
    assert run("import os; os._exit(3)").facts["exit_code"] == 3
    assert run("import os; os.kill(os.getpid(), 9)").facts["signal"] == 9


def test_a_kernel_that_never_comes_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    start = SandboxProcess.start
    stalls = ("-c", "print('hm', flush=True); import time; time.sleep(3600)")

    def stalled(order: SandboxOrder, caps: ResourceCaps) -> SandboxProcess:
        return start(replace(order, argv=(*order.argv[:1], *stalls)), caps)

    run("1")  # the self-test is done
    monkeypatch.setattr(SandboxProcess, "start", stalled)
    found = run("1", AFTER, start_seconds=10)
    assert (found.end, found.facts["said"]) == (RunEnd.NEVER_ANSWERED, "hm")
    assert [cell.run.reason for cell in found.cells] == ["kernel-never-answered"] * 2


def test_a_sandbox_that_is_taken_away_from_outside(run: Run) -> None:
    def kill(_: ExecutedCell) -> None:
        for pid in children(os.getpid()):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "bwrap":
                os.kill(pid, signal.SIGKILL)

    found = run("1", "import time; time.sleep(3600)", observer=RunObserver(cell_ended=kill))
    assert found.end is RunEnd.NODE_GONE


@pytest.mark.parametrize(
    ("source", "end"),
    [
        ("import threading, os; threading.Timer(0.5, lambda: os._exit(5)).start()", RunEnd.KERNEL_DIED),
        (f"import threading; threading.Timer(0.5, lambda: exec({HANGS_UP!r})).start()", RunEnd.CONNECTION_LOST),
    ],
)
def test_a_kernel_that_goes_between_two_cells(source: str, end: RunEnd, run: Run) -> None:
    found = run(source, AFTER, AFTER, observer=RunObserver(cell_ended=_pauses))
    assert (found.end, found.cells[2].run.ending) == (end, Ending.NOT_RUN)
    assert found.cells[1].run.reason == str(end)


def test_what_programs_print_is_shown_however_much_it_is(run: Run) -> None:
    found = run("import subprocess, time; subprocess.run(['head', '-c', '3000000', '/dev/zero']); time.sleep(2)")
    assert found.end is RunEnd.FINISHED
    assert found.seconds < 100


def test_cancelling_ends_a_cell_that_hears_nothing(run: Run) -> None:
    seen: list[ExecutedCell] = []
    watch = RunObserver(cell_ended=seen.append, is_cancelled=lambda: bool(seen))
    found = run("1", IGNORES_SIGNALS, observer=watch)
    assert (found.end, found.cells[1].run.ending) == (RunEnd.CANCELLED, Ending.DIED)


def test_ten_thousand_small_writes_are_whole_or_said_to_be_cut(run: Run) -> None:
    found = run("import sys\nfor n in range(10_000):\n    _ = sys.stdout.write(str(n % 10)); sys.stdout.flush()")
    whole = shown(found) == "0123456789" * 1000
    assert whole or found.cells[0].run.ending is Ending.TRUNCATED
    assert found.end is RunEnd.FINISHED
    assert found.cells[0].lost or whole


def test_many_runs_at_a_time_do_not_hear_of_each_other(run: Run) -> None:
    found = {}

    def one(name: str, source: str) -> None:
        found[name] = run(source, "print(6 * 7)")

    threads = [
        threading.Thread(target=one, args=each) for each in (("bomb", FORKS), ("memory", MEMORY), ("quiet", "1"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: each.end for name, each in found.items()} == {
        "bomb": RunEnd.PIDS_CAP,
        "memory": RunEnd.OUT_OF_MEMORY,
        "quiet": RunEnd.FINISHED,
    }
    assert shown(found["quiet"], 1) == "42\n"


def test_nothing_is_left_of_any_of_them() -> None:
    until(lambda: not [pid for pid in children(os.getpid()) if _is_sandbox(pid)], within=PATIENCE, what="no sandbox")
    groups = [
        each
        for top in ("memory", "pids")
        for each in Path("/sys/fs/cgroup", top).rglob(f"enablement-run-{os.getpid()}-*")
    ]
    assert groups == []


def _pauses(_: ExecutedCell) -> None:
    threading.Event().wait(3)


def children(pid: int) -> list[int]:
    return [
        int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()
    ]


def _is_sandbox(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "bwrap"
    except OSError:
        return False
