"""Branch, commit and remote of the author's repository, for what is sent: asked of Git through THE runner, and never obeyed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from enablement_ext.adapters.git import inspection
from enablement_ext.adapters.git.home_setup import HomeSetup
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions
from enablement_ext.core.errors import GitFailed
from enablement_ext.core.review.models import GitFacts

_SECONDS = 5.0
_OUTPUT_BYTES = 1_000_000
_LONGEST = 1000
_REMOTE = re.compile(r"remote\.(.+)\.url", re.DOTALL)
_SCP_STYLE = re.compile(r"(?:[^@/:]+@)?([A-Za-z0-9][A-Za-z0-9.-]*:(?!/?/)[^:@]+)")


@dataclass(frozen=True, slots=True)
class GitProvenance:
    """Implements the lab door's `GitSource`. `root` is the root of the lab's file browser; no repository above it is found.

    `home` is where the set-up puts its clean filter; with it a notebook that differs from its version in results alone counts as kept.
    """

    root: str
    home: str = ""
    git: GitRunner = field(default_factory=GitRunner)

    def facts(self, notebook: str) -> GitFacts | None:
        """None where there is no repository with a commit, or Git cannot be asked. Never raises."""
        root = os.path.realpath(self.root)
        path = os.path.realpath(f"{root}/{notebook}") if "\0" not in notebook else root
        folder, _ = os.path.split(path)
        at = _repository_of(folder, root) if self.git.program else None
        if at is None:
            return None
        try:
            return self._asked(GitLocation(f"{at}/.git", at), os.path.relpath(path, at))
        except GitFailed:
            return None

    def _asked(self, location: GitLocation, name: str) -> GitFacts | None:
        settings = self._settings(location)
        off: Config = (*self.git.driver_overrides(location, _SECONDS), *self._filter())
        arguments = ["status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=all", "-z"]
        status = self._said(location, arguments, off)
        if status is None:
            return None
        tracked = self._said(location, ["ls-files", "--error-unmatch", "-z", "--", name], off) is not None
        found = _facts(status, settings, tracked)
        if found is None or not found.dirty or not tracked:
            return found
        limits = RunOptions(config=off, timeout=_SECONDS, max_output=_OUTPUT_BYTES)
        return replace(found, dirty=bool(inspection.changed_after_filters(self.git, location, limits, "HEAD")))

    def _settings(self, location: GitLocation) -> dict[str, str]:
        """The repository's configuration, includes followed; the last value of a name counts."""
        listing = self._said(location, ["config", "--includes", "--null", "--list"], ()) or ""
        pairs = (entry.partition("\n") for entry in listing.split("\0") if entry)
        return {key: value for key, _, value in pairs}

    def _said(self, location: GitLocation, arguments: list[str], config: Config) -> str | None:
        """Output of a Git command, None where it failed, took too long or said too much. Raises `GitFailed` where there is no Git."""
        result = self.git.run(
            location, arguments, RunOptions(config=config, timeout=_SECONDS, max_output=_OUTPUT_BYTES)
        )
        return result.stdout.decode(errors="replace") if result.returncode == 0 else None

    def _filter(self) -> Config:
        setup = HomeSetup(Path(self.home), "", self.git)
        return setup.filter if self.home and setup.tool.is_file() else ()


def _repository_of(folder: str, root: str) -> str | None:
    """The folder from here up to the root that holds a `.git`: most do not, and then no process is started."""
    at = folder
    while f"{at}/".startswith(f"{root.rstrip('/')}/"):
        if os.path.lexists(f"{at}/.git"):
            return at
        at, last = os.path.dirname(at), at  # noqa: PTH120 - a text, walked up
        if at == last:
            break
    return None


def _facts(status: str, settings: dict[str, str], tracked: bool) -> GitFacts | None:
    heads: dict[str, str] = {}
    changed = False
    for entry in status.split("\0"):
        if entry.startswith("# branch."):
            name, _, value = entry.removeprefix("# branch.").partition(" ")
            heads[name] = value
        elif entry[:2] in ("1 ", "2 ", "u "):
            changed = True
    commit = heads.get("oid", "")
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit):
        return None  # no commit yet
    branch = heads.get("head", "")
    branch = "" if branch == "(detached)" else _plain(branch)
    return GitFacts(commit, branch, _remote(settings, branch), changed or not tracked)


def _remote(settings: dict[str, str], branch: str) -> str:
    """Address of the branch's remote, else of `origin`, else of the only one."""
    names = [match.group(1) for key in settings if (match := _REMOTE.fullmatch(key))]
    wanted = [settings.get(f"branch.{branch}.remote", ""), "origin", *(names if len(names) == 1 else [])]
    found = next((name for name in wanted if name in names), None)
    return without_credentials(settings[f"remote.{found}.url"]) if found else ""


def without_credentials(address: str) -> str:
    """A remote's address without user, password, query and fragment; "" where it is not an address of a known form."""
    address = _plain(address)
    if "://" in address:
        try:
            parts = urlsplit(address)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return ""
        if parts.scheme not in ("https", "http", "ssh", "git") or not parts.hostname:
            return ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
    if "::" in address:
        return ""
    if address.startswith("/") and "@" not in address:
        return address
    scp = _SCP_STYLE.fullmatch(address)
    return scp.group(1) if scp else ""


def _plain(text: str) -> str:
    return text if text.isprintable() and len(text) <= _LONGEST else ""
