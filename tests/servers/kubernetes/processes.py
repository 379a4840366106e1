"""The processes of a cluster: each with a log of its own, watched while something is waited for."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.polling import PATIENCE, NotWithin, until

_STOP_SECONDS = 2.0


class Failed(Exception):
    """Something of the cluster does not work; the message holds what its log says last."""


@dataclass(slots=True)
class Processes:
    """What was started, in order; `path` is the PATH that they are found on."""

    logs: Path
    path: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, command: Sequence[str], name: str = "", environ: dict[str, str] | None = None) -> None:
        """Start one; its name is the command's."""
        name = name or Path(command[0]).name
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(environ or {}), "PATH": self.path},
                start_new_session=True,  # Ctrl-C is for the one who started all of this
            )

    def tail(self, name: str, lines: int = 15) -> str:
        """What a process wrote last."""
        text = (self.logs / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def until(self, true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Return when `true()` is. Raises Failed when it does not become so, or when a process ended meanwhile."""

        def true_with_all_running() -> bool:
            if true():
                return True
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise Failed(f"{name} ended with {process.returncode}:\n{self.tail(name)}")
            return False

        try:
            until(true_with_all_running, within=seconds, what=what)
        except NotWithin as late:
            raise Failed(f"{late}; logs are in {self.logs}") from late

    def stop(self, name: str, sign: signal.Signals = signal.SIGTERM) -> None:
        """End one and wait for it."""
        process = self.running.pop(name)
        process.send_signal(sign)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
