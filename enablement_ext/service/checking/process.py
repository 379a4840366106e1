"""One checking process as the service sees it: started, asked, ended."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from enablement_ext.service.checking.wire import Json, Part, receive, send
from enablement_ext.service.runtime.child_processes import child_environment

_PATIENCE = 10.0  # seconds beyond a worker's own limit
_EXIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class CheckingOptions:
    """How many processes (for large bundles, as many for the largest, and as many to read large notebooks), the bytes of memory each may
    use, and the seconds for one answer."""

    processes: int = 2
    memory: int = 3072 * 1024 * 1024
    seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A worker's answer, and the bytes that came with it."""

    message: Json
    parts: Sequence[bytes | memoryview]


class CheckingProcess:
    """One worker."""

    def __init__(self, options: CheckingOptions) -> None:
        """Starts it; it gets ready by itself. Raises `OSError`."""
        self.retired = False
        self._wire, theirs = socket.socketpair()
        self._wire.settimeout(options.seconds + _PATIENCE)
        command = [sys.executable, "-m", "enablement_ext.service.checking.app", str(options.memory)]
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(options.seconds)],
                stdin=theirs.fileno(),
                env=child_environment(),
                start_new_session=True,  # a signal to the service's group is the service's to answer
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def send(self, question: Json, parts: Sequence[Part]) -> None:
        """Ask it. Raises `OSError` where it has died."""
        send(self._wire, question, parts)

    def receive(self) -> Reply:
        """Its next answer. Raises `OSError`, `EOFError`, `ValueError` or `TypeError` where it dies, is silent or talks nonsense."""
        message, parts = receive(self._wire)
        if message.get("retire"):
            self.retire()
        return Reply(message, parts)

    def kill(self) -> int:
        """End it at once, where it has not ended; its exit code."""
        self._wire.close()
        self.end()
        return self._process.wait()

    def retire(self) -> None:
        """Say that nothing more will be asked; it ends by itself."""
        self.retired = True
        self._wire.close()

    def end(self) -> None:
        """End it at once; whoever waits for its answer is told."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """Let it end, and wait for that."""
        self.retire()
        try:
            self._process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
