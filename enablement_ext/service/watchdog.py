"""Runs the review service and starts it again when it dies: `python -m enablement_ext.service.watchdog [OPTIONS]`, with the service's options.

This is the process that a hub starts. A hub that is starting gives up where a process of its own ends, and one that runs looks after it
every half minute; so a service that is killed is not the hub's affair. What the service says itself (stopped, a wrong setting, a machine
that does not let it) is the hub's affair and is passed on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from types import FrameType

RESTARTS = 5  # at most so often within WINDOW seconds
WINDOW = 60.0
_TICK = 0.2  # seconds between two looks at the child and at whoever started this process
_PATIENCE = 30.0  # seconds for the service to stop in order
_SAID = (0, 2, 3)  # exit codes of the service itself


class ServiceWatchdog:
    """One service and what becomes of it. `command` starts it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._starts: deque[float] = deque(maxlen=RESTARTS + 1)
        self._parent = os.getppid()
        self._stopping = False

    def run(self) -> int:
        """Returns when it was told to stop, when its parent is gone, or when the service ended by itself: the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        while True:
            child = self._started()
            code = self._ended(child)
            if self._stopping:
                return max(code, 0)
            if code in _SAID:
                return code
            if len(self._starts) > RESTARTS and self._starts[-1] - self._starts[0] < WINDOW:
                _report(f"the review service died {RESTARTS} times within a minute")
                return 1
            _report(f"the review service has died ({_how(code)}) and is started again")

    def _started(self) -> subprocess.Popen[bytes]:
        self._starts.append(time.monotonic())
        # The service ends when this process does, however this one ends.
        return subprocess.Popen(self._command, env=os.environ | {"ENABLEMENT_PARENT_PID": str(os.getpid())})

    def _ended(self, child: subprocess.Popen[bytes]) -> int:
        """Wait for its end; where it is to stop, tell it, and end it where it does not within its time."""
        deadline: float | None = None
        while True:
            try:
                return child.wait(_TICK)
            except subprocess.TimeoutExpired:
                self._stopping |= os.getppid() != self._parent
            if not self._stopping:
                continue
            if deadline is None:
                deadline = time.monotonic() + _PATIENCE
                child.terminate()
            elif time.monotonic() > deadline:
                child.kill()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _report(text: str) -> None:
    sys.stderr.write(f"enablement-service: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(ServiceWatchdog([sys.executable, "-m", "enablement_ext.service", *sys.argv[1:]]).run())
