"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, on a free port and a private socket, fsync on.

PostgreSQL refuses to run as root; then the cluster belongs to the account `postgres` (or `nobody`).
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.polling import PATIENCE, until
from tests.servers.ports import free_port

_ROOM = 4_000_000_000
_PR_SET_PDEATHSIG = 1
_MISSING = "PostgreSQL is not installed; the tests need it: make system, or apt-get install -y postgresql"


@dataclass(slots=True)
class Cluster:
    """A running server. `url(name)` is a database in it; `create(name)` makes one."""

    folder: Path
    port: int
    binaries: Path
    account: pwd.struct_passwd | None
    process: subprocess.Popen[bytes] | None = None
    made: int = field(default=0)

    def url(self, database: str) -> str:
        """The URL of a database, over TCP on this machine."""
        return f"postgresql://enablement@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """Make an empty database, or a copy of the one at the URL `template` (nobody may be connected to it); return its URL."""
        self.made += 1
        name = f"t{self.made}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template.rpartition('/')[2]}")
        return self.url(name)

    def start(self) -> None:
        """Start the server and wait until it answers. Raises `NotWithin` with its log when it does not."""
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        user, group = _as(self.account)
        printed = self.folder / "log"
        with printed.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=user,
                group=group,
                preexec_fn=_die_with_the_tests,  # noqa: PLW1509  takes no lock, so that threads do not matter
            )
        until(self._answers, within=PATIENCE, what="PostgreSQL answers", process=self.process, log=printed)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends sessions and stops; SIGQUIT stops at once, as a crash would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=PATIENCE)
        self.process = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def cluster(*, in_memory: bool = False) -> Iterator[Cluster]:
    """A fresh cluster that is gone afterwards; `in_memory` puts its files there where a few GB are free, for hundreds of databases."""
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="enablement-pg-", dir=_place() if in_memory else None))
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        running = Cluster(folder, free_port(), _binaries(), account)
        _initialise(running)
        running.start()
        try:
            yield running
        finally:
            running.stop(signal.SIGQUIT)  # nothing of it is wanted any more
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(server: Cluster) -> None:
    command = [str(server.binaries / "initdb"), "-D", str(server.folder / "data"), "-U", "enablement", "-A", "trust"]
    command += ["-E", "UTF8", "--no-locale"]
    user, group = _as(server.account)
    subprocess.run(command, check=True, capture_output=True, cwd=server.folder, user=user, group=group)
    settings = f"port = {server.port}\nlisten_addresses = '127.0.0.1'\nshared_buffers = 256MB\nmax_connections = 200\n"
    with (server.folder / "data" / "postgresql.conf").open("a") as config:
        config.write(settings)


def _die_with_the_tests() -> None:
    """Also when they are killed: the kernel then sends the server a SIGINT, its fast shutdown."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _place() -> Path | None:
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


def _binaries() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not folders and (found := shutil.which("initdb")):
        folders = [Path(found).resolve().parent]
    if not folders:
        raise RuntimeError(_MISSING)
    return folders[0]


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root and there is no account to run it as: useradd postgres")


def _as(account: pwd.struct_passwd | None) -> tuple[int, int] | tuple[None, None]:
    return (None, None) if account is None else (account.pw_uid, account.pw_gid)
