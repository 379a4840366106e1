"""During and after a push no secret is where it could be read: no argument, no environment of another program, no file in the home or in /tmp, no log line."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from enablement_ext.adapters.git.bundled.forge import BundledForge
from enablement_ext.service.http import endpoint
from tests.git.conftest import Author
from tests.service import people
from tests.service.fixtures import Service

pytestmark = pytest.mark.slow  # real Git, many times

_KEY = re.compile(rb"eyJ1bnRpbC[A-Za-z0-9_-]{20,}\.[0-9a-f]{64}")  # a key of the bundled forge: {"until"…, signed
_SERVERS_OWN = b"JUPYTERHUB_API_TOKEN="  # the hub puts this one there, and the helper reads it there
_MOST = 5_000_000


@dataclass
class Watch:
    """Looks at every process that this one started, however far below, and at new files in the temporary folder, as fast as it can."""

    arguments: set[bytes] = field(default_factory=set)
    environments: set[bytes] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    rounds: int = 0
    ours: Callable[[bytes], bool] = bool
    _stopped: bool = False
    _before: frozenset[Path] = field(default_factory=lambda: frozenset(Path(tempfile.gettempdir()).iterdir()))

    async def look(self) -> None:
        while not self._stopped:
            await asyncio.to_thread(self._round)
            await asyncio.sleep(0.005)

    def stop(self) -> None:
        self._stopped = True

    def _round(self) -> None:
        self.rounds += 1
        for process in _below(os.getpid()):
            self.arguments.add(_read(process / "cmdline"))
            for variable in _read(process / "environ").split(b"\0"):
                if not variable.startswith(_SERVERS_OWN):
                    self.environments.add(variable)
        for at in set(Path(tempfile.gettempdir()).iterdir()) - self._before:
            # `os.walk`, because folders go while it looks: each run of Git has one of its own.
            below = (Path(inner, name) for inner, _, names in os.walk(at) for name in names)
            for file in below if at.is_dir() else [at]:
                self.files[str(file)] = _read(file)

    def assert_clean(self, values: set[str], home: Path) -> None:
        """None of these secrets was anywhere, nor anything that looks like a key of ours."""
        assert self.rounds > 3
        assert any(b"credential" in line for line in self.arguments)  # it was looking when a key was asked for
        everywhere = {"arguments": self.arguments, "environments": self.environments}
        homes = {str(file): _read(file) for file in home.rglob("*")}
        places = [(name, data) for name, found in everywhere.items() for data in found]
        for where, data in [*places, *self.files.items(), *homes.items()]:
            assert not any(value.encode() in data for value in values), where
            assert not any(self.ours(key) for key in _KEY.findall(data)), where


def _below(root: int) -> list[Path]:
    """The processes that this one started, and theirs. Other tests may run beside."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        fields = _read(process / "stat").rpartition(b")")[2].split()
        if len(fields) > 1:
            parents[int(process.name)] = int(fields[1])
    found, more = set[int](), {root}
    while more:
        found |= more
        more = {process for process, parent in parents.items() if parent in found} - found
    return [Path("/proc", str(process)) for process in found - {root}]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()[:_MOST] if path.is_file() and not path.is_symlink() else b""
    except OSError:
        return b""


async def test_no_secret_anywhere_during_and_after_a_push(
    author: Author, service: Service, forge: BundledForge, caplog: pytest.LogCaptureFixture
) -> None:
    at = author.folder()
    (at / "more.txt").write_bytes(os.urandom(1_500_000).hex().encode())
    caplog.set_level(logging.DEBUG)
    endpoint.log.setLevel(logging.DEBUG)

    def ours(key: bytes) -> bool:
        return forge.signer.open("git-key", key.decode(), service.clock.now()) is not None

    watch = Watch(ours=ours)
    watching = asyncio.create_task(watch.look())
    assert (await author.press())["receipt"]["published"]
    (at / "features.py").write_text("x = 3\n")
    assert (await author.git("commit", "--quiet", "-am", "by hand")).returncode == 0
    pushed = await author.git("push", "origin", "HEAD:main")
    assert pushed.returncode == 0, pushed.stderr
    watch.stop()
    await watching
    watch.assert_clean({people.DANA}, author.home)
    said = (caplog.text + pushed.stdout + pushed.stderr).encode()
    assert people.DANA.encode() not in said
    assert not any(ours(key) for key in _KEY.findall(said))
    assert b"mintGitKey" in said  # the log was on
    reply = await service.post("/api/v1/git/credentials", people.DANA, {"path": "git/user/dana/churn"})
    found = _KEY.findall(reply.body)
    assert found
    assert ours(found[0])  # the pattern is a key's
