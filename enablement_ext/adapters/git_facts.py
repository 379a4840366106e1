"""Branch, commit and remote of the author's repository, from a `git` that can run nothing the repository names.

The repository is hostile until proven otherwise: it may have come out of an archive. So: literal arguments, an environment
made from nothing, no system or user configuration, no hooks, no file system monitor, no locks, no transports, no lazy
fetching, no bare repository found by chance, content filters named by the repository switched off by name, and a limit on
time and output.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from enablement_ext.core.models import GitFacts

_SECONDS = 5.0
_OUTPUT_BYTES = 1_000_000
_LONGEST = 1000
_OPTIONS = (
    *("--no-pager", "--no-optional-locks", "--literal-pathspecs", "--no-replace-objects"),
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false"),
    *(
        "-c",
        "core.attributesFile=/dev/null",
        "-c",
        "core.sshCommand=false",
        "-c",
        "core.gitProxy=",
        "-c",
        "credential.helper=",
    ),
    *("-c", "safe.bareRepository=explicit", "-c", "protocol.allow=never", "-c", "submodule.recurse=false"),
    *(
        "-c",
        "status.submoduleSummary=false",
        "-c",
        "extensions.partialClone=",
        "-c",
        "gc.auto=0",
        "-c",
        "diff.external=",
    ),
)
_FILTER = re.compile(r"filter\.(.+)\.(?:clean|smudge|process|required)", re.DOTALL)
_REMOTE = re.compile(r"remote\.(.+)\.url", re.DOTALL)
_SCP_STYLE = re.compile(r"(?:[^@/:]+@)?([A-Za-z0-9][A-Za-z0-9.-]*:(?!/?/)[^:@]+)")


@dataclass(frozen=True, slots=True)
class GitCommand:
    """Implements the lab door's `GitSource`. `root` is the root of the lab's file browser; no repository above it is found."""

    root: str
    program: str | None = field(default_factory=lambda: shutil.which("git"))

    def facts(self, notebook: str) -> GitFacts | None:
        """None where there is no repository with a commit, or Git cannot be asked. Never raises."""
        root = os.path.realpath(self.root)
        path = os.path.realpath(f"{root}/{notebook}") if "\0" not in notebook else root
        folder, name = os.path.split(path)
        if self.program is None or not _in_repository(folder, root):
            return None
        settings = self._settings(folder, root)
        filters = dict.fromkeys(match.group(1) for key in settings if (match := _FILTER.fullmatch(key)))
        # A filter cannot be switched off by name where the name does not fit into `-c name=value`.
        if any("=" in driver or not driver.isprintable() for driver in filters):
            return None
        off = [
            part
            for driver in filters
            for key in ("clean", "smudge", "process")
            for part in ("-c", f"filter.{driver}.{key}=")
        ]
        off += [part for driver in filters for part in ("-c", f"filter.{driver}.required=false")]
        status = self._run(
            [*off, "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=all", "-z"],
            folder,
            root,
        )
        if status is None:
            return None
        tracked = self._run(["ls-files", "--error-unmatch", "-z", "--", name], folder, root) is not None
        return _facts(status, settings, tracked)

    def _settings(self, folder: str, root: str) -> dict[str, str]:
        """The repository's configuration, includes followed; the last value of a name counts."""
        listing = self._run(["config", "--null", "--list"], folder, root) or ""
        pairs = (entry.partition("\n") for entry in listing.split("\0") if entry)
        return {key: value for key, _, value in pairs}

    def _run(self, arguments: list[str], folder: str, root: str) -> str | None:
        """Output of a Git command, None where it failed, took too long or said too much."""
        command = [self.program or "git", *_OPTIONS, *arguments]
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment(root),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, ValueError):
            return None
        with process:
            try:
                output, _ = process.communicate(timeout=_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                return None
        return output.decode(errors="replace") if process.returncode == 0 and len(output) <= _OUTPUT_BYTES else None


def _in_repository(folder: str, root: str) -> bool:
    """Whether a folder from here up to the root holds a `.git`: most do not, and then no process is started."""
    at = folder
    while f"{at}/".startswith(f"{root.rstrip('/')}/"):
        if os.path.lexists(f"{at}/.git"):
            return True
        at, last = os.path.dirname(at), at  # noqa: PTH120 - a text, walked up
        if at == last:
            break
    return False


def _environment(root: str) -> dict[str, str]:
    """All that Git gets to know. Nothing is inherited but where programs are: the server's environment holds its token."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_CEILING_DIRECTORIES": os.path.dirname(root),  # noqa: PTH120 - a text for Git
    }


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
