"""Other ways to hand in a notebook: Git, and nbgrader."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import ROOT, WORKPLACE

NBGRADER = "nbgrader==0.9.6"
_GIT_ENVIRONMENT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_TERMINAL_PROMPT": "0"}


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A clone with a bare repository beside it, on the same disk."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> GitRepository:
        """Both, with a first commit that has been pushed."""
        folder.mkdir(parents=True)
        made = cls(folder)
        subprocess.run(
            ["git", "init", "-q", "--bare", "-b", "main", folder / "bare.git"], check=True, env=made._environment()
        )
        subprocess.run(["git", "init", "-q", "-b", "main", folder / "clone"], check=True, env=made._environment())
        for arguments in (("user.name", "Dana"), ("user.email", "dana@example.org")):
            made._git("config", *arguments)
        made._git("remote", "add", "origin", str(folder / "bare.git"))
        made.submit(b"{}")
        return made

    def submit(self, notebook: bytes) -> float:
        """Save the notebook, then add, commit and push it; seconds of the latter three."""
        (self.folder / "clone" / "work.ipynb").write_bytes(notebook)
        os.sync()
        began = time.perf_counter()
        self._git("add", "work.ipynb")
        self._git("commit", "-q", "-m", "Send")
        self._git("push", "-q", "origin", "main")
        return time.perf_counter() - began

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder / "clone", check=True, env=self._environment())

    def _environment(self) -> dict[str, str]:
        return os.environ | _GIT_ENVIRONMENT


@dataclass(frozen=True, slots=True)
class Nbgrader:
    """An nbgrader exchange, and a process with nbgrader loaded that submits to it."""

    folder: Path
    process: subprocess.Popen[str]

    def submit(self, notebook: bytes) -> float:
        """Submit inside the running process; seconds."""
        path = self.folder / "saved.ipynb"
        path.write_bytes(notebook)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(path, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def submit_by_command(self, notebook: bytes) -> float:
        """Submit with the command a student types; seconds."""
        (self.folder / "home" / "work" / "work.ipynb").write_bytes(notebook)
        os.sync()
        flags = {
            "root": self.folder / "exchange",
            "cache": self.folder / "cache",
            "assignment_dir": self.folder / "home",
            "timestamp_format": "%Y-%m-%d %H:%M:%S.%f %Z",
        }
        argv: list[str | Path] = [
            _nbgrader_bin() / "nbgrader",
            "submit",
            "work",
            "--course",
            "course",
            *(f"--Exchange.{key}={value}" for key, value in flags.items()),
        ]
        began = time.perf_counter()
        subprocess.run(argv, cwd=self.folder / "home", check=True, capture_output=True)
        return time.perf_counter() - began


@contextmanager
def nbgrader(folder: Path) -> Iterator[Nbgrader]:
    """nbgrader in its own environment, ready to submit; the first use makes that environment."""
    folder.mkdir(parents=True)
    # -P: modules of this folder are called like some of the standard library.
    argv: list[str | Path] = [_nbgrader_bin() / "python", "-P", ROOT / "bench" / "nbgrader_worker.py", folder]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield Nbgrader(folder, process)
        process.communicate()


def _nbgrader_bin() -> Path:
    place = WORKPLACE / "nbgrader"
    if not (place / "bin" / "nbgrader").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
        install: list[str | Path] = [*uv, "pip", "install", "--quiet", "--python", place / "bin" / "python", NBGRADER]
        subprocess.run(install, check=True, env=os.environ | {"UV_COMPILE_BYTECODE": "1"})
    return place / "bin"
