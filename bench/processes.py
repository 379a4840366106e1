"""Child processes of a benchmark: started, waited for, looked at, and ended with it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.polling import PATIENCE, until

ROOT = Path(__file__).resolve().parent.parent
WORKPLACE = ROOT / ".cache" / "bench"  # on the checkout's file system: a temporary folder may live in memory
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    """A running child that answers HTTP."""

    port: int
    pid: int

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of one request on a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Started:
    """How to start a child: `ready` is the path that answers below 500 once it is up."""

    argv: Sequence[str]
    port: int
    ready: str
    environment: Mapping[str, str]
    log: Path


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what would make the child another one than users have."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key != "PYTHONDONTWRITEBYTECODE" and not key.startswith(("JUPYTER", "ENABLEMENT"))
    }
    return kept | {"PYTHONPATH": str(ROOT)} | dict(extra)


@contextmanager
def running(how: Started, timeout: float = PATIENCE) -> Iterator[Server]:
    """The child while the block runs. Raises `NotWithin` with the end of its log when it does not come up."""
    how.log.parent.mkdir(parents=True, exist_ok=True)
    with how.log.open("wb") as log:
        child = subprocess.Popen(
            how.argv, env=clean_environment(how.environment), cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
    try:
        server = Server(how.port, child.pid)
        until(
            lambda: server.get(how.ready)[0] < 500,
            within=timeout,
            what=f"{' '.join(how.argv)} answers",
            process=child,
            log=how.log,
        )
        yield server
    finally:
        stop(child)


def stop(child: subprocess.Popen[bytes]) -> None:
    """End a child and what it started in its session."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is None:
            os.killpg(child.pid, sign)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                continue


def proportional_memory(pid: int) -> int:
    """Bytes a process occupies, shared pages counted by its share of them (PSS)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))


def processor_seconds(pid: int) -> float:
    """What a process and those it started have computed so far: far less noisy than the clock on the wall."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # with those that have ended
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return own + sum(
        processor_seconds(int(child)) for task in tasks for child in (task / "children").read_text().split()
    )


def module(name: str, *arguments: str) -> list[str]:
    """The command of a module in this environment."""
    return [sys.executable, "-m", name, *arguments]
