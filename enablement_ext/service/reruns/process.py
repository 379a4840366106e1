"""A process in which notebooks are run again, as the service sees it."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from enablement_ext.core.runs.models import RunLimits
from enablement_ext.service.checking.wire import Json, receive, send
from enablement_ext.service.runtime.child_processes import child_environment
from enablement_ext.web.shared_bytes import SharedBytes

_LOOK_MS = 250  # between two looks at whether it is still wanted
_PATIENCE = 600.0  # seconds beyond the limits of two runs: for the sandbox to be tried, and for comparing
_STOPPING = 10.0  # seconds for a run that is no longer wanted to end in order
COMMAND = (sys.executable, "-m", "enablement_ext.service.reruns.app")


@dataclass(frozen=True, slots=True)
class RerunQuestion:
    """What is run: the notebook and the files beside it (path and size, their bytes one behind the other), with the Python of which environment."""

    message: Json
    notebook: SharedBytes
    files: SharedBytes
    limits: RunLimits


@dataclass(frozen=True, slots=True)
class RerunAnswer:
    """What it said, and the bytes behind it: the document and the notebook, none where nothing was run."""

    message: Json
    parts: Sequence[bytes]


Progress = Callable[[int, int], bool]  # cells done and all; whether to go on


class RerunProcess:
    """One worker, for one run at a time. Whatever it does, `ask` returns or raises within the limits of the run."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        """Starts it; it gets ready by itself. Raises `OSError`."""
        self._wire, theirs = socket.socketpair()
        self._wire.settimeout(_STOPPING)
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                env=child_environment(),
                start_new_session=True,  # a signal to the service's group is the service's to answer
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def ask(self, question: RerunQuestion, progress: Progress) -> RerunAnswer | None:
        """Its answer; None where `progress` said that it is no longer wanted. Raises `OSError` or `EOFError` where it dies or is silent."""
        limits = question.limits
        deadline = time.monotonic() + 2 * (limits.start_seconds + limits.wall_seconds) + _PATIENCE
        send(self._wire, question.message, [question.notebook, question.files])
        poller = select.poll()
        poller.register(self._wire, select.POLLIN)
        cells = (0, 0)
        while time.monotonic() < deadline:
            if poller.poll(_LOOK_MS):
                message, parts = self._received()
                if "done" not in message:
                    return RerunAnswer(message, [bytes(part) for part in parts])
                cells = int(str(message["done"])), int(str(message["total"]))
            if not progress(*cells):
                return None
        raise TimeoutError("it did not answer in time")

    def _received(self) -> tuple[Json, list[bytes | memoryview]]:
        try:
            return receive(self._wire)
        except ValueError as error:
            raise EOFError from error  # what makes no sense is no answer

    def close(self) -> None:
        """Let it end, with everything that runs in it: it sees that nobody waits. It is killed where it does not."""
        self._wire.close()
        try:
            self._process.wait(_STOPPING)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> int:
        """End it at once; its exit code. Its sandbox ends with it."""
        with suppress(OSError):
            self._wire.close()
        with suppress(ProcessLookupError):
            self._process.kill()
        return self._process.wait()
