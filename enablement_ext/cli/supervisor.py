"""Runs the hub below this process: starts it, starts it again when it dies, stops everything when asked.

Signals that end it: SIGINT (Ctrl-C), SIGTERM, SIGHUP. They work as well where the caller had them ignored, as a script's
`command &` does with SIGINT, and the processes below get them back in their default state.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from enablement_ext.cli.family import adopt_orphans, descendants, end_family, reap
from enablement_ext.cli.refusal import Exit, Refusal

START_PATIENCE = 60.0  # seconds for the hub to answer
SERVICE_PATIENCE = 30.0  # seconds for the review service to answer after that
STOP_PATIENCE = 40.0  # seconds for the hub to end its servers in order
RESTARTS = 5  # at most so often within RESTART_WINDOW seconds
RESTART_WINDOW = 60.0
TICK = 0.1
PROBE = 0.25  # every probe is a line in the logs of proxy and hub


@dataclass(frozen=True, slots=True)
class HubProcess:
    """How the hub is started and where it answers. Output is appended to `log`."""

    command: list[str]
    environ: Mapping[str, str]
    folder: Path
    log: Path
    address: str
    port: int


class Supervisor:
    """One hub and everything below it. `report` gets lines for a person."""

    def __init__(self, hub: HubProcess, report: Callable[[str], None]) -> None:
        self._hub = hub
        self._report = report
        self._pid = 0
        self._stopping = False
        self._starts: list[float] = []

    def start(self) -> bool:
        """Returns when the hub and the review service answer; False if it was asked to stop meanwhile. Raises Refusal."""
        adopt_orphans()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)
        self._launch()
        if not self._answers("/hub/health", START_PATIENCE):
            raise Refusal(f"the hub does not answer after {START_PATIENCE:.0f} s; see {self._hub.log}")
        if not self._stopping and not self._answers("/services/enablement/healthz", SERVICE_PATIENCE):
            self._report(f"the review service does not answer yet; see {self._hub.log}")
        return not self._stopping

    def watch(self) -> None:
        """Returns when asked to stop. A hub that dies is started again. Raises Refusal when it dies again and again."""
        while not self._stopping:
            time.sleep(TICK)
            if self._ended():
                self._again()

    def stop(self) -> None:
        """Ends the hub in order, then whatever is left below this process. A second signal ends the patience."""
        self._stopping = False
        deadline = time.monotonic() + STOP_PATIENCE
        if self._pid in descendants(os.getpid()):
            os.kill(self._pid, signal.SIGTERM)
        while not self._ended() and not self._stopping and time.monotonic() < deadline:
            time.sleep(TICK)
        end_family(patience=3.0)

    def _launch(self) -> None:
        self._starts = [at for at in self._starts if at > time.monotonic() - RESTART_WINDOW] + [time.monotonic()]
        with self._hub.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches this process alone, which then ends the hub in order.
            self._pid = subprocess.Popen(
                self._hub.command,
                cwd=self._hub.folder,
                env=self._hub.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            ).pid

    def _again(self) -> None:
        if len(self._starts) > RESTARTS:
            raise Refusal(f"the hub died {RESTARTS} times within a minute; see {self._hub.log}", Exit.NO)
        self._report("the hub has died and is started again; servers and submissions are kept")
        self._launch()

    def _ended(self) -> bool:
        if self._pid and self._pid in reap():
            self._pid = 0
        return self._pid == 0

    def _answers(self, path: str, patience: float) -> bool:
        """True as soon as it answers or stopping was asked for, False after `patience` seconds. Raises Refusal when the hub ends."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not self._stopping:
            if self._ended():
                raise Refusal(
                    f"the hub did not start: {_last_line(self._hub.log)} (all of it in {self._hub.log})", Exit.NO
                )
            if self._status(path) == 200:
                return True
            time.sleep(PROBE)
        return self._stopping

    def _status(self, path: str) -> int:
        connection = http.client.HTTPConnection(self._hub.address, self._hub.port, timeout=5)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path)
                return connection.getresponse().status
            except (OSError, http.client.HTTPException):
                return 599

    def _ask_to_stop(self, _sign: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it said nothing"
