"""More than a hundred ways out of the sandbox, each with something outside that must not be read, reached, changed or ended.

Numbers of system calls are those of x86_64; elsewhere they are other calls, which have no way out either.
"""

from __future__ import annotations

import ctypes
import os
import re
import secrets
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from enablement_ext.adapters.sandbox import BubblewrapSandbox, arguments
from enablement_ext.core.runs.models import NotebookRun
from tests.adapters.sandbox.conftest import Run, shown
from tests.adapters.sandbox.ways_out import ALL, PRELUDE

pytestmark = pytest.mark.slow
_IPC_RMID, _IPC_CREAT = 0, 0o1000
WAYS = [(group, name) for group, ways in ALL.items() for name in ways]


@dataclass(frozen=True)
class Canaries:
    """What stands outside. `secret` is in a file, in this process's environment, in shared memory and in a key of its session."""

    secret: str
    name: str
    user: str
    home: str
    file: str
    site: str
    socket: str
    abstract: str
    address: str
    port: int
    pid: int
    shm: int
    key: int


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Canaries, list[socket.socket]]]:
    secret, name = secrets.token_hex(20), f"canary-{secrets.token_hex(6)}"
    folder = tmp_path_factory.mktemp(name)
    libc = ctypes.CDLL(None, use_errno=True)
    with ExitStack() as stack:
        (folder / name).write_text(secret)
        home = Path.home() / name
        home.write_text(secret)
        stack.callback(home.unlink)
        shared = Path("/dev/shm", name)
        shared.write_text(secret)
        stack.callback(shared.unlink)
        os.environ[name] = secret
        stack.callback(os.environ.pop, name)
        shm = libc.shmget(secrets.randbits(30) + 1, 4096, _IPC_CREAT | 0o666)
        stack.callback(libc.shmctl, shm, _IPC_RMID, None)
        key = libc.syscall(248, b"user", name.encode(), secret.encode(), len(secret), -3)
        victim = stack.enter_context(subprocess.Popen(["sleep", "3600"]))
        stack.callback(victim.kill)
        listeners = [stack.enter_context(each) for each in _listeners(folder, name)]
        port = listeners[0].getsockname()[1]
        yield (
            Canaries(
                secret,
                name,
                os.environ.get("USER", "root"),
                str(Path.home()),
                str(home),
                sysconfig.get_path("purelib"),
                str(folder / "s"),
                name,
                _own_address(),
                port,
                victim.pid,
                shm,
                key,
            ),
            listeners,
        )
        assert victim.poll() is None, "it was ended from inside"


def _listeners(folder: Path, name: str) -> list[socket.socket]:
    tcp = socket.create_server(("0.0.0.0", 0))
    port = tcp.getsockname()[1]
    found = [tcp]
    with suppress(OSError):
        found.append(socket.create_server(("::1", port), family=socket.AF_INET6))
    for kind, address in (
        (socket.SOCK_STREAM, str(folder / "s")),
        (socket.SOCK_STREAM, "\0" + name),
        (socket.SOCK_DGRAM, f"\0{name}-d"),
    ):
        found.append(socket.socket(socket.AF_UNIX, kind))
        found[-1].bind(address)
        if kind == socket.SOCK_STREAM:
            found[-1].listen()
    found.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    found[-1].bind(("0.0.0.0", port))
    for each in found:
        each.setblocking(False)
    return found


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        with suppress(OSError):
            tried.connect(("192.0.2.1", 9))
        return str(tried.getsockname()[0]) if tried.getsockname()[0] != "0.0.0.0" else "127.0.0.1"


def _cells(told: Canaries, ways: Mapping[str, str]) -> list[str]:
    attempts = "\n".join(f"attempt({name!r}, lambda: {way})" for name, way in ways.items())
    return [PRELUDE, f"told = {asdict(told)!r}", attempts]


@pytest.fixture(scope="module")
def module_patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module", params=["counted", "watched", "mapped"])
def tried(request: pytest.FixtureRequest, outside: tuple[Canaries, list[socket.socket]]) -> dict[str, str]:
    """Name of a way -> what became of it; `found in all` has everything that came out of the sandbox."""
    """By an administrator with a cgroup and without, and as everybody else does it: a namespace in which this account is nobody."""
    if request.param == "mapped":
        patch = request.getfixturevalue("module_patch")
        namespaces = arguments._namespaces
        patch.setattr(arguments, "_namespaces", lambda **_: namespaces(administrator=False))
        sandbox = BubblewrapSandbox(request.getfixturevalue("environment"), counted=False)
    else:
        sandbox = request.getfixturevalue(request.param)
    run: Run = request.getfixturevalue("run")
    told = outside[0]
    results: list[NotebookRun] = [run(*_cells(told, ways), sandbox=sandbox) for ways in ALL.values()]
    texts = [shown(found, 2) for found in results]
    assert [str(found.end) for found in results] == ["finished"] * len(results)
    return dict(re.findall(r"^(.+?): (OPEN|shut.*)$", "\n".join(texts), re.MULTILINE))


@pytest.mark.parametrize(("group", "name"), WAYS)
def test_a_way_out_is_shut(group: str, name: str, tried: dict[str, str]) -> None:
    said = tried.get(name, "it was not tried")
    assert said.startswith("shut")
    assert not re.match(r"shut \((?:Name|Type|Attribute|Syntax|Import|Index|Unbound)", said), "the attempt is wrong"


def test_nothing_arrived_outside(tried: dict[str, str], outside: tuple[Canaries, list[socket.socket]]) -> None:
    told, listeners = outside
    for each in listeners:
        with pytest.raises(BlockingIOError):
            each.accept() if each.type == socket.SOCK_STREAM else each.recv(10)
    assert not list(Path(told.site).glob("left*"))
    assert not Path(told.site, "sitecustomize.py").exists()
    assert Path(told.file).read_text() == told.secret
    assert Path(told.site).stat().st_mode & 0o022 == 0


def test_the_ways_are_ways_where_there_is_no_sandbox(outside: tuple[Canaries, list[socket.socket]]) -> None:
    """Some that harm nobody, run in a plain process of this account: an attempt with a mistake in it would be shut as well."""
    harmless = {
        "files": ("home file", "home folder", "system's settings", "environments of all", "run folder"),
        "writes": ("root folder",),
        "network": ("loopback of the host", "abstract socket", "socket by name", "datagrams", "events of the kernel"),
        "processes": (
            "other processes",
            "shared memory, System V",
            "shared memory, POSIX",
            "keys of the session",
            "memory without a file",
        ),
    }
    told = outside[0]
    for group, names in harmless.items():
        ways = {name: ALL[group][name] for name in names}
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(_cells(told, ways))],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        said = dict(re.findall(r"^(.+?): (OPEN|shut.*)$", done.stdout, re.MULTILINE))
        root_only = {"root folder"} if os.geteuid() else set()
        assert {name for name in names if said.get(name) != "OPEN"} <= root_only, said
    Path("/left").unlink(missing_ok=True)
    for each in outside[1]:  # what these let through is taken away again
        with suppress(BlockingIOError):
            while True:
                each.accept()[0].close() if each.type == socket.SOCK_STREAM else each.recv(10)
