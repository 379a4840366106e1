"""Memory and processes where no cgroup can be written: looked at from outside many times a second, and ended when there are too many.

Between two looks a notebook may take more than it may: a lower grade, and named as such. One process alone is bounded by its limits.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from enablement_ext.adapters.sandbox.arguments import NOBODY
from enablement_ext.adapters.sandbox.caps import ResourceCaps
from enablement_ext.core.runs.models import RunEnd, RunLimits

_PAUSE = 0.03  # seconds between two looks
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MORE, _MORE_TOGETHER = 16, 512


class WatchedCaps(ResourceCaps):
    """A thread that looks at the processes of one sandbox, of which the first one is the ancestor of all."""

    counted = False
    nice = 19  # whoever looks gets its turn, however many want one inside

    def __init__(self, limits: RunLimits) -> None:
        self._limits = limits
        self._roots: tuple[int, ...] = ()
        self._handles: tuple[int, ...] = ()
        self._peak = 0
        self._hit: RunEnd | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def hold(self, pids: Sequence[int]) -> None:
        self._roots = tuple(pids[:1])
        self._handles = tuple(map(os.pidfd_open, self._roots))  # a number could be somebody else's by then
        self._thread = threading.Thread(target=self._watch, name="sandbox-watcher", daemon=True)
        self._thread.start()

    def exceeded(self) -> RunEnd | None:
        return self._hit

    def peak_bytes(self) -> int:
        return self._peak

    def process_limits(self) -> dict[str, int]:
        # More processes than are allowed, so that being stopped by it is seen. An administrator's sandboxes share one account, and the
        # limit counts all of its processes: those that there are, and room for sandboxes that begin meanwhile.
        more = _MORE if os.geteuid() else processes_of(NOBODY) + _MORE_TOGETHER
        return {"RLIMIT_DATA": self._limits.memory_bytes, "RLIMIT_NPROC": self._limits.pids + more}

    def end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._kill()
        for handle in self._handles:
            os.close(handle)
        self._handles = ()

    def _watch(self) -> None:
        while not self._stop.wait(_PAUSE):
            tree = [pid for root in self._roots for pid in process_tree(root)]
            if not tree:
                return
            used = self._memory(tree)
            self._peak = max(self._peak, used)
            if used > self._limits.memory_bytes:
                self._hit = RunEnd.OUT_OF_MEMORY
            elif sum(map(_threads, tree)) > self._limits.pids:
                self._hit = RunEnd.PIDS_CAP
            if self._hit is not None:
                self._kill()
                return

    def _memory(self, tree: Sequence[int]) -> int:
        """Resident memory. What processes share is told apart only when the plain sum is too much: that costs a hundred times more."""
        plain = sum(map(_resident, tree))
        if plain <= self._limits.memory_bytes:
            return plain
        return sum(map(_proportional, tree))

    def _kill(self) -> None:
        """The first process of a process namespace takes all others along."""
        for handle in self._handles:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)


def processes_of(uid: int) -> int:
    """How many processes and threads an account has now."""
    pids = (int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal())
    return sum(_threads(pid) for pid in pids if _owner(pid) == uid)


def _owner(pid: int) -> int | None:
    with suppress(OSError):
        return Path(f"/proc/{pid}").stat().st_uid
    return None


def process_tree(root: int) -> Iterator[int]:
    """The process and all below it, as far as they live."""
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        if not Path(f"/proc/{pid}").exists():
            continue
        yield pid
        waiting += _children(pid)


def _children(pid: int) -> list[int]:
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _resident(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0


def _proportional(pid: int) -> int:
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return _resident(pid)


def _threads(pid: int) -> int:
    with suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    return 0
