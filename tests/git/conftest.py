"""A real service with a real forge, real Git, and a home that is used like an author's: what runs in it gets the server's environment."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.git.bundled.forge import BundledForge
from enablement_ext.adapters.git.versions import GitVersionHistory
from enablement_ext.adapters.git.working_copy import GitWorkingCopy
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import GitIdentity
from enablement_ext.lab.git.history import VersionActions
from enablement_ext.lab.git.setup import GitSetup
from enablement_ext.lab.service_client import ServiceClient, Timeouts
from tests.service import people
from tests.service.fixtures import PREFIX, Service, running

NOTEBOOK = """{"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": ["x = 1"],
 "outputs": [{"output_type": "stream", "name": "stdout", "text": ["42"]}], "execution_count": 7}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""


@dataclass
class Author:
    """dana's home, and what her server offers."""

    service: Service
    home: Path
    setup: GitSetup
    told: Mapping[str, str] = field(repr=False)

    @property
    def working_copy(self) -> GitWorkingCopy:
        assert isinstance(self.setup.working_copy, GitWorkingCopy)
        return self.setup.working_copy

    @property
    def actions(self) -> VersionActions:
        """At a time that does not move."""
        return VersionActions(
            self.setup, GitVersionHistory(self.working_copy), lambda: datetime(2026, 11, 25, 14, 3, tzinfo=UTC)
        )

    def folder(self, name: str = "churn") -> Path:
        """A folder with a notebook and what often lies beside one."""
        at = self.home / name
        at.mkdir(parents=True)
        (at / "churn.ipynb").write_text(NOTEBOOK)
        (at / "features.py").write_text("def f():\n    return 1\n")
        (at / "customers.csv").write_text("a,b\n1,2\n")
        (at / "secret.py").write_text('aws = "AKIAQ3EXAMPLE7PQ4XYZ"\nkey = "AKIAZ7K3WQ4XPLM2RTVB"\n')
        return at

    async def reasons(self, folder: str = "churn") -> list[str]:
        """Why the folder cannot be set up, as the plan says."""
        plan: dict[str, Any] = await self.setup.plan(folder)
        return [refusal["code"] for refusal in plan["refusals"]]

    async def press(self, folder: str = "churn") -> dict[str, Any]:
        """Press the button; the last line."""
        lines = [line async for line in self.setup.apply(folder)]
        return lines[-1]

    async def save(self, path: str, message: str = "") -> dict[str, Any]:
        lines = [line async for line in self.setup.save(path, message)]
        return lines[-1]

    async def git(
        self, *arguments: str, at: Path | None = None, home: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Git as in the author's terminal, while the service goes on answering."""
        return await asyncio.to_thread(run_git, arguments, at or self.home / "churn", home or self.home, self.told)

    async def heads(self, path: str = "git/user/dana/churn") -> str:
        """What `git ls-remote` says from outside, with a key of the service's."""
        ran = await self.git("ls-remote", self.url(path), at=self.home)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.service.port}{PREFIX}/{path}"


def run_git(
    arguments: tuple[str, ...], at: Path, home: Path, told: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_TERMINAL_PROMPT": "0", **told}
    return subprocess.run(
        ["git", *arguments], cwd=at, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def author_of(
    service: Service, home: Path, port: int | None = None, who: tuple[str, str] = ("dana", people.DANA), forge: str = ""
) -> Author:
    """`who`: the name and the token of whose home it is; `forge`: what clone addresses begin with, where that is elsewhere."""
    base = f"http://127.0.0.1:{port or service.port}{PREFIX}"
    name, token = who
    told = {"ENABLEMENT_SERVICE_URL": base, "JUPYTERHUB_API_TOKEN": token}
    told |= {"ENABLEMENT_FORGE_BASE": forge} if forge else {}
    owner = WorkingCopyOwner(GitIdentity(name), f"{base}/git", forge)
    working_copy = GitWorkingCopy(str(home), str(home), str(Path(sys.executable).parent), owner, told)
    client = ServiceClient(base, token, Timeouts(2.0, 20.0, 20.0))
    return Author(service, home, GitSetup(working_copy, client, "/services/enablement/"), told)


@pytest.fixture
async def forge(tmp_path: Path) -> BundledForge:
    return BundledForge(tmp_path / "repositories")


@pytest.fixture
async def service(forge: BundledForge) -> AsyncIterator[Service]:
    async with running(MemoryReviewStore(), MemoryArtifactStore(), forge=forge) as started:
        yield started


@pytest.fixture
def author(service: Service, tmp_path: Path) -> Author:
    home = tmp_path / "home"
    home.mkdir()
    return author_of(service, home)
