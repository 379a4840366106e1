"""Supervises the reverse proxy and the hub: starts them, restarts what dies, stops everything on a signal.

The proxy is not the hub's child: people go on working in their servers while a hub that died is started again. A proxy that was started
again has no routes: the hub is asked to put them back at once, rather than at its next look, because meanwhile its own error pages
stand where the review service and people's servers should be.

Signals that end it: SIGINT (Ctrl-C), SIGTERM, SIGHUP. They work as well where the caller had them ignored, as a script's
`command &` does with SIGINT, and the processes below get them back in their default state.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.process_tree import adopt_orphans, descendants, end_process_tree, reap, terminate_with_parent

PROXY_PATIENCE = 60.0  # seconds for the proxy to listen; the hub asks it for its routes first of all
START_PATIENCE = 60.0  # seconds for the hub to answer
SERVICE_PATIENCE = 30.0  # seconds for the review service to answer after that
STOP_PATIENCE = 40.0  # seconds for the hub to end its servers in order
STARTS = 2  # of proxy and hub until the hub has answered once
RESTARTS = 5  # at most so often within RESTART_WINDOW seconds
RESTART_WINDOW = 60.0
TICK = 0.1
PROBE = 0.25  # every probe is a line in the logs of proxy and hub


@dataclass(frozen=True, slots=True)
class HubApiCall:
    """A POST to the hub on this machine, without a body."""

    port: int
    path: str
    token: str

    def made(self) -> bool:
        """Whether the hub has done it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection):
            try:
                connection.request("POST", self.path, headers={"Authorization": f"token {self.token}"})
                return connection.getresponse().status < 300
            except (OSError, http.client.HTTPException):
                return False


@dataclass(frozen=True, slots=True)
class HubProcess:
    """How proxy and hub are started and where they answer. The output of both is appended to `log`."""

    proxy: list[str]
    hub: list[str]
    environ: Mapping[str, str]
    folder: Path
    log: Path
    address: str
    port: int
    routes: HubApiCall | None = None  # puts the proxy's routes back
    proxy_api: int = 0  # the port where the proxy is told its routes; 0: the hub does not need it at its start


class _SupervisedProcess:
    """A child process that is restarted when it dies; `restart_message` is what a person reads then."""

    def __init__(self, name: str, command: list[str], restart_message: str) -> None:
        self.name = name
        self.command = command
        self.restart_message = restart_message
        self.pid = 0
        self.starts: list[float] = []

    def launch(self, hub: HubProcess) -> None:
        """Starts it. Its session is its own: Ctrl-C in the terminal reaches the supervisor alone, which ends the rest in order."""
        self.starts = [at for at in self.starts if at > time.monotonic() - RESTART_WINDOW] + [time.monotonic()]
        with hub.log.open("ab") as log:
            started = subprocess.Popen(
                self.command,
                cwd=hub.folder,
                env=hub.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=terminate_with_parent,  # noqa: PLW1509  # this process has one thread
            )
        self.pid = started.pid


class Supervisor:
    """One proxy, one hub and everything below them. `report` gets lines for a person."""

    def __init__(self, hub: HubProcess, report: Callable[[str], None]) -> None:
        self._hub = hub
        self._report = report
        self._stopping = False
        self._routes_missing = False
        self._asked_at = 0.0
        self._main = _SupervisedProcess("hub", hub.hub, "servers and submissions are kept")
        self._proxy = _SupervisedProcess("proxy", hub.proxy, "pages are back in a moment")

    def start(self) -> bool:
        """Returns when the hub and the review service answer; False if it was asked to stop meanwhile. Raises `CliError`."""
        adopt_orphans()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)
        self._proxy.launch(self._hub)
        if self._hub.proxy_api and not self._until(self._proxy_listens, PROXY_PATIENCE):
            raise CliError(f"the proxy does not listen after {PROXY_PATIENCE:.0f} s; see {self._hub.log}")
        if not self._stopping:
            self._main.launch(self._hub)
        if not self._answers("/hub/health", START_PATIENCE):
            raise CliError(f"the hub does not answer after {START_PATIENCE:.0f} s; see {self._hub.log}")
        if not self._stopping and not self._answers("/services/enablement/healthz", SERVICE_PATIENCE):
            self._report(f"the review service does not answer yet; see {self._hub.log}")
        return not self._stopping

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopping

    def watch(self) -> None:
        """Returns when asked to stop. What dies is started again. Raises `CliError` when it dies again and again."""
        while not self._stopping:
            time.sleep(TICK)
            for part in self._ended():
                self._restart(part)
            if self._routes_missing and time.monotonic() - self._asked_at > PROBE:
                self._put_routes_back()

    def stop(self) -> None:
        """Ends the hub in order, then whatever is left below this process. A second signal ends the patience."""
        self._stopping = False
        deadline = time.monotonic() + STOP_PATIENCE
        if self._main.pid in descendants(os.getpid()):
            os.kill(self._main.pid, signal.SIGTERM)
        while self._main.pid and not self._stopping and time.monotonic() < deadline:
            self._ended()
            time.sleep(TICK)
        end_process_tree(patience=3.0)

    def _restart(self, part: _SupervisedProcess) -> None:
        if len(part.starts) > RESTARTS:
            raise CliError(f"the {part.name} died {RESTARTS} times within a minute; see {self._hub.log}", Exit.NO)
        self._report(f"the {part.name} has died and is started again; {part.restart_message}")
        part.launch(self._hub)
        self._routes_missing |= part is self._proxy

    def _put_routes_back(self) -> None:
        """Asked until it is done: the proxy may not listen yet, and a hub that starts puts them there by itself."""
        self._asked_at = time.monotonic()
        self._routes_missing = self._hub.routes is not None and not self._hub.routes.made()

    def _ended(self) -> list[_SupervisedProcess]:
        """The parts that ended since the last call."""
        gone = reap()
        ended = [part for part in (self._proxy, self._main) if part.pid in gone]
        for part in ended:
            part.pid = 0
        return ended

    def _answers(self, path: str, patience: float) -> bool:
        return self._until(lambda: self._status(path) == 200, patience)

    def _until(self, done: Callable[[], bool], patience: float) -> bool:
        """True as soon as it is so or stopping was asked for, False after `patience` seconds. Raises `CliError` when a part ends again."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not self._stopping:
            for part in self._ended():
                if len(part.starts) < STARTS:
                    self._restart(part)
                    continue
                last = _last_line(self._hub.log)
                raise CliError(f"the {part.name} did not start: {last} (all of it in {self._hub.log})", Exit.NO)
            if done():
                return True
            time.sleep(PROBE)
        return self._stopping

    def _proxy_listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._hub.proxy_api), timeout=1):
                return True
        except OSError:
            return False

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
