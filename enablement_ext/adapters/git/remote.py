"""The forge as Git reaches it from the author's home: with the credential helper, over HTTP alone, and nowhere but where the set-up said."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from enablement_ext.adapters.git import inspection
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions, RunResult, failed
from enablement_ext.core.errors import ForgeAhead, ForgeAway, GitFailed

BRANCH = "refs/heads/main"
TRACKING = "refs/remotes/origin/main"
_PUSH_SECONDS = 120.0
_ASK_SECONDS = 28.0
_PATIENCE = (0.5, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Remote:
    """The remote of one folder's repository. `told` is what the credential helper needs, and nobody else gets."""

    at: Path
    git: GitRunner
    credential: Config
    told: Mapping[str, str] = field(repr=False)

    @property
    def where(self) -> GitLocation:
        """The repository."""
        return GitLocation(str(self.at / ".git"), str(self.at))

    @property
    def url(self) -> str:
        """The remote's address as it is set, "" for none."""
        return self.git.run(self.where, ["config", "--local", "--get", "remote.origin.url"]).text

    def asked(self) -> str:
        """The commit that the forge has as `main`, "" for none. Raises `ForgeAway`, `GitFailed`."""
        ran = self._online(["ls-remote", "--quiet", "--", self._reachable(), BRANCH], _ASK_SECONDS)
        return ran.text.partition("\t")[0]

    def fetch(self) -> None:
        """The forge's `main` becomes known here. Raises `ForgeAway`, `GitFailed`."""
        self._online(["fetch", "--quiet", "--no-tags", "--", self._reachable(), f"+{BRANCH}:{TRACKING}"])

    def push(self) -> None:
        """The present version becomes the forge's `main`. Raises `ForgeAway`, `GitFailed`."""
        for patience in (*_PATIENCE, None):
            ran = self._run(
                ["push", "--quiet", "--no-verify", "--", self._reachable(), f"HEAD:{BRANCH}"], _PUSH_SECONDS
            )
            if ran.code == 0:
                self.git.must(self.where, ["update-ref", TRACKING, "HEAD"])
                return
            if patience is None or "remote rejected" not in ran.said or "unpack" in ran.said:
                raise _refused(ran)
            time.sleep(patience)  # a push that was cut off a moment ago is still at work there

    def _online(self, arguments: Sequence[str], seconds: float = _PUSH_SECONDS) -> RunResult:
        ran = self._run(arguments, seconds)
        if ran.code == 0:
            return ran
        raise _refused(ran)

    def _run(self, arguments: Sequence[str], seconds: float) -> RunResult:
        config = (*self.git.harmless(self.where), *self.credential)
        how = RunOptions(config=config, environment=self.told, protocols=("http", "https"), seconds=seconds)
        return self.git.run(self.where, arguments, how)

    def _reachable(self) -> str:
        """The address, where nothing in the repository leads elsewhere. Raises `GitFailed`."""
        url = self.url
        if odd := inspection.odd_of(self.at, self.git):
            raise GitFailed(f"The repository of this folder is unusual: {odd}.")
        if not url.startswith(("http://", "https://")) or not url.isprintable() or "@" in url:
            raise GitFailed("The repository's remote is none that Enablement set up.")
        return url


def _refused(ran: RunResult) -> GitFailed:
    """What went wrong on the way to the forge, in one sentence."""
    said = ran.said
    if "Authentication failed" in said or "could not read Username" in said or "quit" in said:
        return ForgeAway(
            "The server did not let you in. Nothing was lost; press Repair, or start your own server again."
        )
    if "non-fast-forward" in said or "(fetch first)" in said:
        return ForgeAhead()
    if "HTTP 413" in said or "maxInputSize" in said or "exceeds maximum" in said:
        return GitFailed("This is more than the server takes. Leave large files out.")
    ours = failed(ran)
    return ours if ours.code == "no-space" else ForgeAway(f"The server did not take the versions. {ours.message}")
