"""The process tree below this process, so that stopping leaves no orphan, not even of a parent that died first."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """On Linux, processes below this one whose parent dies become children of this one instead of init's."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def terminate_with_parent() -> None:
    """In a fresh child, on Linux: SIGTERM comes when the parent ends, even when that one is killed and cannot say so."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def descendants(pid: int) -> set[int]:
    """Every process below `pid`."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents():
        children.setdefault(parent, []).append(child)
    below: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            if child not in below:
                below.add(child)
                waiting.append(child)
    return below


def reap() -> dict[int, int]:
    """Collects ended children, own and adopted: process id -> exit code (negative: the signal). A zombie would look alive."""
    ended: dict[int, int] = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            ended[pid] = os.waitstatus_to_exitcode(status)
    return ended


def end_process_tree(patience: float) -> None:
    """Ends every process below this one: asks with SIGTERM, and after `patience` seconds does not ask any more."""
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        deadline = time.monotonic() + seconds
        reap()
        for pid in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, sign)
        while descendants(os.getpid()) and time.monotonic() < deadline:
            time.sleep(0.05)
            reap()


def _parents() -> list[tuple[int, int]]:
    proc = Path("/proc")
    if (proc / "self" / "stat").exists():
        return [pair for entry in proc.iterdir() if entry.name.isdigit() and (pair := _parent_of(entry))]
    listed = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=False)
    return [(int(pid), int(parent)) for pid, parent in (line.split() for line in listed.stdout.splitlines())]


def _parent_of(entry: Path) -> tuple[int, int] | None:
    try:
        stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name stands in parentheses and may hold anything; the fields after the last one are plain.
    return int(entry.name), int(stat.rpartition(")")[2].split()[1])
