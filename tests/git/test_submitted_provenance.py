"""What a stored submission says of Git, read back through the lab's server: it is what `git` itself says in the author's folder."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.git.conftest import run_git
from tests.git.test_version_actions import notebook
from tests.lab.conftest import sha256
from tests.lab.lab_server import Lab, running_lab
from tests.service import people
from tests.service.fixtures import PREFIX, Service

pytestmark = pytest.mark.slow

SECRET = "hunter2-in-the-address"


@dataclass
class Sending:
    """dana's notebook `work/churn.ipynb`, sent as the send dialog does."""

    lab: Lab
    stamp: int | None = None
    sent: int = 0

    @property
    def work(self) -> Path:
        return self.lab.home / "work"

    def git(self, *arguments: str) -> str:
        ran = run_git(arguments, self.work, self.lab.home, {})
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def send(self) -> dict[str, Any]:
        """What the stored version says of Git."""
        self.sent += 1
        intent: dict[str, object] = {
            "key": f"key-of-version-{self.sent}",
            "path": "work/churn.ipynb",
            "sha256": sha256(self.work / "churn.ipynb"),
            "answers": {"title": "Churn"},
            "files": [],
            "submission": None if self.stamp is None else 1,
            "stamp": self.stamp,
        }
        last = self.lab.send(intent)[-1]
        assert last.get("receipt", {}).get("version") == self.sent, last
        detail = self.lab.get("api/v1/submissions/1")
        assert SECRET not in detail.text
        self.stamp = detail.json()["stamp"]
        (version,) = [each for each in detail.json()["versions"] if each["number"] == self.sent]
        found: dict[str, Any] = version["git"]
        return found

    def write(self, *sources: str, result: str = "42\n") -> None:
        made = json.loads(notebook(*sources))
        made["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [result]}]
        (self.work / "churn.ipynb").write_text(json.dumps(made))


async def test_a_stored_version_says_what_git_says(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    base = f"http://127.0.0.1:{service.port}{PREFIX}"
    await asyncio.to_thread(_send_four_versions, tmp_path, base)


def _send_four_versions(folder: Path, base: str) -> None:
    with running_lab(folder, base, token=people.DANA) as lab:
        it = Sending(lab)
        it.work.mkdir()
        it.write("load()")
        receipt = json.loads(lab.post("git/apply", {"path": "work"}).text.splitlines()[-1])["receipt"]
        assert receipt["published"], receipt["problem"]
        remote = it.git("remote", "get-url", "origin")
        it.git("remote", "set-url", "origin", remote.replace("://", f"://dana:{SECRET}@"))
        first = it.git("rev-parse", "HEAD")
        clean = {"commit": first, "branch": it.git("branch", "--show-current"), "remote": remote, "dirty": False}
        assert it.send() == clean

        it.write("load()", result="another result, longer than the first\n")
        assert it.send() == clean, "a notebook that only ran again is its version"

        it.write("load(again)")
        assert it.git("diff", "--name-only") == "churn.ipynb"
        assert it.send() == {**clean, "dirty": True}

        saved = json.loads(lab.post("git/save-version", {"path": "work", "message": "Again"}).text.splitlines()[-1])
        assert saved["receipt"]["published"], saved
        it.write("load(again)", result="so that something differs from what was sent\n")
        second = it.git("rev-parse", "HEAD")
        assert second != first
        assert it.send() == {**clean, "commit": second}


async def test_without_git_a_stored_version_says_nothing_of_it(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    base = f"http://127.0.0.1:{service.port}{PREFIX}"
    assert await asyncio.to_thread(_send_without_git, tmp_path, base) is None


def _send_without_git(folder: Path, base: str) -> dict[str, Any] | None:
    with running_lab(folder, base, token=people.DANA) as lab:
        it = Sending(lab)
        it.work.mkdir()
        it.write("load()")
        return it.send()
