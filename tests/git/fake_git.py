"""Git over HTTP in front of a fake forge: real repositories behind `git http-backend`, let in by the fake's own keys, refusing in the forge's words."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote

from enablement_ext.core.git.forges.names import repository_of
from enablement_ext.core.git.forges.ports import Credential

if TYPE_CHECKING:
    from tests.git.fake_forge import FakeForge, FakeRepository

_PLACE = re.compile(r"/(.+)/([^/]+)\.git/(info/refs|git-upload-pack|git-receive-pack)")


@dataclass(frozen=True)
class Words:
    """What a forge says, as its documentation and its users quote it."""

    unknown: str
    reads: str
    protected: str


GITHUB = Words(
    "Invalid username or token. Password authentication is not supported for Git operations.",
    "Write access to repository not granted.",
    "error: GH006: Protected branch update failed for refs/heads/main.",
)
GITLAB = Words(
    "HTTP Basic: Access denied.",
    "You are not allowed to push code to this project.",
    "GitLab: You are not allowed to push code to protected branches on this project.",
)


@dataclass
class GitOverHttp:
    """`protected`: nobody pushes to these branches."""

    root: Path
    words: Words
    protected: set[str] = field(default_factory=set)

    def answer(
        self, forge: FakeForge, method: str, place: SplitResult, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        """Status, headers and body; None for what is no place of a repository's."""
        found = _PLACE.fullmatch(unquote(place.path))
        kept = forge.kept.get(found[2]) if found else None
        if found is None or kept is None:
            return None
        writes = "git-receive-pack" in (found[3], place.query.removeprefix("service="))
        refused = self._refused(forge, kept, headers.get("authorization", ""), writes)
        if refused is not None:
            return refused
        at = self._made(kept)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(self.root),
            "REMOTE_USER": "somebody",
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/{at.name}/{found[3]}",
            "QUERY_STRING": place.query,
            "CONTENT_TYPE": headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
            "GIT_PROTOCOL": headers.get("git-protocol", ""),
        }
        ran = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=True, timeout=120
        )
        kept.branches = dict(
            line.split()
            for line in _git(
                at, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads"
            ).splitlines()
        )
        head, _, data = ran.stdout.partition(b"\r\n\r\n")
        said = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        return int(said.pop("Status", "200").split()[0]), said, data

    def _refused(
        self, forge: FakeForge, kept: FakeRepository, authorization: str, writes: bool
    ) -> tuple[int, dict[str, str], bytes] | None:
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        ask = {**plain, "WWW-Authenticate": 'Basic realm="Git"'}
        user, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        repository = repository_of(kept.name, kept.text)
        assert repository is not None
        credential = Credential(user, password, None)  # type: ignore[arg-type]
        if not authorization or not forge.opens(credential, repository, False):
            return 401, ask, self.words.unknown.encode()
        if writes and not forge.opens(credential, repository, True):
            return 403, plain, self.words.reads.encode()
        return None

    def _made(self, kept: FakeRepository) -> Path:
        at = self.root / f"{kept.number}.git"
        if not at.exists():
            _git(self.root, "init", "--quiet", "--bare", "--initial-branch=main", str(at))
        names = "|".join(f"refs/heads/{name}" for name in sorted(self.protected)) or "none"
        hook = at / "hooks/update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f'#!/bin/sh\ncase "$1" in {names}) echo "{self.words.protected}" >&2; exit 1;; esac\n')
        hook.chmod(0o755)
        return at


def _git(at: Path, *arguments: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(at), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", *arguments], cwd=at, env=environment, capture_output=True, text=True, check=True, timeout=120
    ).stdout
