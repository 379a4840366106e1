"""Fetching from and pushing to a repository's place on the server: with the credential helper, over HTTP(S) alone, and to the address that the service
knows for it. What the repository says of its remotes counts for nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions, RunResult, git_error
from enablement_ext.core.errors import ForgeAway, GitFailed, SetupRefused
from enablement_ext.core.git.refusals import is_busy, refusal_of
from enablement_ext.core.git.repository_names import is_plain

_PUSH_SECONDS = 120.0
_ASK_SECONDS = 28.0
_SYMREF = re.compile(r"ref: refs/heads/([A-Za-z0-9_][A-Za-z0-9_./-]{0,199})\tHEAD\n")
_PAUSES = (0.5, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Remote:
    """The place of one folder's repository. `branch` is the one that `HEAD` names; `helper_environment` is for the credential helper."""

    at: Path
    url: str
    branch: str
    git: GitRunner
    credential: Config
    helper_environment: Mapping[str, str] = field(repr=False)

    @property
    def location(self) -> GitLocation:
        """The repository, for the runner."""
        return GitLocation(str(self.at / ".git"), str(self.at))

    @property
    def ref(self) -> str:
        """The branch, here and on the server. Raises `SetupRefused` where `HEAD` is detached."""
        if not self.branch:
            raise SetupRefused("No branch is checked out here.")
        return f"refs/heads/{self.branch}"

    @property
    def tracking(self) -> str:
        """The remote-tracking branch."""
        return f"refs/remotes/origin/{self.branch}"

    def on(self, branch: str) -> Remote:
        """The same for another branch."""
        return replace(self, branch=branch)

    def first_branch(self) -> str:
        """The branch that the server shows first, else `main`, `master` or any other; "" where it has none. Raises `ForgeAway`, `GitFailed`."""
        asked = ["ls-remote", "--quiet", "--symref", "--", self._reachable(), "HEAD", "refs/heads/*"]
        lines = [line.partition("\t") for line in self._online(asked, _ASK_SECONDS).text.splitlines()]
        named = [
            what.removeprefix("ref: refs/heads/") for what, _, ref in lines if ref == "HEAD" and what[:4] == "ref:"
        ]
        there = [ref.removeprefix("refs/heads/") for _, _, ref in lines if ref.startswith("refs/heads/")]
        return next((name for name in (*named, "main", "master", *there) if name in there and is_plain(name)), "")

    def remote_head(self) -> str:
        """The branch's commit on the server (`ls-remote`), "" for none. Raises `ForgeAway`, `GitFailed`, `SetupRefused`."""
        result = self._online(["ls-remote", "--quiet", "--", self._reachable(), self.ref], _ASK_SECONDS)
        return result.text.partition("\t")[0]

    def default_branch(self) -> str:
        """The branch that the server's `HEAD` names, "" where it names none that is there. Raises `ForgeAway`, `GitFailed`."""
        result = self._online(["ls-remote", "--quiet", "--symref", "--", self._reachable(), "HEAD"], _ASK_SECONDS)
        found = _SYMREF.match(result.text)
        return found[1] if found else ""

    def tips(self) -> tuple[str, ...]:
        """The commits of all branches and tags on the server. Raises `ForgeAway`, `GitFailed`."""
        result = self._online(["ls-remote", "--quiet", "--heads", "--tags", "--", self._reachable()], _ASK_SECONDS)
        return tuple(line.partition("\t")[0] for line in result.text.splitlines())

    def fetch_all(self) -> None:
        """Fetch the commits of all branches; no ref moves. Raises `ForgeAway`, `GitFailed`."""
        self._online(["fetch", "--quiet", "--no-tags", "--", self._reachable(), "refs/heads/*"])

    def fetch(self) -> None:
        """Update the remote-tracking branch. Raises `ForgeAway`, `GitFailed`."""
        self._online(["fetch", "--quiet", "--no-tags", "--", self._reachable(), f"+{self.ref}:{self.tracking}"])

    def push(self) -> None:
        """`HEAD` to its branch, not forced. A remote that is still busy with a push is asked again. Raises `ForgeAhead`, `ForgeAway`, `GitFailed`."""
        for pause in (*_PAUSES, None):
            result = self._run(
                ["push", "--quiet", "--no-verify", "--", self._reachable(), f"HEAD:{self.ref}"], _PUSH_SECONDS
            )
            if result.returncode == 0:
                self.git.run_checked(self.location, ["update-ref", self.tracking, "HEAD"])
                return
            if pause is None or not is_busy(result.stderr):
                raise _remote_error(result)
            time.sleep(pause)  # a push that was cut off a moment ago is still at work there

    def _online(self, arguments: Sequence[str], seconds: float = _PUSH_SECONDS) -> RunResult:
        result = self._run(arguments, seconds)
        if result.returncode == 0:
            return result
        raise _remote_error(result)

    def _run(self, arguments: Sequence[str], seconds: float) -> RunResult:
        options = RunOptions(
            config=self.credential, environment=self.helper_environment, protocols=("http", "https"), timeout=seconds
        )
        return self.git.run(self.location, arguments, options)

    def _reachable(self) -> str:
        """The address. Raises `GitFailed` for one that no service has."""
        url = self.url
        if not url.startswith(("http://", "https://")) or not url.isprintable() or "@" in url:
            raise GitFailed("The review service's address is none that Git can be sent to.")
        return url


def _remote_error(result: RunResult) -> GitFailed:
    """The error for a failed run against the remote."""
    refusal = refusal_of(result.stderr)
    if refusal is not None:
        return refusal
    error = git_error(result)
    return error if error.code == "no-space" else ForgeAway(f"The server did not take the versions. {error.message}")
