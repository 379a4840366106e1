"""What a run can leave behind, and its removal: state folders and control groups. And a look at what it must never have touched."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.kubernetes import cgroups
from tests.servers.kubernetes.plan import GROUP_PREFIX, cache

_LOOKS = {
    "interfaces": ("ip", "-oneline", "link"),
    "addresses": ("ip", "-oneline", "address"),
    "routes": ("ip", "route", "show", "table", "all"),
    "firewall (nftables)": ("nft", "list", "ruleset"),
    "firewall (iptables)": ("iptables-legacy-save",),
    "named network namespaces": ("ip", "netns", "list"),
}


def runs() -> Path:
    """The folder with one folder for each run."""
    folder = cache() / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def claimed(name: str) -> Iterator[Path]:
    """The state folder of a run, for as long as this process lives: the lock on it ends with the process, however that ends."""
    folder = runs() / name
    with (runs() / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        folder.mkdir(mode=0o700)
        yield folder


def sweep() -> list[str]:
    """Remove what dead runs left behind; their names. A run's folder is there before its groups are, and goes after them."""
    names = {path.stem for path in runs().glob("*.lock")} | {path.name for path in runs().iterdir() if path.is_dir()}
    dead = sorted(name for name in names if not _alive(name))
    for name in dead:
        remove(name)
    return dead


def remove(name: str) -> list[str]:
    """Remove what a run that has ended left; what could not be removed."""
    left = [f"control group {path}" for path in cgroups.remove(GROUP_PREFIX + name)]
    folder = runs() / name
    shutil.rmtree(folder, ignore_errors=True)
    (runs() / f"{name}.lock").unlink(missing_ok=True)
    return left + ([f"folder {folder}"] if folder.exists() else []) + of(name)


def of(name: str) -> list[str]:
    """Processes, namespaces and mounts on this machine that belong to a run, one line each."""
    folder = str(runs() / name)
    found = [f"mount {line.split()[1]}" for line in Path("/proc/mounts").read_text().splitlines() if folder in line]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            ours = (
                GROUP_PREFIX + name in (process / "cgroup").read_text() or folder in (process / "cmdline").read_text()
            )
            namespace = (process / "ns" / "net").readlink()
        except (OSError, UnicodeDecodeError):
            continue  # it has ended, or is the kernel's
        if ours:
            found.append(f"process {process.name} in network namespace {namespace}")
    return found


def machine() -> dict[str, str]:
    """Interfaces, addresses, routes, firewall of the machine itself, without counters and lifetimes."""
    seen = {}
    for what, command in _LOOKS.items():
        if shutil.which(command[0]):
            said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            lines = [line for line in said.splitlines() if not line.startswith("#")]
            seen[what] = re.sub(r"packets \d+ bytes \d+|\[\d+:\d+\]|(valid|preferred)_lft \S+", "", "\n".join(lines))
    return seen


def _alive(name: str) -> bool:
    try:
        with (runs() / f"{name}.lock").open("r+") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
