"""What the contract of `Forge` is tested on: every forge, with what a test needs beside the port to see what became of its questions."""

from __future__ import annotations

import base64
import hmac
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from enablement_ext.adapters.forges.client import RequestLimits
from enablement_ext.adapters.forges.factory import open_forge
from enablement_ext.adapters.git.bundled.forge import BundledForge
from enablement_ext.adapters.memory import MemoryForge
from enablement_ext.core.errors import Forbidden, NotSignedIn
from enablement_ext.core.git.forges.names import description, hosted_name
from enablement_ext.core.git.forges.ports import Credential, Delivery, Forge, ForgeAccount, ForgeKind, GitAccess
from enablement_ext.core.git.repository_names import RepositoryId
from tests.git.fake_forge import HOOK_SECRET, ORGANISATION, FakeForge
from tests.polling import PATIENCE, until
from tests.servers.gitea import Gitea

QUICK = RequestLimits(connect=2.0, total=3.0, pause=1.0)  # for what never answers
UNHURRIED = RequestLimits(connect=60.0, total=PATIENCE, pause=1.0)  # for what answers, on a machine that is busy too


class ForgeFixture(ABC):
    """One forge."""

    forge: Forge

    @abstractmethod
    def put(self, repository: RepositoryId, branch: str, path: str, data: bytes) -> str:
        """A branch whose newest commit has this file, as if it had been pushed; the commit."""

    @abstractmethod
    def opens(self, credential: Credential, repository: RepositoryId, *, write: bool, now: datetime) -> bool:
        """Whether Git would be let in."""

    @abstractmethod
    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        """What the forge sends about a push."""


class ServedForgeFixture(ForgeFixture):
    """A forge whose Git the service serves."""

    def opens(self, credential: Credential, repository: RepositoryId, *, write: bool, now: datetime) -> bool:
        server = self.forge.server
        assert server is not None
        try:
            return server.admit(GitAccess(repository, credential.password, write, now)) == "dana"
        except (NotSignedIn, Forbidden):
            return False


@dataclass
class MemoryForgeFixture(ServedForgeFixture):
    forge: MemoryForge

    def put(self, repository: RepositoryId, branch: str, path: str, data: bytes) -> str:
        return self.forge.put(repository, branch, path, data)

    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        body = json.dumps({"id": commit, "path": repository.path}).encode()
        signed = hmac.digest(self.forge.secret, body, "sha256").hex()
        return Delivery({"x-memory-signature": signed}, body, datetime.now(UTC))


@dataclass
class BundledForgeFixture(ServedForgeFixture):
    forge: BundledForge

    def put(self, repository: RepositoryId, branch: str, path: str, data: bytes) -> str:
        owner = sha256(f"{repository.space.value}\0{repository.owner}".encode()).hexdigest()
        bare = self.forge.root / owner / f"{sha256(repository.name.encode()).hexdigest()[:40]}.git"
        return pushed(str(bare), branch, path, data)

    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        return Delivery({}, b"{}", datetime.now(UTC))


@dataclass
class FakeForgeFixture(ForgeFixture):
    forge: Forge
    fake: FakeForge

    def put(self, repository: RepositoryId, branch: str, path: str, data: bytes) -> str:
        return self.fake.put(repository, branch, path, data)

    def opens(self, credential: Credential, repository: RepositoryId, *, write: bool, now: datetime) -> bool:
        return self.fake.opens(credential, repository, write)

    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        return self.fake.delivery(repository, commit)


def with_fake(fake: FakeForge, limits: RequestLimits = UNHURRIED) -> FakeForgeFixture:
    """The forge that asks this fake."""
    return FakeForgeFixture(open_forge(fake.account, limits), fake)


@dataclass
class GiteaForgeFixture(ForgeFixture):
    """The real one: what is put is pushed, and what opens is tried."""

    forge: Forge
    server: Gitea

    def put(self, repository: RepositoryId, branch: str, path: str, data: bytes) -> str:
        commit = pushed(self.url(repository, self.server.admin, self.server.password), branch, path, data)
        until(
            lambda: (branch, commit) in self.forge.find(repository).heads,
            within=PATIENCE,
            what="Gitea has noted the push",  # a moment later
        )
        return commit

    def opens(self, credential: Credential, repository: RepositoryId, *, write: bool, now: datetime) -> bool:
        url = self.url(repository, credential.username, credential.password)
        if not write:
            return git(None, "ls-remote", url).returncode == 0
        with tempfile.TemporaryDirectory() as at:
            git(at, "init", "-q", "-b", "main")
            git(at, "commit", "-q", "--allow-empty", "-m", "try")
            return git(at, "push", "-q", url, f"HEAD:refs/heads/try{time.monotonic_ns()}").returncode == 0

    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        told = {
            "ref": "refs/heads/main",
            "after": commit,
            "repository": {"name": hosted_name(repository), "description": description(repository)},
        }
        body = json.dumps(told).encode()
        signed = hmac.digest(HOOK_SECRET.encode(), body, "sha256").hex()
        return Delivery({"x-gitea-event": "push", "x-gitea-signature": signed}, body, datetime.now(UTC))

    def protect(self, repository: RepositoryId, branch: str) -> None:
        """Nobody pushes to this branch any more."""
        place = self.forge.place.base.removeprefix(self.server.url)
        _ask(self.server, f"repos{place}{hosted_name(repository)}/branch_protections", {"rule_name": branch})

    def url(self, repository: RepositoryId, user: str, password: str) -> str:
        return self.forge.address(repository).clone.replace("://", f"://{user}:{password}@")


def with_gitea(server: Gitea, organisation: str, hook_url: str = "") -> GiteaForgeFixture:
    """An organisation of its own on a real Gitea."""
    _ask(server, "orgs", {"username": organisation, "visibility": "private"})
    account = ForgeAccount(
        ForgeKind.GITEA,
        server.url,
        f"{server.url}/api/v1",
        organisation,
        server.admin,
        server.password,
        HOOK_SECRET,
        hook_url,
    )
    return GiteaForgeFixture(open_forge(account), server)


def _ask(server: Gitea, path: str, body: dict[str, object]) -> None:
    """Have the administrator make something."""
    pair = base64.b64encode(f"{server.admin}:{server.password}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}/api/v1/{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 201


def pushed(url: str, branch: str, path: str, data: bytes) -> str:
    """A commit with this file, on top of the branch if it is there, pushed to this address."""
    with tempfile.TemporaryDirectory() as at:
        git(at, "init", "-q", "-b", "main")
        if git(at, "fetch", "-q", url, f"refs/heads/{branch}").returncode == 0:
            git(at, "reset", "-q", "--hard", "FETCH_HEAD")
        file = Path(at, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        git(at, "add", "--all")
        git(at, "commit", "-q", "-m", "put")
        ran = git(at, "push", "-q", url, f"HEAD:refs/heads/{branch}")
        assert ran.returncode == 0, ran.stderr
        return git(at, "rev-parse", "HEAD").stdout.strip()


def git(at: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Git with no configuration but an identity."""
    who = {f"GIT_{role}_{what}": "x@y" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    quiet = {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": at or "/nowhere",
        "PATH": os.environ["PATH"],
    }
    return subprocess.run(
        ["git", *arguments], cwd=at, env={**quiet, **who}, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


__all__ = [
    "ORGANISATION",
    "QUICK",
    "UNHURRIED",
    "BundledForgeFixture",
    "FakeForgeFixture",
    "ForgeFixture",
    "GiteaForgeFixture",
    "MemoryForgeFixture",
    "with_fake",
    "with_gitea",
]
