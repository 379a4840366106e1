"""A kernel that is warm: nothing tells it from one that was started for the run, and whatever is killed, none is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from enablement_ext.adapters.sandbox import BubblewrapSandbox
from enablement_ext.adapters.sandbox.watcher import process_tree
from enablement_ext.core.runs.models import BroughtFile, NotebookRun, RunEnd, RunObserver, RunRequest, SourceCell
from tests.adapters.sandbox.conftest import LIMITS, shown
from tests.adapters.sandbox.test_leftovers import runs
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow

FILES = (
    BroughtFile("data/x.csv", 4, lambda: iter([b"ab", b"cd"])),
    BroughtFile("sub/n.ipynb", 2, lambda: iter([b"{}"])),
)
LOOKS = """
import os, sys
print(os.getcwd(), _dh, sys.path, get_ipython().starting_dir, sorted(os.listdir('.')), open('../data/x.csv').read())
print(oct(os.stat('../data/x.csv').st_mode), os.stat('../data/x.csv').st_uid, sorted(globals()), sorted(os.environ.items()))
print([name for name in os.listdir('/proc') if name.isdigit()] and len([n for n in os.listdir('/proc') if n.isdigit()]))
print(sorted(os.listdir('/tmp')), os.listdir('/dev/shm'), sorted(map(int, os.listdir('/proc/self/fd')))[:3])
print([open(f'/proc/self/{name}').read().split('Seccomp:')[-1][:3] for name in ('status',)], len(list(get_ipython().history_manager.get_range())))
""".strip()
LEAVES = "for place in ('/tmp/left', '/dev/shm/left', 'left', '../data/x.csv'): n = open(place, 'w').write('left')"


def ran(sandbox: BubblewrapSandbox, *sources: str) -> NotebookRun:
    cells = tuple(map(SourceCell, range(len(sources)), sources))
    return sandbox.run(RunRequest(cells, FILES, LIMITS, "sub/n.ipynb"), RunObserver())


def warmed(sandbox: BubblewrapSandbox) -> int:
    """Have one warm; its process."""
    sandbox.prepare(LIMITS)
    until(lambda: sandbox.warm_process >= 0, within=PATIENCE, what="a kernel is warm")
    return sandbox.warm_process


@pytest.mark.parametrize("caps", ["counted", "watched"])
def test_a_run_in_a_warm_kernel_is_as_any_other_and_leaves_it_nothing(
    caps: str, request: pytest.FixtureRequest
) -> None:
    sandbox: BubblewrapSandbox = request.getfixturevalue(caps)
    cold = ran(sandbox, LOOKS, LEAVES)
    for _ in range(2):
        pid = warmed(sandbox)
        warm = ran(sandbox, LOOKS, LEAVES)
        assert shown(warm) == shown(cold)
        assert warm.files == cold.files
        assert (warm.end, warm.stray) == (RunEnd.FINISHED, 0)
        assert [(cell.execution_count, cell.lost) for cell in warm.cells] == [(1, 0), (2, 0)]
        assert sandbox.warm_process < 0
        assert not os.path.exists(f"/proc/{pid}")  # noqa: PTH110 - a process
    sandbox.rest()


def test_other_limits_and_a_dead_one_are_not_used(counted: BubblewrapSandbox) -> None:
    pid = warmed(counted)
    other = RunRequest((SourceCell(0, "print(1)"),))
    assert counted.run(other, RunObserver()).end is RunEnd.FINISHED
    until(lambda: not list(process_tree(pid)), within=PATIENCE, what="that for other limits is gone")
    pid = warmed(counted)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not runs(pid), within=PATIENCE, what="it is dead")
    assert shown(ran(counted, "print(6 * 7)")) == "42\n"
    pid = warmed(counted)
    counted.rest()
    assert not list(process_tree(pid))


HOLDER = """
import sys
from pathlib import Path
from enablement_ext.adapters.sandbox import BubblewrapSandbox, KernelEnvironment
from enablement_ext.core.runs.models import RunLimits, RunObserver, RunRequest, SourceCell
from tests.polling import PATIENCE, until
sandbox = BubblewrapSandbox(KernelEnvironment.of(Path(sys.executable)))
sandbox.self_test()
print("tested", flush=True)
sandbox.prepare(RunLimits())
if sys.argv[1] == "starting":
    sys.stdin.read()
until(lambda: sandbox.warm_process >= 0, within=PATIENCE, what="a kernel is warm")
if sys.argv[1] == "warm":
    print("here", flush=True)
    sys.stdin.read()
cell_ended = lambda _: (sandbox.prepare(RunLimits()), print("here", flush=True))
sandbox.run(RunRequest((SourceCell(0, "1"), SourceCell(1, "while True: pass"))), RunObserver(cell_ended))
"""


@pytest.mark.parametrize("moment", ["starting", "warm", "running"])
def test_when_its_process_is_killed_no_kernel_is_left(moment: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, moment], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "tested\n"
        if moment != "starting":
            assert holder.stdout.readline() == "here\n"
        below: set[int] = set()

        def seen() -> bool:
            below.update(pid for pid in process_tree(holder.pid) if pid != holder.pid)
            return bool(below)

        until(seen, within=PATIENCE, what="a sandbox is there")
        holder.kill()
        holder.wait()
    until(lambda: not [pid for pid in below if os.path.exists(f"/proc/{pid}")], within=PATIENCE, what="none is left")  # noqa: PTH110
