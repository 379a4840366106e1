"""Fetching from and pushing to `origin`: with the credential helper, over HTTP(S) alone, and only to the address that the set-up wrote."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.adapters.git import inspection
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions, RunResult, git_error
from enablement_ext.core.errors import ForgeAhead, ForgeAway, GitFailed
from enablement_ext.core.git.setup.plan import AnomalyKind

BRANCH = "refs/heads/main"
TRACKING = "refs/remotes/origin/main"
_PUSH_SECONDS = 120.0
_ASK_SECONDS = 28.0
_PAUSES = (0.5, 2.0, 5.0)
_ANOMALIES = {  # for the detail of an error; the set-up's own refusals have their words in the user interface
    AnomalyKind.ELSEWHERE: "it is kept elsewhere",
    AnomalyKind.BORROWS: "it borrows from another one",
    AnomalyKind.UNREADABLE: "its settings cannot be read",
    AnomalyKind.REDIRECTED: "its settings change how it is reached ({})",
}


@dataclass(frozen=True, slots=True)
class Remote:
    """The remote of one folder's repository. `helper_environment` is for the credential helper."""

    at: Path
    git: GitRunner
    credential: Config
    helper_environment: Mapping[str, str] = field(repr=False)

    @property
    def location(self) -> GitLocation:
        """The repository, for the runner."""
        return GitLocation(str(self.at / ".git"), str(self.at))

    @property
    def url(self) -> str:
        """The remote's address as it is set, "" for none."""
        return self.git.run(self.location, ["config", "--local", "--get", "remote.origin.url"]).text

    def remote_head(self) -> str:
        """The remote's `main` (`ls-remote`), "" for none. Raises `ForgeAway`, `GitFailed`."""
        result = self._online(["ls-remote", "--quiet", "--", self._reachable(), BRANCH], _ASK_SECONDS)
        return result.text.partition("\t")[0]

    def fetch(self) -> None:
        """Update the remote-tracking branch. Raises `ForgeAway`, `GitFailed`."""
        self._online(["fetch", "--quiet", "--no-tags", "--", self._reachable(), f"+{BRANCH}:{TRACKING}"])

    def push(self) -> None:
        """`HEAD` to `main`, not forced. A remote that is still busy with an interrupted push is asked again. Raises `ForgeAhead`, `ForgeAway`, `GitFailed`."""
        for pause in (*_PAUSES, None):
            result = self._run(
                ["push", "--quiet", "--no-verify", "--", self._reachable(), f"HEAD:{BRANCH}"], _PUSH_SECONDS
            )
            if result.returncode == 0:
                self.git.run_checked(self.location, ["update-ref", TRACKING, "HEAD"])
                return
            if pause is None or "remote rejected" not in result.stderr or "unpack" in result.stderr:
                raise _remote_error(result)
            time.sleep(pause)  # a push that was cut off a moment ago is still at work there

    def _online(self, arguments: Sequence[str], seconds: float = _PUSH_SECONDS) -> RunResult:
        result = self._run(arguments, seconds)
        if result.returncode == 0:
            return result
        raise _remote_error(result)

    def _run(self, arguments: Sequence[str], seconds: float) -> RunResult:
        config = (*self.git.driver_overrides(self.location), *self.credential)
        options = RunOptions(
            config=config, environment=self.helper_environment, protocols=("http", "https"), timeout=seconds
        )
        return self.git.run(self.location, arguments, options)

    def _reachable(self) -> str:
        """The remote's address, once it is sure that the repository's settings do not lead elsewhere. Raises `GitFailed`."""
        url = self.url
        if odd := inspection.repository_anomaly(self.at, self.git):
            raise GitFailed(f"The repository of this folder is unusual: {_ANOMALIES[odd.kind].format(odd.setting)}.")
        if not url.startswith(("http://", "https://")) or not url.isprintable() or "@" in url:
            raise GitFailed("The repository's remote is none that Enablement set up.")
        return url


def _remote_error(result: RunResult) -> GitFailed:
    """The error for a failed run against the remote."""
    stderr = result.stderr
    if "Authentication failed" in stderr or "could not read Username" in stderr or "quit" in stderr:
        return ForgeAway(
            "The server did not let you in. Nothing was lost; press Repair, or start your own server again."
        )
    if "non-fast-forward" in stderr or "(fetch first)" in stderr:
        return ForgeAhead()
    if "HTTP 413" in stderr or "maxInputSize" in stderr or "exceeds maximum" in stderr:
        return GitFailed("This is more than the server takes. Leave large files out.")
    error = git_error(result)
    return error if error.code == "no-space" else ForgeAway(f"The server did not take the versions. {error.message}")
