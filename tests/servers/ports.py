"""Ports for servers that a test starts, each given out once among all processes of tests on this machine.

A port that was free a moment ago is lost to whoever comes first: a server of another worker, or any connection that goes out and gets its own
port from the kernel's range. So these lie outside of that range, and a lock says whose each is until the process ends.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from functools import cache
from pathlib import Path

# Below where Kubernetes gives out the ports of nodes, above what programs use by default. The one after each stays free: `enablement up` takes it
# for its decision pages.
_CANDIDATES = range(15_000, 30_000, 2)
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on, and that no other process of the tests gets while this one runs."""
    outgoing = range(*map(int, _RANGE.read_text(encoding="ascii").split())) if _RANGE.exists() else range(0)
    apart = [port for port in _CANDIDATES if port not in outgoing] or list(_CANDIDATES)
    for port in random.sample(apart, len(apart)):
        if port not in _given and _is_ours(port) and _is_free(port):
            _given.add(port)
            return port
    raise RuntimeError(f"no port between {_CANDIDATES.start} and {_CANDIDATES.stop} is free")


def _is_ours(port: int) -> bool:
    """Whether this process has the port's byte of the common file, which the kernel lets go of when the process ends."""
    try:
        fcntl.lockf(_common_file(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


@cache
def _common_file() -> int:
    """Open once in a process: closing any descriptor of it would give up all ports."""
    name = Path(tempfile.gettempdir()) / f"enablement-tests-ports-{os.getuid()}"
    return os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
