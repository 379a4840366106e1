"""What a machine must be able to do to hold a cluster, found out by trying."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers.kubernetes import cgroups
from tests.servers.kubernetes.namespaces import NAMESPACES
from tests.servers.kubernetes.plan import cache

_DISK = 12_000_000_000
_MEMORY = 5_000_000_000
_PROGRAMS = ("etcd", "docker-registry", "nft", "ip", "unshare", "mmdebstrap", "buildah", "skopeo")


def cannot() -> list[str]:
    """What stands in the way and cannot be installed, one line each; empty: this machine can hold a cluster."""
    if sys.platform != "linux":
        return ["the system is not Linux"]
    if os.geteuid() != 0:
        return ["not root (control groups, mounts and network namespaces of a node need it)"]
    found = []
    tried = subprocess.run(["unshare", *NAMESPACES, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        found.append(f"namespaces cannot be made here ({tried.stderr.strip()})")
    if missing := cgroups.missing():
        found.append(f"these control group controllers are not there: {', '.join(missing)}")
    elif not cgroups.writable():
        found.append("control groups cannot be made below /sys/fs/cgroup")
    if shutil.which("go") is None and not (cache().parent / "servers").is_dir():
        found.append("no go, which Kubernetes is built with (Go 1.26 or newer, https://go.dev/dl)")
    return found + _too_small()


def absent() -> list[str]:
    """Programs that are not installed and could be."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = [name for name in _PROGRAMS if shutil.which(name, path=path) is None]
    return found + ([] if Path("/usr/lib/cni/bridge").exists() else ["containernetworking-plugins"])


def snapshotter(folder: Path) -> str:
    """ "overlayfs" where the folder's file system can be laid over with itself, else "native", which copies."""
    for name in ("lower", "upper", "work", "merged"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = f"lowerdir={folder}/lower,upperdir={folder}/upper,workdir={folder}/work"
    mount = ["unshare", "--mount", "mount", "-t", "overlay", "-o", options, "overlay", f"{folder}/merged"]
    done = subprocess.run(mount, capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)
    return "native" if done.returncode else "overlayfs"


def _too_small() -> list[str]:
    found = []
    cache().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cache()).free
    if free < _DISK:
        found.append(f"{free / 1e9:.0f} GB free below {cache()}, {_DISK / 1e9:.0f} are needed")
    memory = next(
        int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if "MemAvailable" in line
    )
    if memory * 1024 < _MEMORY:
        found.append(f"{memory / 1e6:.1f} GB of memory available, {_MEMORY / 1e9:.0f} are needed")
    return found
