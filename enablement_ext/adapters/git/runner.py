"""Running Git, hardened: nothing that a repository, a home or a system names is executed, and every run ends.

A repository is hostile until proven otherwise: it may have come out of an archive. So: argument lists, literal paths, an environment made
from nothing, no system or user configuration, and none of the repository's either (one with a work tree is seen through `repository_view`), no
hooks, no file system monitor, no submodules, no lazy fetching, an explicit repository and work tree, an allow-list of protocols, no redirects,
and limits on time and output.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from enablement_ext.adapters.git.shape.repository_view import repository_view
from enablement_ext.core.errors import GitFailed, NoSpace
from enablement_ext.core.text.addresses import text_without_credentials

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
    ("advice.graftFileDeprecated", "false"),
    ("commit.gpgSign", "false"),
    ("push.gpgSign", "false"),
    ("tag.gpgSign", "false"),
    ("fetch.fsckObjects", "true"),
    ("safe.bareRepository", "explicit"),
    ("protocol.allow", "never"),
)
_OPTIONS = ("--no-pager", "--no-optional-locks", "--literal-pathspecs", "--no-replace-objects")
_STDERR_BYTES = 8192
_COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class GitLocation:
    """The repository (its `.git`, or a bare one), and the work tree of one that has one."""

    git_dir: str
    work_tree: str = ""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options of one run. `protocols` is the allow-list; `environment` is added as it is and may hold secrets, which no argument may."""

    stdin: bytes | None = None
    config: Config = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    protocols: tuple[str, ...] = ()
    timeout: float = 30.0
    max_output: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended. `returncode` is negative where a limit ended it; of `stderr` only the end is kept."""

    returncode: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """The output as text without its line end."""
        return self.stdout.decode(errors="replace").rstrip("\n")

    @property
    def entries(self) -> list[str]:
        """The output of a command with `-z`: what NUL bytes separate, as file names are decoded."""
        return [part for part in self.stdout.decode("utf-8", "surrogateescape").split("\0") if part]


def is_commit_id(text: str) -> bool:
    """Whether it is a whole object id (SHA-1 or SHA-256), not an abbreviation or a ref."""
    return _COMMIT_ID.fullmatch(text) is not None


def joined_paths(paths: Iterable[str]) -> bytes:
    """For the standard input of a command with `-z`."""
    return "\0".join(paths).encode("utf-8", "surrogateescape")


_DEFAULTS = RunOptions()


@dataclass(frozen=True, slots=True)
class GitRunner:
    """Runs Git. `home` is Git's `HOME`: a folder that does not exist, unless given."""

    program: str = field(default_factory=lambda: shutil.which("git") or "")
    home: str = "/nonexistent"

    def run(self, location: GitLocation | None, arguments: Sequence[str], options: RunOptions = _DEFAULTS) -> RunResult:
        """Run and wait. Raises `GitFailed` where Git cannot be started; a failure of Git is in the result."""
        command = [self.program or "git", *_OPTIONS, *_flags(options.config, options.protocols), *arguments]
        with tempfile.TemporaryFile() as stderr, _seen(location) as place:
            try:
                process = subprocess.Popen(
                    command,
                    cwd=(location.work_tree or location.git_dir) if location else "/",
                    env=environment(place, self.home, options.environment),
                    stdin=subprocess.DEVNULL if options.stdin is None else subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    start_new_session=True,
                )
            except (OSError, ValueError) as problem:
                raise GitFailed(f"Git could not be started: {type(problem).__name__}.") from None
            code, out = _finish(process, options)
            stderr.seek(max(0, stderr.seek(0, os.SEEK_END) - _STDERR_BYTES))
            return RunResult(code, out, stderr.read().decode(errors="replace"))

    def run_checked(
        self, location: GitLocation | None, arguments: Sequence[str], options: RunOptions = _DEFAULTS
    ) -> RunResult:
        """Run and wait. Raises `GitFailed` also where Git itself failed."""
        result = self.run(location, arguments, options)
        if result.returncode == 0:
            return result
        raise git_error(result)


@contextmanager
def _seen(location: GitLocation | None) -> Iterator[GitLocation | None]:
    """The place that Git is shown: for a repository with a work tree, a Git directory with our configuration."""
    if location is None or not location.work_tree:
        yield location
        return
    with repository_view(location.git_dir) as git_dir:
        yield GitLocation(git_dir, location.work_tree)


def environment(location: GitLocation | None, home: str, more: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a run. Only where programs and certificates are is inherited: the server's environment holds its token."""
    known = {name: os.environ[name] for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV") if name in os.environ}
    variables = {
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
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_CEILING_DIRECTORIES": "/",
    }
    if location is not None:
        variables["GIT_DIR"] = location.git_dir
        if location.work_tree:
            variables["GIT_WORK_TREE"] = location.work_tree
    return {**known, **variables, **more}


def git_error(result: RunResult) -> GitFailed:
    """The error of a run that failed, with what Git said; the caller adds what to do."""
    if "No space left on device" in result.stderr or "Disk quota exceeded" in result.stderr:
        return NoSpaceInHome()
    if result.returncode < 0:
        return GitFailed("Git did not end in time, or said too much, and was stopped. Nothing was lost.")
    last = next((line for line in reversed(result.stderr.splitlines()) if line.startswith(("fatal:", "error:"))), "")
    plain = text_without_credentials("".join(char for char in last if char.isprintable()))[:300]
    return GitFailed(f"Git could not do this: {plain.rstrip('.') or 'it gave no reason'}.")


class NoSpaceInHome(GitFailed, NoSpace):
    """There is no space left in your home. Nothing was lost; make room and press Repair."""

    code = "no-space"


def _flags(config: Config, protocols: Sequence[str]) -> list[str]:
    pairs = [*_SAFE, *((f"protocol.{name}.allow", "always") for name in protocols), *config]
    return [part for key, value in pairs for part in ("-c", f"{key}={value}")]


def _finish(process: subprocess.Popen[bytes], options: RunOptions) -> tuple[int, bytes]:
    """Write, read and wait within the limits. The process group is killed: a push starts programs of its own."""
    killed = threading.Event()

    def kill() -> None:
        killed.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(options.timeout, kill)
    timer.start()
    writer = threading.Thread(target=_write_stdin, args=(process, options.stdin or b""), daemon=True)
    try:
        if process.stdin is not None:
            writer.start()
        out = process.stdout.read(options.max_output + 1) if process.stdout else b""
        if len(out) > options.max_output:
            kill()
        process.wait()
        return (-1 if killed.is_set() else process.returncode), out
    finally:
        timer.cancel()
        kill()
        process.wait()
        if process.stdin is not None:
            writer.join()  # it closes its end: a Git that ends without reading is no error
        if process.stdout is not None:
            process.stdout.close()


def _write_stdin(process: subprocess.Popen[bytes], data: bytes) -> None:
    if process.stdin is not None:
        with suppress(OSError, ValueError):
            process.stdin.write(data)
        with suppress(OSError):
            process.stdin.close()
