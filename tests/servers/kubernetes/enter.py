"""The way in: from outside, namespaces are made, a command started in it, and everything removed again; inside, the plan of the run."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Callable, Sequence

from tests.servers.kubernetes import leftovers, namespaces, preflight
from tests.servers.kubernetes.plan import Plan, Programs
from tools.go_server import build

Say = Callable[[str], None]


def inside() -> bool:
    """Whether this process is in such namespaces already."""
    return namespaces.INSIDE in os.environ


def programs() -> Programs:
    """The real Kubernetes and what belongs to it, built from Go modules if they were not before (minutes). Raises Refusal."""
    return Programs(*(build(name) for name in ("kubernetes", "containerd", "runc", "coredns", "helm")))


def plan() -> Plan:
    """The plan of the run in whose namespaces this process is."""
    name = os.environ[namespaces.INSIDE]
    state = leftovers.runs() / name
    return Plan(name, state, programs(), preflight.snapshotter(state / "try"))


def visit(command: Sequence[str], say: Say = print) -> int:
    """Run a command in namespaces of its own and remove everything of it; its exit code, or 4 when something was left behind."""
    for name in leftovers.sweep():
        say(f"removed what run {name} had left behind")
    before = leftovers.machine()
    name = secrets.token_hex(3)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        with leftovers.claimed(name):
            code = namespaces.enter(command, os.environ, name)
    finally:
        left = leftovers.remove(name)
        left += [f"the machine's {what} changed" for what, seen in leftovers.machine().items() if seen != before[what]]
        say(
            "left behind: "
            + ("; ".join(left) or "nothing (no process, mount, namespace, interface, route, firewall rule)")
        )
    return code or (4 if left else 0)


def _terminated(*_: object) -> None:
    sys.exit(128 + signal.SIGTERM)
