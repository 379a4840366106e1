"""The forge that comes with the service: bare repositories in the state folder, served by Git's own `http-backend`.

What is pushed is hostile: objects are checked as they come in, hooks never run, nothing is checked out, sizes are limited. A
repository's folder is the hash of whose it is and of its name, so no name is ever a path.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from enablement_ext.adapters.git.bundled.credentials import SignedCredentials
from enablement_ext.adapters.git.bundled.default_branch import point_head
from enablement_ext.adapters.git.bundled.http_backend import BackendExchange, cgi_environment
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions, environment, is_commit_id
from enablement_ext.adapters.git.shape.locks import lock_files, lock_holder
from enablement_ext.core.access.signed_values import ValueSigner
from enablement_ext.core.errors import (
    BadRequest,
    ForgeCannot,
    NotFound,
    NotSignedIn,
    StoreUnavailable,
    TooLarge,
)
from enablement_ext.core.git.forges.ports import (
    AccessGrant,
    Credential,
    Delivery,
    ForgeInfo,
    ForgeKind,
    GitAccess,
    GitCall,
    PullRequest,
    PullRequestDraft,
    Repository,
    RepositoryUrls,
    WebhookEvent,
)
from enablement_ext.core.git.repository_names import RepositoryId, Space
from enablement_ext.core.git.shape import LockHolder

_MIB = 1024 * 1024
_RECORD = "enablement.json"
_LOCK_SECONDS = 1800.0
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}")
_SERVED: Config = (
    ("safe.bareRepository", "all"),  # it is ours, and named by its folder
    ("http.receivepack", "true"),
    ("http.uploadpack", "true"),
    ("http.getanyfile", "false"),
    ("http.maxRequestBuffer", "10m"),
    ("receive.fsckObjects", "true"),
    ("transfer.fsckObjects", "true"),
    ("receive.autogc", "false"),
    ("receive.denyNonFastForwards", "true"),  # what was published stays
    ("receive.denyDeletes", "true"),
    ("receive.advertisePushOptions", "false"),
    ("receive.unpackLimit", "1"),  # one pack for a push instead of thousands of files
    ("uploadpack.allowAnySHA1InWant", "false"),
    ("transfer.hideRefs", "refs/enablement"),
    ("advice.graftFileDeprecated", "false"),  # that there is no file of grafts is said by naming one
)


@dataclass(frozen=True, slots=True)
class ForgeLimits:
    """`push`, `repository`: bytes; `repositories`: of one owner; `idle`: seconds after which an exchange without progress is ended."""

    push: int = 256 * _MIB
    repository: int = 1024 * _MIB
    repositories: int = 200
    idle: float = 60.0


@dataclass(frozen=True, slots=True)
class BundledForge:
    """Implements `Forge` and `GitServer` below the folder `root`. `signer` signs the credentials; without the service's own they end with the process."""

    root: Path
    limits: ForgeLimits = field(default_factory=ForgeLimits)
    git: GitRunner = field(default_factory=GitRunner)
    signer: ValueSigner = field(default_factory=lambda: ValueSigner(secrets.token_bytes(32)), repr=False)

    @property
    def place(self) -> ForgeInfo:
        """Of the service itself, without pull requests."""
        return ForgeInfo(ForgeKind.BUNDLED, proposals=False)

    @property
    def server(self) -> BundledForge:
        """The forge itself."""
        return self

    def adopt(self, repository: RepositoryId, at: datetime) -> Repository:
        """Initialised beside its place and renamed: an interrupted call leaves none."""
        folder = self._folder(repository)
        if folder.is_dir():
            return self.find(repository)
        if sum(1 for _ in folder.parent.glob("*.git")) >= self.limits.repositories:
            raise TooLarge("You have as many repositories as the server keeps for one owner.")
        try:
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        except OSError as problem:
            raise StoreUnavailable(facts={"reason": type(problem).__name__}) from None
        try:
            self.git.run_checked(
                None, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(fresh)]
            )
            (fresh / _RECORD).write_text(_record(repository, at), encoding="utf-8")
            fresh.rename(folder)
        except OSError as problem:
            if not folder.is_dir():
                raise StoreUnavailable(facts={"reason": type(problem).__name__}) from None
            return self.find(repository)  # another call was faster
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return Repository(repository, at, created=True)

    def find(self, repository: RepositoryId) -> Repository:
        """Branches by `for-each-ref`, the size as it is on the disk."""
        folder = self._folder(repository)
        _, made = _read_record(folder)
        listing = self.git.run_checked(
            _at(folder), ["for-each-ref", "--format=%(objectname) %(refname:strip=2)", "refs/heads"]
        )
        lines = [line.split(" ", 1) for line in listing.text.splitlines()]
        return Repository(repository, made, tuple(sorted((name, commit) for commit, name in lines)), _size(folder))

    def listed(self, owners: Sequence[tuple[Space, str]]) -> Sequence[Repository]:
        """Reads the folders of these owners alone."""
        found = []
        for space, owner in owners:
            for folder in sorted(self._owner_folder(space, owner).glob("*.git")):
                name, _ = _read_record(folder)
                found.append(self.find(RepositoryId(space, owner, name)))
        return sorted(found, key=lambda repository: repository.id.path)

    def read(self, repository: RepositoryId, ref: str, path: str, most: int) -> bytes:
        """By `cat-file`."""
        if not _REF.fullmatch(ref) or ".." in ref or not path.isprintable() or path.startswith(("/", "-")):
            raise BadRequest("This names no file of a version.")
        commit = ref if is_commit_id(ref) else f"refs/heads/{ref}"
        location = _at(self._existing(repository))
        kind = self.git.run(location, ["cat-file", "-t", f"{commit}:{path}"])
        if kind.returncode != 0 or kind.text != "blob":
            raise NotFound
        size = int(self.git.run_checked(location, ["cat-file", "-s", f"{commit}:{path}"]).text)
        if size > most:
            raise TooLarge(facts={"limit": most})
        return self.git.run_checked(
            location, ["cat-file", "blob", f"{commit}:{path}"], RunOptions(max_output=most + 1)
        ).stdout

    def address(self, repository: RepositoryId) -> RepositoryUrls:  # noqa: ARG002 - the same for all
        """Empty: the service knows its own address."""
        return RepositoryUrls()

    def recognise(self, url: str) -> RepositoryId | None:  # noqa: ARG002 - as above
        """None: a repository of this forge is asked for by its path."""
        return None

    def mint(self, grant: AccessGrant) -> Credential:
        """A signed value."""
        self._existing(grant.repository)
        return self._credentials.mint(grant)

    def revoke(self, grant: AccessGrant) -> None:
        """Listed as revoked."""
        self._credentials.revoke(grant)

    def propose(self, repository: RepositoryId, proposal: PullRequestDraft) -> PullRequest:  # noqa: ARG002 - whatever it says
        """Always raises `ForgeCannot`."""
        self._existing(repository)
        raise ForgeCannot(
            "The forge that comes with the service has no merge requests. Connect GitHub, GitLab or Gitea."
        )

    def news(self, delivery: Delivery) -> WebhookEvent:  # noqa: ARG002 - whatever it says
        """Always raises `NotSignedIn`: it sends no webhooks."""
        raise NotSignedIn("No forge of this service sends deliveries.")

    def admit(self, access: GitAccess) -> str:
        """By signature, repository and the list of revoked grants."""
        return self._credentials.admit(access)

    async def open(self, call: GitCall) -> BackendExchange:
        """Starts `git http-backend`."""
        folder = await asyncio.to_thread(self._existing, call.repository)
        if call.service == "git-upload-pack":
            await asyncio.to_thread(point_head, self.git, folder)
        config = (*_SERVED, ("receive.maxInputSize", str(await asyncio.to_thread(self._receive_limit, folder, call))))
        flags = [part for key, value in config for part in ("-c", f"{key}={value}")]
        hooks = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "gc.auto=0")
        process = await asyncio.create_subprocess_exec(
            self.git.program or "git",
            *flags,
            *hooks,
            "http-backend",
            env=environment(None, self.git.home, cgi_environment(folder, call)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        return BackendExchange(process, self.limits.idle)

    def _receive_limit(self, folder: Path, call: GitCall) -> int:
        """The value of `receive.maxInputSize`. Raises `TooLarge` where the repository is full."""
        left = self.limits.repository - _size(folder)
        if call.service == "git-receive-pack":
            _remove_stale_locks(folder)
        if call.service == "git-receive-pack" and left <= 0:
            raise TooLarge(
                "This repository is as large as the server keeps one.", facts={"limit": self.limits.repository}
            )
        return max(1, min(self.limits.push, left))

    @property
    def _credentials(self) -> SignedCredentials:
        return SignedCredentials(self.root / ".revoked", self.signer)

    def _existing(self, repository: RepositoryId) -> Path:
        folder = self._folder(repository)
        if not folder.is_dir():
            raise NotFound
        return folder

    def _owner_folder(self, space: Space, owner: str) -> Path:
        return self.root / sha256(f"{space.value}\0{owner}".encode()).hexdigest()

    def _folder(self, repository: RepositoryId) -> Path:
        name = sha256(repository.name.encode()).hexdigest()[:40]
        return self._owner_folder(repository.space, repository.owner) / f"{name}.git"


def _at(folder: Path) -> GitLocation:
    return GitLocation(str(folder))


def _record(repository: RepositoryId, at: datetime) -> str:
    return json.dumps({"name": repository.name, "path": repository.path, "made_at": at.isoformat()}) + "\n"


def _read_record(folder: Path) -> tuple[str, datetime]:
    """Name and time of creation. Raises `NotFound` where there is no repository, `StoreUnavailable` where it cannot be read."""
    try:
        found = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        return str(found["name"]), datetime.fromisoformat(found["made_at"])
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound from None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise StoreUnavailable(facts={"reason": type(problem).__name__}) from None


def _size(folder: Path) -> int:
    total = 0
    for inner, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(inner, name).lstat().st_size
            except OSError:
                continue  # a temporary file of a running exchange
    return total


def _remove_stale_locks(folder: Path) -> None:
    """Lock files older than any exchange that no Git here holds: a machine lost power."""
    for lock in lock_files(folder):
        with suppress(OSError):
            old = time.time() - lock.stat().st_mtime > _LOCK_SECONDS
            if old and lock_holder(folder, lock) is not LockHolder.RUNNING:
                lock.unlink()
