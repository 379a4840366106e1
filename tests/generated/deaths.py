"""Kernels that end in all ways, each with the name that its end must be given and the evidence for it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from enablement_ext.core.comparison import Ending
from enablement_ext.core.runs.models import (
    MIB,
    ExecutedCell,
    NotebookRun,
    RunEnd,
    RunLimits,
    RunObserver,
    RunRequest,
    SourceCell,
)
from enablement_ext.core.runs.ports import Sandbox
from tests.adapters.sandbox import test_ends as ends

_SIGNALS = (
    signal.SIGKILL,
    signal.SIGTERM,
    signal.SIGSEGV,
    signal.SIGABRT,
    signal.SIGBUS,
    signal.SIGILL,
    signal.SIGFPE,
    signal.SIGHUP,
)
LIMITS = RunLimits(memory_bytes=256 * MIB, pids=64, wall_seconds=300, work_bytes=64 * MIB)
BOUND = 600.0  # seconds that a death may take to be named on a machine that does much else


@dataclass(frozen=True, slots=True)
class Death:
    """What the killed cell runs, the name of its end, and facts that it must have. `cancels`: whoever waits gives up meanwhile."""

    source: str
    end: RunEnd
    facts: Mapping[str, object]
    limits: Mapping[str, float]
    cancels: bool = False


def _by_signal(random: Random) -> Death:
    number = random.choice(_SIGNALS)
    default = "import os, signal, subprocess, time\nif {0} != 9: _ = signal.signal({0}, signal.SIG_DFL)\n"
    ways = (
        default + "os.kill(os.getpid(), {0})",
        default + "subprocess.run(['sh', '-c', 'kill -{0} %d' % os.getpid()]); time.sleep(3600)",
    )
    return Death(random.choice(ways).format(int(number)), RunEnd.KERNEL_DIED, {"signal": int(number)}, {})


def _by_exit(random: Random) -> Death:
    code = random.randint(0, 99)
    ways = (
        "import os; os._exit({0})",
        "import threading, os; threading.Thread(target=lambda: os._exit({0})).start(); import time; time.sleep(3600)",
        "import ctypes; ctypes.CDLL(None)._exit({0})",
    )
    return Death(random.choice(ways).format(code), RunEnd.KERNEL_DIED, {"exit_code": code}, {})


def _by_fault(random: Random) -> Death:
    ways = ("import ctypes; ctypes.string_at(0)", "import ctypes; ctypes.memset(8, 1, 8)")
    return Death(random.choice(ways), RunEnd.KERNEL_DIED, {"signal": int(signal.SIGSEGV)}, {})


def _by_memory(random: Random) -> Death:
    ways = (
        ends.MEMORY,
        ends.CHILD_TAKES_MEMORY,
        "held = b'x' * (1 << 30)",
        "held = []\nwhile True: held.append(list(range(100_000)))",
        "open('/dev/shm/x', 'wb').write(bytes(300 << 20))\nheld = b'x' * (200 << 20)",
    )
    return Death(random.choice(ways), RunEnd.OUT_OF_MEMORY, {"bytes": LIMITS.memory_bytes}, {})


def _by_processes(random: Random) -> Death:
    threads = "import threading, time\nwhile True:\n    try: threading.Thread(target=time.sleep, args=(3600,)).start()\n    except RuntimeError: pass"
    return Death(random.choice((ends.FORKS, threads)), RunEnd.PIDS_CAP, {"processes": LIMITS.pids}, {})


def _by_time(random: Random) -> Death:
    seconds = random.randint(2, 4)
    ways = ("while True: pass", ends.STOPS_ANSWERING, ends.IGNORES_SIGNALS, "import time; time.sleep(3600)")
    return Death(random.choice(ways), RunEnd.WALL_TIME, {"seconds": seconds}, {"wall_seconds": seconds})


def _by_output(random: Random) -> Death:
    ways = (
        "while True: print('x' * 1000, flush=True)",
        "print('x' * 30_000_000)",
        "import sys\nwhile True: print('x' * 9000, file=sys.stderr, flush=True)",
    )
    return Death(random.choice(ways), RunEnd.OUTPUT_CAP, {}, {"output_bytes": 5 * MIB, "memory_bytes": 2048 * MIB})


def _by_hanging_up(_: Random) -> Death:
    return Death(ends.HANGS_UP, RunEnd.CONNECTION_LOST, {}, {})


def _by_cancelling(random: Random) -> Death:
    ways = ("import time; time.sleep(3600)", ends.IGNORES_SIGNALS, ends.STOPS_ANSWERING, "while True: pass")
    return Death(random.choice(ways), RunEnd.CANCELLED, {}, {}, cancels=True)


def _from_outside(_: Random) -> Death:
    return Death("import time; time.sleep(3600)", RunEnd.NODE_GONE, {}, {})


WAYS: Mapping[str, Callable[[Random], Death]] = {
    "signal": _by_signal,
    "exit": _by_exit,
    "fault": _by_fault,
    "memory": _by_memory,
    "processes": _by_processes,
    "time": _by_time,
    "output": _by_output,
    "hanging up": _by_hanging_up,
    "cancelling": _by_cancelling,
    "from outside": _from_outside,
}


def killed(death: Death, sandbox: Sandbox, after: float = 0.0) -> str:
    """Runs it; what is wrong about how it was named, "" where nothing is. `after`: seconds that the cell runs before."""
    marker = f"import time; time.sleep({after})\n"
    sources = ("print('first')", marker + death.source, "print('never')")
    limits = {name: getattr(LIMITS, name) for name in RunLimits.__slots__} | dict(death.limits)
    request = RunRequest(tuple(map(SourceCell, range(3), sources)), limits=RunLimits(**limits))
    seen: list[float] = []

    def cell_ended(cell: ExecutedCell) -> None:
        if cell.index == 0:
            seen.append(time.monotonic())
            if death.end is RunEnd.NODE_GONE:
                _end_newest()

    patient = after + 0.5
    observer = RunObserver(cell_ended, lambda: death.cancels and bool(seen) and time.monotonic() - seen[0] > patient)
    began = time.monotonic()
    found = sandbox.run(request, observer)
    if time.monotonic() - began > BOUND:
        return f"it took {time.monotonic() - began:.0f} seconds"
    return _wrong(death, found)


def _end_newest() -> None:
    """Whoever drives it in this thread has started the last one of this process's sandboxes (one at a time in a trial)."""
    mine = threading.get_native_id()
    for task in (Path(f"/proc/self/task/{mine}/children"), *Path("/proc/self/task").glob("*/children")):
        for pid in task.read_text().split():
            if Path(f"/proc/{pid}/comm").read_text().strip() == "bwrap":
                os.kill(int(pid), signal.SIGKILL)
                return


def _wrong(death: Death, found: NotebookRun) -> str:
    if found.end is not death.end:
        return f"it was named {found.end} and not {death.end} ({dict(found.facts)})"
    missing = {name: value for name, value in death.facts.items() if found.facts.get(name) != value}
    if missing:
        return f"its facts are {dict(found.facts)} without {missing}"
    first, second, third = (cell.run.ending for cell in found.cells)
    late = death.end is RunEnd.WALL_TIME  # on a busy machine the time may be up before the cell begins
    ended = first is Ending.FINISHED and second in (Ending.DIED, Ending.TRUNCATED)
    if not (ended or late) or third is not Ending.NOT_RUN:
        return f"its cells ended {first}, {second}, {third}"
    return ""
