"""THE way in which Git is run: nothing that a repository, a home or a system names is executed, and every run ends.

A repository is hostile until proven otherwise: it may have come out of an archive. So: argument lists, literal paths, an environment made
from nothing, no system or user configuration, no hooks, no file system monitor, no submodules, no lazy fetching, an explicit
repository and work tree (`core.worktree` counts for nothing), content filters and merge drivers that the repository names switched off by
name, an allow-list of protocols, no redirects, and limits on time and output.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from enablement_ext.core.errors import GitFailed, NoSpace

Config = tuple[tuple[str, str], ...]

_SAFE: Config = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.untrackedCache", "false"),
    ("core.attributesFile", os.devnull),
    ("core.excludesFile", os.devnull),
    ("core.sshCommand", "false"),
    ("core.gitProxy", ""),
    ("core.askPass", "false"),
    ("core.editor", "false"),
    ("core.pager", "cat"),
    ("core.alternateRefsCommand", "true"),
    ("core.protectNTFS", "true"),
    ("core.symlinks", "false"),  # a link out of a repository becomes a small file that says where it led
    ("credential.helper", ""),
    ("http.followRedirects", "false"),
    ("http.proxy", ""),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", "25"),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("push.recurseSubmodules", "no"),
    ("diff.external", ""),
    ("status.submoduleSummary", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("commit.gpgSign", "false"),
    ("push.gpgSign", "false"),
    ("tag.gpgSign", "false"),
    ("fetch.fsckObjects", "true"),
    ("safe.bareRepository", "explicit"),
    ("protocol.allow", "never"),
)
_OPTIONS = ("--no-pager", "--no-optional-locks", "--literal-pathspecs", "--no-replace-objects")
_DRIVER = re.compile(r"(filter|merge|diff)\.(.+)\.(?:clean|smudge|process|required|driver|command|textconv)", re.DOTALL)
_REMOTE_SETTING = re.compile(r"(url|http)\..*|remote\.origin\..*|core\.worktree", re.DOTALL | re.IGNORECASE)
_SAID_BYTES = 8192


@dataclass(frozen=True, slots=True)
class GitLocation:
    """The repository (its `.git`, or a bare one), and the work tree of one that has one."""

    git_dir: str
    work_tree: str = ""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What one run may do. `protocols` is the allow-list; `environment` is handed on as it is and may hold what no argument may."""

    data: bytes | None = None
    config: Config = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    protocols: tuple[str, ...] = ()
    seconds: float = 30.0
    most: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RunResult:
    """How it ended. `code` is negative where it was ended by a limit; `said` is the end of what it complained."""

    code: int
    out: bytes
    said: str

    @property
    def text(self) -> str:
        """The output as text without its line end."""
        return self.out.decode(errors="replace").rstrip("\n")


_AS_IT_IS = RunOptions()


@dataclass(frozen=True, slots=True)
class GitRunner:
    """Runs Git. `home` is what Git takes for a home: a folder that is not there, unless said otherwise."""

    program: str = field(default_factory=lambda: shutil.which("git") or "")
    home: str = "/nonexistent"

    def run(self, where: GitLocation | None, arguments: Sequence[str], how: RunOptions = _AS_IT_IS) -> RunResult:
        """Run and wait. Raises `GitFailed` where there is no Git or it cannot be started; a failure of Git is in the answer."""
        command = [self.program or "git", *_OPTIONS, *_flags(how.config, how.protocols), *arguments]
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(
                    command,
                    cwd=(where.work_tree or where.git_dir) if where else "/",
                    env=environment(where, self.home, how.environment),
                    stdin=subprocess.DEVNULL if how.data is None else subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    start_new_session=True,
                )
            except (OSError, ValueError) as problem:
                raise GitFailed(f"Git could not be started: {type(problem).__name__}.") from None
            code, out = _finish(process, how)
            said.seek(max(0, said.seek(0, os.SEEK_END) - _SAID_BYTES))
            return RunResult(code, out, said.read().decode(errors="replace"))

    def must(self, where: GitLocation | None, arguments: Sequence[str], how: RunOptions = _AS_IT_IS) -> RunResult:
        """The same, raises `GitFailed` where Git failed."""
        ran = self.run(where, arguments, how)
        if ran.code == 0:
            return ran
        raise failed(ran)

    def harmless(self, where: GitLocation, seconds: float = 30.0) -> Config:
        """Settings that switch off what the repository's own configuration names. Raises `GitFailed` where a name cannot be switched off."""
        off: dict[str, str] = {}
        for key in sorted(set(self._own_keys(where, seconds))):
            found = _DRIVER.fullmatch(key)
            if found is None:
                continue
            kind, name = found[1], found[2]
            if "=" in name or not name.isprintable():
                raise GitFailed("The repository names a filter with an odd name; it is left alone.")
            inner = {"filter": ("clean", "smudge", "process"), "merge": ("driver",), "diff": ("command", "textconv")}[
                kind
            ]
            off |= {f"{kind}.{name}.{each}": "" for each in inner}
            if kind == "filter":
                off[f"filter.{name}.required"] = "false"
        return tuple(off.items())

    def redirected(self, where: GitLocation) -> tuple[str, ...]:
        """Settings of the repository's own that change where, or with what, it talks to a server; our remote's address is none of them."""
        plain = {"remote.origin.url", "remote.origin.fetch"}
        keys = set(self._own_keys(where)) - plain
        return tuple(sorted(key for key in keys if _REMOTE_SETTING.fullmatch(key)))

    def _own_keys(self, where: GitLocation, seconds: float = 30.0) -> list[str]:
        """Names of the settings of the repository's own: its configuration and its work tree's, includes followed."""
        arguments = ["config", "--includes", "--show-scope", "--null", "--list"]
        parts = self.must(where, arguments, RunOptions(seconds=seconds)).out.decode(errors="replace").split("\0")
        pairs = zip(parts[::2], parts[1::2], strict=False)
        return [entry.partition("\n")[0] for scope, entry in pairs if scope != "command"]


def environment(where: GitLocation | None, home: str, more: Mapping[str, str]) -> dict[str, str]:
    """All that Git gets to know. Nothing is inherited but where programs and certificates are: the server's environment holds its token."""
    known = {name: os.environ[name] for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV") if name in os.environ}
    told = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "HOME": home,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "GIT_SSH_COMMAND": "false",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_CEILING_DIRECTORIES": "/",
    }
    if where is not None:
        told["GIT_DIR"] = where.git_dir
        if where.work_tree:
            told["GIT_WORK_TREE"] = where.work_tree
    return {**known, **told, **more}


def failed(ran: RunResult) -> GitFailed:
    """The error of a run that failed: what to do is said by who ran it, here is what Git said."""
    if "No space left on device" in ran.said or "Disk quota exceeded" in ran.said:
        return NoSpaceHere()
    if ran.code < 0:
        return GitFailed("Git did not end in time, or said too much, and was stopped. Nothing was lost.")
    last = next((line for line in reversed(ran.said.splitlines()) if line.startswith(("fatal:", "error:"))), "")
    plain = re.sub(r"://[^\s/@]*@", "://", "".join(mark for mark in last if mark.isprintable()))[:300]
    return GitFailed(f"Git could not do this: {plain or 'it gave no reason'}")


class NoSpaceHere(GitFailed, NoSpace):
    """There is no space left in your home. Nothing was lost; make room and press Repair."""

    code = "no-space"


def _flags(config: Config, protocols: Sequence[str]) -> list[str]:
    pairs = [*_SAFE, *((f"protocol.{name}.allow", "always") for name in protocols), *config]
    return [part for key, value in pairs for part in ("-c", f"{key}={value}")]


def _finish(process: subprocess.Popen[bytes], how: RunOptions) -> tuple[int, bytes]:
    """Feed, read and wait, all within the limits. The whole group is ended: a push runs programs of its own."""
    ended = threading.Event()

    def end() -> None:
        ended.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(how.seconds, end)
    timer.start()
    feeder = threading.Thread(target=_feed, args=(process, how.data or b""), daemon=True)
    try:
        with process:
            if process.stdin is not None:
                feeder.start()
            out = process.stdout.read(how.most + 1) if process.stdout else b""
            if len(out) > how.most:
                end()
        return (-1 if ended.is_set() else process.returncode), out
    finally:
        timer.cancel()
        end()


def _feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    if process.stdin is not None:
        with suppress(OSError, ValueError):
            process.stdin.write(data)
        with suppress(OSError):
            process.stdin.close()
