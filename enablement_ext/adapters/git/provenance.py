"""The provenance of a submitted notebook: commit, branch and remote of the repository it lies in. Runs nothing that the repository names."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from enablement_ext.adapters.git import inspection
from enablement_ext.adapters.git.home_setup import HomeSetup
from enablement_ext.adapters.git.runner import Config, GitLocation, GitRunner, RunOptions, is_commit_id
from enablement_ext.adapters.git.shape.repository_facts import repository_settings
from enablement_ext.adapters.git.shape.repository_view import common_folder, git_folder
from enablement_ext.core.errors import GitFailed
from enablement_ext.core.review.models import GitFacts

_SECONDS = 5.0
_OUTPUT_BYTES = 1_000_000
_LONGEST = 1000
_REMOTE = re.compile(r"remote\.(.+)\.url", re.DOTALL)
_SCP_STYLE = re.compile(r"(?:[^@/:]+@)?([A-Za-z0-9][A-Za-z0-9.-]*:(?!/?/)[^:@]+)")


@dataclass(frozen=True, slots=True)
class GitProvenance:
    """Implements `GitSource`. `root` is the root of the lab's file browser; no repository above it is found.

    `home` is where the set-up puts its clean filter; with it a notebook that differs from its commit in outputs alone is not dirty.
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
            return self._provenance(GitLocation(f"{at}/.git", at), os.path.relpath(path, at))
        except GitFailed:
            return None

    def repository(self, notebook: str) -> str:
        """By the record of the folder's set-up: what the repository says of itself counts for nothing."""
        root = os.path.realpath(self.root)
        path = os.path.realpath(f"{root}/{notebook}") if "\0" not in notebook else root
        at = _repository_of(path.rpartition("/")[0], root) if self.home else None
        record = HomeSetup(Path(self.home), "", self.git).records.of(Path(at, ".git")) if at is not None else None
        return record.path if record is not None else ""

    def _provenance(self, location: GitLocation, name: str) -> GitFacts | None:
        settings = self._settings(location)
        off: Config = self._filter()
        arguments = ["status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=all", "-z"]
        status = self._output(location, arguments, off)
        if status is None:
            return None
        tracked = self._output(location, ["ls-files", "--error-unmatch", "-z", "--", name], off) is not None
        found = _parse_status(status, settings, tracked)
        if found is None or not found.dirty or not tracked:
            return found
        limits = RunOptions(config=off, timeout=_SECONDS, max_output=_OUTPUT_BYTES)
        return replace(found, dirty=bool(inspection.changed_after_filters(self.git, location, limits, "HEAD")))

    def _settings(self, location: GitLocation) -> dict[str, str]:
        """The repository's own configuration; the last value of a name counts. Raises `GitFailed`."""
        own = common_folder(git_folder(Path(location.git_dir)))
        return dict(repository_settings(self.git, own, _SECONDS))

    def _output(self, location: GitLocation, arguments: list[str], config: Config) -> str | None:
        """Output of a Git command, None where it failed, took too long or printed too much. Raises `GitFailed` where there is no Git."""
        result = self.git.run(
            location, arguments, RunOptions(config=config, timeout=_SECONDS, max_output=_OUTPUT_BYTES)
        )
        return result.stdout.decode(errors="replace") if result.returncode == 0 else None

    def _filter(self) -> Config:
        setup = HomeSetup(Path(self.home), "", self.git)
        return setup.filter if self.home and setup.tool.is_file() else ()


def _repository_of(folder: str, root: str) -> str | None:
    """The nearest folder up to the root with a `.git`: for most notebooks there is none, and no process is started."""
    at = folder
    while f"{at}/".startswith(f"{root.rstrip('/')}/"):
        if os.path.lexists(f"{at}/.git"):
            return at
        at, last = os.path.dirname(at), at  # noqa: PTH120 - a text, walked up
        if at == last:
            break
    return None


def _parse_status(status: str, settings: dict[str, str], tracked: bool) -> GitFacts | None:
    heads: dict[str, str] = {}
    changed = False
    for entry in status.split("\0"):
        if entry.startswith("# branch."):
            name, _, value = entry.removeprefix("# branch.").partition(" ")
            heads[name] = value
        elif entry[:2] in ("1 ", "2 ", "u "):
            changed = True
    commit = heads.get("oid", "")
    if not is_commit_id(commit):
        return None  # no commit yet
    branch = heads.get("head", "")
    branch = "" if branch == "(detached)" else _plain(branch)
    return GitFacts(commit, branch, _remote(settings, branch), changed or not tracked)


def _remote(settings: dict[str, str], branch: str) -> str:
    """URL of the branch's remote, else of `origin`, else of the only one."""
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
