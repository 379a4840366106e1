"""Control groups: the one thing of a cluster that is not bound to a process and has to be removed by hand."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from tests.polling import NotWithin, until

ROOT = Path("/sys/fs/cgroup")
NEEDED = ("cpu", "cpuacct", "cpuset", "memory", "pids", "devices", "freezer")
_PATIENCE = 30.0  # seconds; the kernel lets go of a group a moment after its last process


def hierarchies() -> list[Path]:
    """The mounted hierarchies: one for each controller (version 1 and hybrid), or one for all (version 2)."""
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    return [path for path in sorted(ROOT.iterdir()) if (path / "cgroup.procs").exists()] if ROOT.is_dir() else []


def missing() -> list[str]:
    """The controllers that a node needs and this machine does not let be used."""
    if (ROOT / "cgroup.controllers").exists():
        found = set((ROOT / "cgroup.subtree_control").read_text().split())
        return sorted({"cpu", "cpuset", "memory", "pids"} - found)
    found = {part for path in hierarchies() for part in path.name.split(",")}
    return sorted(set(NEEDED) - found)


def make(name: str) -> None:
    """Make a group in every hierarchy. cpuset's (version 1) is of no use before it says which processors and memory it is for."""
    for hierarchy in hierarchies():
        group = hierarchy / name
        group.mkdir(exist_ok=True)
        if (
            group / "cpu.shares"
        ).exists():  # a node is as many processors beside whatever else runs here, not one process
            (group / "cpu.shares").write_text(str(1024 * (os.cpu_count() or 1)))
        for file in ("cpuset.cpus", "cpuset.mems"):
            if hierarchy != ROOT and (group / file).exists():
                (group / file).write_text((hierarchy / file).read_text())
    if (ROOT / "cgroup.controllers").exists():
        (ROOT / name / "cgroup.subtree_control").write_text("+cpu +cpuset +memory +pids")


def remove(name: str) -> list[Path]:
    """Remove a group and those below it, everywhere; those that are still in use."""
    left: list[Path] = []

    def gone() -> bool:
        left[:] = [path for hierarchy in hierarchies() for path in _removed(hierarchy / name)]
        return not left

    with suppress(NotWithin):  # what is still in use is the answer, not a fault
        until(gone, within=_PATIENCE, what=f"the group {name} is let go")
    return left


def named(prefix: str) -> set[str]:
    """Names of the groups that begin so."""
    return {path.name for hierarchy in hierarchies() for path in hierarchy.glob(f"{prefix}*")}


def _removed(group: Path) -> list[Path]:
    if not group.is_dir():
        return []
    left = [path for below in group.iterdir() if below.is_dir() for path in _removed(below)]
    try:
        group.rmdir()
    except OSError:
        left.append(group)
    return left


def writable() -> bool:
    """Whether groups can be made here."""
    probe = "enablement-kube-probe"
    try:
        for hierarchy in hierarchies():
            (hierarchy / probe).mkdir(exist_ok=True)
    except OSError:
        return False
    finally:
        remove(probe)
    return bool(hierarchies()) and shutil.which("unshare") is not None
