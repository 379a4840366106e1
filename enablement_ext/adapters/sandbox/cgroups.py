"""Memory and processes counted by the kernel: a cgroup for each sandbox, version 1 or 2, without systemd.

Where groups can be made is looked for once (`find_parents`): below the folder in $ENABLEMENT_CGROUP, below the group of this process, or
beside it. A group's name holds the process that made it, so that what a killed driver left is known and removed (`sweep`).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from enablement_ext.adapters.sandbox.caps import ResourceCaps
from enablement_ext.core.runs.models import RunEnd, RunLimits

_NAME = "enablement-run"
_PATIENCE = 10.0  # seconds until the processes of a group that were killed are gone
_numbers = count()


@dataclass(frozen=True, slots=True)
class CgroupParents:
    """The folders below which groups are made: one for both controllers in version 2, else one each."""

    version: int
    memory: Path
    pids: Path

    def folders(self) -> tuple[Path, ...]:
        """Each once."""
        return (self.memory,) if self.memory == self.pids else (self.memory, self.pids)


@dataclass(frozen=True, slots=True)
class _Files:
    """The names of one version's files."""

    memory: str
    swap: tuple[str, ...]  # the first that is there; bounded together with memory, or to nothing
    peak: str
    memory_events: str


_VERSIONS: Mapping[int, _Files] = {
    1: _Files(
        "memory.limit_in_bytes", ("memory.memsw.limit_in_bytes",), "memory.max_usage_in_bytes", "memory.oom_control"
    ),
    2: _Files("memory.max", ("memory.swap.max",), "memory.peak", "memory.events"),
}


class CgroupCaps(ResourceCaps):
    """A group of its own, made when this object is. Raises `OSError`."""

    counted = True

    def __init__(self, parents: CgroupParents, limits: RunLimits) -> None:
        name = f"{_NAME}-{os.getpid()}-{_started(os.getpid())}-{next(_numbers)}"
        self._memory, self._pids = parents.memory / name, parents.pids / name
        self._files = _VERSIONS[parents.version]
        self._peak = 0
        try:
            for folder in self._folders():
                folder.mkdir()
            self._write_limits(parents.version, limits)
        except OSError:
            self.end()
            raise

    def hold(self, pids: Sequence[int]) -> None:
        for folder in self._folders():
            for pid in pids:
                (folder / "cgroup.procs").write_text(str(pid))

    def exceeded(self) -> RunEnd | None:
        if _counter(self._memory / self._files.memory_events, "oom_kill"):
            return RunEnd.OUT_OF_MEMORY
        return RunEnd.PIDS_CAP if _counter(self._pids / "pids.events", "max") else None

    def peak_bytes(self) -> int:
        with suppress(OSError, ValueError):
            self._peak = max(self._peak, int((self._memory / self._files.peak).read_text()))
        return self._peak

    def process_limits(self) -> dict[str, int]:
        return {}

    def end(self) -> None:
        self.peak_bytes()
        for folder in self._folders():
            remove_group(folder)

    def _folders(self) -> tuple[Path, ...]:
        return (self._memory,) if self._memory == self._pids else (self._memory, self._pids)

    def _write_limits(self, version: int, limits: RunLimits) -> None:
        (self._memory / self._files.memory).write_text(str(limits.memory_bytes))
        for name in self._files.swap:
            swap = self._memory / name
            if swap.exists():
                swap.write_text("0" if version == 2 else str(limits.memory_bytes))
        (self._pids / "pids.max").write_text(str(limits.pids))
        if version == 2:
            (self._memory / "memory.oom.group").write_text("1")


def find_parents(proc: Path = Path("/proc/self")) -> CgroupParents | None:
    """Where groups with both limits can be made, tried by making one. None where that is nowhere."""
    for parents in _candidates(proc):
        try:
            CgroupCaps(parents, RunLimits()).end()
        except OSError:
            continue
        return parents
    return None


def sweep(parents: CgroupParents) -> list[str]:
    """Removes the groups of drivers that are gone, with whatever still runs in them; their names."""
    found = []
    for folder in parents.folders():
        for group in sorted(folder.glob(f"{_NAME}-*")):
            pid, _, rest = group.name.removeprefix(f"{_NAME}-").partition("-")
            if not pid.isdecimal() or _started(int(pid)) != rest.partition("-")[0]:
                remove_group(group)
                found.append(group.name)
    return sorted(set(found))


def remove_group(group: Path) -> None:
    """Kills what is in it and removes it; tries for seconds, as a killed process takes a while to be gone."""
    deadline = time.monotonic() + _PATIENCE
    while group.is_dir():
        with suppress(OSError):
            (group / "cgroup.kill").write_text("1")
        for pid in _members(group):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with suppress(OSError):
            group.rmdir()
            return
        if time.monotonic() > deadline:
            return
        time.sleep(0.005)


def _members(group: Path) -> list[int]:
    with suppress(OSError):
        return [int(line) for line in (group / "cgroup.procs").read_text().split() if line != "0"]
    return []


def _candidates(proc: Path) -> Iterator[CgroupParents]:
    if given := os.environ.get("ENABLEMENT_CGROUP"):
        yield CgroupParents(2, Path(given), Path(given))
    own = _own_groups(proc)
    if {"memory", "pids"} <= own.keys():
        yield CgroupParents(1, own["memory"], own["pids"])
    if "" in own:
        _delegate(own[""])
        for folder in (own[""], own[""].parent):
            yield CgroupParents(2, folder, folder)


def _delegate(folder: Path) -> None:
    """Asks for both controllers in groups below; the kernel refuses where processes are in the folder itself."""
    with suppress(OSError):
        if not {"memory", "pids"} <= set((folder / "cgroup.subtree_control").read_text().split()):
            (folder / "cgroup.subtree_control").write_text("+memory +pids")


def _own_groups(proc: Path) -> dict[str, Path]:
    """Controller -> the folder of this process's group; "" for version 2."""
    mounts = _mounts(proc)
    found = {}
    with suppress(OSError):
        for line in (proc / "cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            for controller in controllers.split(","):
                if controller in mounts:
                    root, place = mounts[controller]
                    below = path.removeprefix(root.rstrip("/")) if path.startswith(root.rstrip("/")) else ""
                    found[controller] = place / below.strip("/")
    return found


def _mounts(proc: Path) -> dict[str, tuple[str, Path]]:
    """Controller -> the root that is mounted, and where."""
    found: dict[str, tuple[str, Path]] = {}
    with suppress(OSError):
        for line in (proc / "mountinfo").read_text().splitlines():
            before, _, after = line.partition(" - ")
            kind, _, options = after.split(" ", 2)
            if kind in ("cgroup", "cgroup2"):
                root, place = before.split(" ")[3:5]
                for controller in [""] if kind == "cgroup2" else options.split(","):
                    found.setdefault(controller, (root, Path(place)))
    return found


def _counter(file: Path, name: str) -> int:
    with suppress(OSError, ValueError):
        for line in file.read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0


def _started(pid: int) -> str:
    """When a process started, in ticks since the machine did; "gone" for one that is not there."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return "gone"
