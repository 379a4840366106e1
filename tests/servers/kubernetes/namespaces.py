"""Namespaces of its own for everything of a cluster: network, mounts, processes. Entered from outside, furnished from inside.

Outside, `enter` starts a command there and waits for it. It is bound to its parent: when the caller is killed, even with SIGKILL, the
kernel ends the first process of the namespaces, with it every other process in them, and so its interfaces, firewall rules and mounts.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers.kubernetes.plan import NODE_ADDRESS, NODE_NETWORK, Plan

INSIDE = "ENABLEMENT_KUBE_ROOM"
NAMESPACES = (
    "--net",
    "--mount",
    "--pid",
    "--ipc",
    "--fork",
    "--kill-child=SIGKILL",
    "--mount-proc",
    "--propagation",
    "private",
)
_PATIENCE = 30  # seconds for the command to end by itself after an interrupt
_PR_SET_PDEATHSIG = 1

# What the kubelet wants of the kernel. It finds these values in files that lie over the real ones, so that the machine's stay as they are.
_TUNABLES = {
    "/proc/sys/vm/overcommit_memory": "1",
    "/proc/sys/vm/panic_on_oom": "0",
    "/proc/sys/kernel/panic": "10",
    "/proc/sys/kernel/panic_on_oops": "1",
    "/proc/sys/kernel/keys/root_maxkeys": "1000000",
    "/proc/sys/kernel/keys/root_maxbytes": "25000000",
}
_KERNEL = {"net/ipv4/ip_forward": "1", "net/bridge/bridge-nf-call-iptables": "1"}


def enter(command: Sequence[str], environ: Mapping[str, str], name: str) -> int:
    """Run a command in namespaces of its own; its exit code. Nothing of them is left when this returns, however it returns."""
    first = [sys.executable, "-m", "tests.servers.kubernetes.namespaces", *command]
    process = subprocess.Popen(
        ["unshare", *NAMESPACES, *first],
        env={**environ, INSIDE: name},
        preexec_fn=_die_with_the_caller,  # noqa: PLW1509  takes no lock, so that threads do not matter
    )
    try:
        return process.wait()
    except BaseException:
        # The command got the terminal's Ctrl-C as well, or is told now; then it has a while to end in order.
        for pid in _children(process.pid):
            os.kill(pid, signal.SIGTERM)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def furnish(plan: Plan) -> None:
    """Inside: the node's interface and route, folders of the system laid over with the run's own, the kubelet's view of the kernel.

    Raises RuntimeError outside of such namespaces, before anything is touched."""
    if os.environ.get(INSIDE) != plan.name:
        raise RuntimeError("this is not in namespaces of this run")
    _call("ip", "link", "set", "lo", "up")
    _call("ip", "link", "add", "node0", "type", "bridge")
    _call("ip", "address", "add", f"{NODE_ADDRESS}/{NODE_NETWORK.rpartition('/')[2]}", "dev", "node0")
    _call("ip", "link", "set", "node0", "up")
    _call("ip", "route", "add", "default", "dev", "node0")
    for name, value in _KERNEL.items():
        setting = Path("/proc/sys", name)
        if setting.exists():
            setting.write_text(value)
    tunables = plan.folder("tunables")
    for path, value in _TUNABLES.items():
        file = tunables / Path(path).name
        file.write_text(f"{value}\n")
        _call("mount", "--bind", str(file), path)
    for folder in ("/run", "/var/log"):
        _call("mount", "-t", "tmpfs", "-o", "mode=755", "none", folder)
    _call("mount", "-t", "tmpfs", "-o", "mode=700", "none", str(plan.folder("etcd")))
    # Temporary files of everything that runs here go with the namespaces.
    temporary = Path("/run/tmp")
    temporary.mkdir()
    temporary.chmod(0o1777)
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")


def _die_with_the_caller() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    """unshare's child, the first process of the namespaces."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _first_process(command: Sequence[str]) -> int:
    """Number 1 of the PID namespace: starts the command, collects whoever dies, passes SIGTERM on, ends with the command."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(
        command,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGINT))
    while True:
        pid, status = os.wait()
        if pid == child.pid:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(abs(_first_process(sys.argv[1:])))
