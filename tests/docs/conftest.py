"""What the pages take for granted: a checkout in which `make install` has been run, and Enablement running on this machine."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, page
from tests.docs.reader import Reader, clean
from tests.polling import PATIENCE, until
from tests.servers.hub_session import HubSession
from tests.servers.ports import free_port

START_SECONDS = 240.0
BUNDLE = "enablement_ext/lab/labextension"
NODE_MODULES = "labextension/node_modules"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the working tree with a history of its own; its environment is that of the tests, its code comes first in it."""

    folder: Path

    @property
    def environ(self) -> Mapping[str, str]:
        """For commands that are to take code and catalog of the copy, because they write into it."""
        return {"PYTHONPATH": str(self.folder)}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("checkout") / "enablement"
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        if (source := ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    shutil.copytree(ROOT / BUNDLE, folder / BUNDLE, dirs_exist_ok=True)
    for name in (".venv", NODE_MODULES):
        (folder / name).symlink_to(ROOT / name)
    # Else `make` would install the copy into the environment that the tests run in.
    current = subprocess.run(["make", "--question", "install"], cwd=folder, capture_output=True, check=False)
    assert current.returncode == 0, "the checkout is not installed: make install"
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(
        folder,
        "-c",
        "user.name=tests",
        "-c",
        "user.email=tests@localhost",
        "commit",
        "--quiet",
        "--message",
        "as it is",
    )
    return Checkout(folder)


@dataclass(slots=True)
class Running:
    """`make up` as the tutorial has it, in a terminal of its own. `reader` reads the tutorial."""

    reader: Reader
    process: subprocess.Popen[bytes]
    log: Path
    url: str

    @property
    def state(self) -> Path:
        return self.reader.folder / ".enablement-state"

    def printed(self) -> str:
        """Everything in the terminal."""
        return self.log.read_text()

    def session(self, name: str) -> HubSession:
        """That person, signed in with the password from the terminal."""
        line = next(line for line in self.printed().splitlines() if line.split()[:1] == [name])
        person = HubSession(self.url, name)
        person.log_in(line.split()[1])
        return person

    def token(self, name: str, *scopes: str) -> str:
        """A token that this person asks the hub for; without scopes for all that they may."""
        asked = {"scopes": list(scopes)} if scopes else {}
        answer = self.session(name).hub_api("POST", f"users/{name}/tokens", json=asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def interrupt(self) -> None:
        """Ctrl-C: every process of the terminal gets the signal. Returns when the last one is gone."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def running(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The only thing that is not as on the page is the port, which others may have taken."""
    log = tmp_path_factory.mktemp("terminal") / "printed"
    port = str(free_port())
    reader = Reader(page("docs/tutorial/first-notebook.md"), checkout.folder, environ={"PORT": port})
    with log.open("wb") as terminal:
        process = subprocess.Popen(
            ["sh", "-eu", "-c", reader.script("make up")],
            cwd=reader.folder,
            env=clean(reader.environ),
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    hub = Running(reader, process, log, f"http://127.0.0.1:{port}")
    try:
        until(lambda: "are also in" in hub.printed(), within=START_SECONDS, what="`make up`", process=process, log=log)
        yield hub
    finally:
        hub.interrupt()


def locked(printed: str) -> str:
    """The version of the release that `image lock` says it made."""
    found = re.search(r"^[a-z]+/(\S+) is locked in ", printed, re.MULTILINE)
    assert found, printed
    return found[1]


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout
