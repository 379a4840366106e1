"""Starts `enablement up` for tests, as a person would, and looks at what is left when it is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enablement_ext.cli.process_tree import descendants
from tests.polling import PATIENCE, NotWithin, until
from tests.servers.ports import free_port

ROOT = Path(__file__).parents[2]
ENABLEMENT = (str(Path(sys.executable).parent / "enablement"),)
START_SECONDS = 600.0  # the first start makes environments


@dataclass(slots=True)
class DemoHub:
    """A running `enablement up`. `people` are the lines of people.json by name."""

    url: str
    state: Path
    process: subprocess.Popen[str]
    log: Path
    seconds: float
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    decisions: str = ""  # the origin of the pages on which people decide

    def password(self, name: str) -> str:
        return str(self.people[name]["password"])

    def said(self) -> str:
        """Everything the command printed so far."""
        return self.log.read_text()

    def family(self) -> set[int]:
        """Every process below the command."""
        return descendants(self.process.pid)

    def commands(self) -> list[str]:
        """The command lines of every process below the command, NUL between arguments."""
        return [command_of(pid) for pid in self.family()]

    def hub_pid(self) -> int:
        """The process of the hub itself."""
        return next(pid for pid in self.family() if "jupyterhub -f" in command_of(pid).replace("\0", " "))

    def service_pid(self) -> int:
        """The process of the review service."""
        return next(pid for pid in self.family() if "-m\0enablement_ext.service\0" in command_of(pid))

    def watchdog_pid(self) -> int:
        """The process that starts the review service again: while it is stopped (SIGSTOP), a service that was killed stays away."""
        return next(pid for pid in self.family() if "-m\0enablement_ext.service.watchdog" in command_of(pid))

    def stop(self, sign: signal.Signals = signal.SIGINT) -> int:
        """Sends the signal and returns the command's exit code."""
        self.process.send_signal(sign)
        return self.process.wait(timeout=PATIENCE)


def command_of(pid: int) -> str:
    """The command line of a process, NUL between arguments; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def alive(pids: set[int]) -> set[int]:
    """Those of the processes that still run (a zombie does not)."""
    return {pid for pid in pids if command_of(pid)}


@dataclass(frozen=True, slots=True)
class How:
    """How to start it: which command, in what environment, with what in front (for example a shell that ignores SIGINT), with which options, and how
    many seconds it may take."""

    command: Sequence[str] = ENABLEMENT
    environ: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[str] = ()
    options: Sequence[str] = ()
    patience: float = START_SECONDS


def start_up(state: Path, how: How | None = None, port: int = 0) -> DemoHub:
    """Starts it and returns when it says where to go. Fails with what it printed."""
    how = how or How()
    port = port or free_port()
    log = state.with_name(state.name + ".printed")
    command = [*how.before, *how.command, "up", "--port", str(port), "--state", str(state), *how.options]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ENABLEMENT_")}
    if cache := os.environ.get("ENABLEMENT_CACHE"):  # a checkout that is tested beside others has its own
        kept["ENABLEMENT_CACHE"] = cache
    # What is sent is run again only where a test is about that.
    environ = kept | {"ENABLEMENT_RERUNS": "off"} | dict(how.environ)
    began = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environ, text=True
        )
    try:
        until(
            lambda: "Enablement is at " in log.read_text(),
            within=how.patience,
            what="the command says where Enablement is",
            process=process,
            log=log,
        )
    except NotWithin as late:
        process.kill()
        hub_log = state / "hub.log"
        late.add_note(hub_log.read_text()[-4000:] if hub_log.exists() else "there is no hub.log")
        raise
    seconds = time.monotonic() - began
    people = json.loads((state / "people.json").read_text())
    by_name = {person["name"]: person for person in people["people"]}
    return DemoHub(people["url"], state, process, log, seconds, by_name, people["decisions"])


@contextmanager
def running_up(state: Path, how: How | None = None) -> Iterator[DemoHub]:
    """A running demo that is stopped in the end, whatever happens in between."""
    hub = start_up(state, how)
    try:
        yield hub
    finally:
        if hub.process.poll() is None:
            hub.stop(signal.SIGTERM)
