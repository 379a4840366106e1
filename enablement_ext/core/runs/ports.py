"""What running a notebook asks of a host. Blocking: call it from a worker thread."""

from __future__ import annotations

from typing import Protocol

from enablement_ext.core.runs.layers import SandboxReport
from enablement_ext.core.runs.models import NotebookRun, RunLimits, RunObserver, RunRequest


class Sandbox(Protocol):
    """Runs notebooks of one environment, each in a sandbox of its own, out of reach of everything that the caller holds."""

    def self_test(self) -> SandboxReport:
        """What this host enforces, tried rather than assumed. Never raises; what cannot be tried is missing."""
        ...

    def run(self, request: RunRequest, observer: RunObserver) -> NotebookRun:
        """All cells in order, those behind one that failed as well, until the last or a limit.

        It returns within the limits whatever the notebook does, and leaves nothing of it behind. Raises `SandboxOff` where the self-test's
        grade is off, or the sandbox cannot be set up as the self-test found it; then no cell has run.
        """
        ...

    def prepare(self, limits: RunLimits) -> None:
        """Have a kernel up for the next run with these limits, beside whatever goes on: it has run nothing and has nothing of any notebook. At most
        one is kept, for the limits asked for last; it serves one run. Returns at once."""
        ...

    def rest(self) -> None:
        """End what `prepare` keeps."""
        ...
