"""The process that the hub starts in the service's place: what dies is started again, what ends by itself is passed on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.polling import PATIENCE, until

# In the service's place: notes its process and that of its parent, then does what the file says for this start.
SERVICE = """
import os, pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[1])
assert os.environ["ENABLEMENT_PARENT_PID"] == str(os.getppid())
with (folder / "started").open("a") as started:
    started.write(f"{os.getpid()}\\n")
number = len((folder / "started").read_text().split())
plan = sys.argv[2].split(",")
what = plan[min(number, len(plan)) - 1]
if what.lstrip("-").isdecimal():
    code = int(what)
    os.kill(os.getpid(), -code) if code < 0 else sys.exit(code)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
time.sleep(600)
"""
WATCH = """
import sys
from enablement_ext.service.watchdog import ServiceWatchdog
sys.exit(ServiceWatchdog([sys.executable, "-c", *sys.argv[1:]]).run())
"""


def watched(folder: Path, plan: str) -> subprocess.Popen[str]:
    """A watchdog over a service that at each start does the next of these: an exit code, a signal (negative), or to go on."""
    command = [sys.executable, "-c", WATCH, SERVICE, str(folder), plan]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def starts(folder: Path) -> list[int]:
    noted = folder / "started"
    return [int(line) for line in noted.read_text().split("\n")[:-1]] if noted.exists() else []


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=PATIENCE)
    return process.returncode, said


@pytest.mark.parametrize("code", [0, 2, 3])
def test_what_the_service_says_by_itself_is_passed_on(tmp_path: Path, code: int) -> None:
    assert ended(watched(tmp_path, str(code))) == (code, "")
    assert len(starts(tmp_path)) == 1


def test_a_service_that_is_killed_or_crashes_is_started_again_and_stops_in_order(tmp_path: Path) -> None:
    process = watched(tmp_path, "-9,1,go on")
    until(lambda: len(starts(tmp_path)) == 3, within=PATIENCE, what="it is started a third time", process=process)
    process.terminate()
    code, said = ended(process)
    assert code == 0
    assert said.splitlines() == [
        f"enablement-service: the review service has died ({how}) and is started again"
        for how in ("signal 9", "exit code 1")
    ]
    assert not any(Path(f"/proc/{pid}").exists() for pid in starts(tmp_path))


def test_one_that_dies_again_and_again_is_given_up(tmp_path: Path) -> None:
    code, said = ended(watched(tmp_path, "-9"))
    assert (code, len(starts(tmp_path))) == (1, 6)
    assert said.splitlines()[-1] == "enablement-service: the review service died 5 times within a minute"


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """A hub that is killed leaves no service behind."""
    hub = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys; subprocess.call({[sys.executable, '-c', WATCH, SERVICE, str(tmp_path), 'go on']!r})",
        ]
    )
    until(lambda: len(starts(tmp_path)) == 1, within=PATIENCE, what="the service runs", process=hub)
    (service,) = starts(tmp_path)
    os.kill(hub.pid, signal.SIGKILL)
    hub.wait(PATIENCE)
    until(
        lambda: not Path(f"/proc/{service}/cmdline").exists() or not Path(f"/proc/{service}/cmdline").read_bytes(),
        within=PATIENCE,
        what="the service is gone",
    )
