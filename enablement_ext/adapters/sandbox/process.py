"""One sandbox, from its start to its last trace.

The order matters. bubblewrap starts with an empty environment and says its first process; the launcher inside says that it runs, and
waits. Only then is all of it put under its caps, and the two folders that driver and kernel share are opened from outside: what a notebook
does later cannot put others in their place. Then the launcher gets the files, gives up what it has left, and becomes the kernel.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enablement_ext.adapters.sandbox.arguments import (
    ETC,
    NOBODY,
    PassedFiles,
    bubblewrap,
    kernel_variables,
    sandbox_command,
)
from enablement_ext.adapters.sandbox.caps import ResourceCaps
from enablement_ext.adapters.sandbox.environment import KernelEnvironment
from enablement_ext.adapters.sandbox.system_calls import system_call_filter
from enablement_ext.adapters.sandbox.watcher import process_tree
from enablement_ext.core.errors import SandboxOff
from enablement_ext.core.runs.models import BroughtFile, RunLimits

_TAIL = 4000  # characters of what a sandbox said that are kept
_READ = 65536
_PIECES = 64  # at one time: somebody may print faster than it can be read
_PIPE = 1 << 20
_END = 20.0  # seconds until a killed sandbox is gone


@dataclass(frozen=True, slots=True)
class SandboxOrder:
    """What is started: the environment, the program in it, the files in its work folder and the folder below it in which it begins.
    `connection` is the kernel's connection file. With `later` its files come by `SandboxProcess.bring`."""

    environment: KernelEnvironment
    argv: tuple[str, ...]
    limits: RunLimits
    files: tuple[BroughtFile, ...] = ()
    connection: Mapping[str, object] = field(default_factory=dict)
    folder: str = "."
    later: bool = False


class SandboxProcess:
    """A sandbox that was started; made by `start`. `ready` is what the launcher put into force. `close` leaves nothing behind."""

    def __init__(self, caps: ResourceCaps, deadline: float) -> None:
        self.caps = caps
        self.ready: Mapping[str, Any] = {}
        self.kernel_folder = self.work_folder = -1
        self._deadline = deadline
        self._process: subprocess.Popen[bytes] | None = None
        self._said = b""
        self._later = self._status = -1  # where files are still to be brought: the way in, and the answer
        self._first = -1  # a descriptor of the first process inside: its number could be somebody else's by now

    @classmethod
    def start(cls, order: SandboxOrder, caps: ResourceCaps) -> SandboxProcess:
        """Returns when the program inside is about to begin. Raises `SandboxOff` with what went wrong; then nothing is left."""
        program = bubblewrap()
        if program is None:
            caps.end()
            raise SandboxOff("bubblewrap is not installed (on Debian: apt install bubblewrap).")
        made = cls(caps, time.monotonic() + order.limits.start_seconds)
        try:
            made._start(program, order)
        except (OSError, ValueError) as error:
            made.close()
            said = f": {made.said()}" if made.said() else ""
            raise SandboxOff(f"The sandbox could not be set up ({error}){said}") from error
        except BaseException:
            made.close()
            raise
        return made

    @property
    def pid(self) -> int:
        """The process outside that holds it, -1 where there is none."""
        return -1 if self._process is None else self._process.pid

    @property
    def output(self) -> int:
        """The descriptor that what is printed inside can be read from, until it is closed."""
        stdout = self._process.stdout if self._process is not None else None
        return stdout.fileno() if stdout is not None and not stdout.closed else -1

    def bring(self, files: Sequence[BroughtFile], seconds: float) -> None:
        """The files of one that was started without. Returns when they are there and who brought them is gone. Raises `SandboxOff`."""
        self._deadline = time.monotonic() + seconds
        listed = json.dumps([(file.path, file.size) for file in files]).encode() + b"\n"
        try:
            self._write(self._later, _pieces(listed, files))
            os.close(self._later)
            self._later = -1
            self._until(self._status, b"brought")
            self._until_end(self._status)  # which is that of whoever could write into it
        except (OSError, ValueError) as error:
            raise SandboxOff(f"The files could not be brought into the sandbox ({error}).") from error

    def poll(self) -> int | None:
        """The exit code: negative where bubblewrap itself was killed, 128 and more where the first process inside was."""
        return self._process.poll() if self._process is not None else 0

    def drain(self) -> None:
        """Takes what was printed and keeps its end, so that nobody inside waits for a reader."""
        for _ in range(_PIECES):
            try:
                piece = os.read(self.output, _READ) if self.output >= 0 else b""
            except BlockingIOError:
                return
            if not piece:
                self._close_output()
                return
            self._said = (self._said + piece)[-_TAIL:]

    def said(self) -> str:
        """The end of what was printed inside, on one line."""
        return " ".join(self.said_whole().split())[-500:]

    def said_whole(self) -> str:
        """All that is kept of what was printed inside."""
        return self._said.decode(errors="replace")

    def kill(self) -> None:
        """Ends everything inside; returns when it is gone, or after seconds."""
        if self._first >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
        if self._process is not None and self._process.poll() is None:
            if self._first < 0:
                self._process.kill()
            try:
                self._process.wait(_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_END)

    def close(self) -> None:
        """Ends it where it still runs, and gives everything back. May be called twice."""
        self.kill()
        self.caps.end()
        self.drain()
        self._close_output()
        for name in ("kernel_folder", "work_folder", "_first", "_later", "_status"):
            fd: int = getattr(self, name)
            if fd >= 0:
                os.close(fd)
                setattr(self, name, -1)

    def _close_output(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()

    def _start(self, program: str, order: SandboxOrder) -> None:
        info, info_end = os.pipe()
        status, status_end = os.pipe()
        incoming, files = os.pipe()
        passed = PassedFiles(info_end, _filter(), tuple(map(_memory_file, ETC.values())), incoming, status_end)
        try:
            # Nothing of this process's environment: the first process of the sandbox keeps what it was started with.
            self._process = subprocess.Popen(
                sandbox_command(program, order.environment, order.limits, passed),
                env={},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=passed.all(),
                umask=0o022,
            )
        except BaseException:
            for fd in (info, status, files):
                os.close(fd)
            raise
        finally:
            for fd in passed.all():
                os.close(fd)
        os.set_blocking(self.output, False)
        with suppress(OSError):  # an ordinary account may have as much, or no more of it
            fcntl.fcntl(self.output, fcntl.F_SETPIPE_SZ, _PIPE)
        self._later, self._status = files, status  # closed with the others
        with os.fdopen(info, "rb"):
            self._take_hold(info, status)
        self._write(files, _pieces(self._header(order), order.files))
        self.ready = json.loads(self._until(status, b"\n"))
        if not order.later:
            for fd in (files, status):
                os.close(fd)
            self._later = self._status = -1

    def _take_hold(self, info: int, status: int) -> None:
        first = int(json.loads(self._until(info, b"}"))["child-pid"])
        self._first = os.pidfd_open(first)
        self._until(status, b"\n")
        tree = list(process_tree(first))
        if len(tree) < 2:  # bubblewrap's own and the launcher
            raise OSError("this kernel does not say which processes are inside")
        self.caps.hold(tree)
        root = Path(f"/proc/{first}/root")
        self.kernel_folder = os.open(root / "run/kernel", os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)
        self.work_folder = os.open(root / "notebook", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)

    def _header(self, order: SandboxOrder) -> bytes:
        header = {
            "uid": NOBODY,
            "nice": self.caps.nice,
            "argv": order.argv,
            "env": kernel_variables(order.environment),
            "connection": order.connection,
            "folder": order.folder,
            "later": order.later,
            "files": [(file.path, file.size) for file in order.files],
            "limits": {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": order.limits.file_bytes, "RLIMIT_NOFILE": 4096}
            | self.caps.process_limits(),
        }
        return json.dumps(header).encode() + b"\n"

    def _write(self, fd: int, pieces: Iterator[bytes]) -> None:
        os.set_blocking(fd, False)
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                self._wait(fd, writing=True)
                rest = rest[os.write(fd, rest) :]

    def _until(self, fd: int, mark: bytes) -> bytes:
        """What arrives up to a mark. Raises `OSError` where it ends before, or the time is up."""
        found = b""
        while mark not in found:
            self._wait(fd)
            piece = os.read(fd, _READ)
            if not piece:
                raise OSError("it ended before it was up")
            found += piece
        return found

    def _until_end(self, fd: int) -> None:
        while True:
            self._wait(fd)
            if not os.read(fd, _READ):
                return

    def _wait(self, fd: int, *, writing: bool = False) -> None:
        poller = select.poll()
        poller.register(fd, select.POLLOUT if writing else select.POLLIN)
        while not poller.poll(200):
            self.drain()
            if time.monotonic() > self._deadline:
                raise OSError("it did not come up in time")


def _pieces(header: bytes, files: Sequence[BroughtFile]) -> Iterator[bytes]:
    yield header
    for file in files:
        size = 0
        for piece in file.chunks():
            size += len(piece)
            yield piece
        if size != file.size:
            raise ValueError(f"{file.path} has {size} bytes and not {file.size}")


def _filter() -> int:
    program = system_call_filter()
    return -1 if program is None else _memory_file(program)


def _memory_file(content: bytes | str) -> int:
    """A descriptor that these bytes are read from."""
    fd = os.memfd_create("sandbox")
    data = content.encode() if isinstance(content, str) else content
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
