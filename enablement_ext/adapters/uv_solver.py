"""The solver: `uv pip compile`, universal, with hashes and without addresses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from enablement_ext.core.errors import BadCatalog, EnablementError, EnvironmentUnavailable
from enablement_ext.core.images.ports import LockRequest
from enablement_ext.core.network.failures import explained, without_secrets
from enablement_ext.core.network.tool_settings import certificates_named, passed_on

_FIXED = (
    "--quiet",
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
    "--no-config",
)
_COMPILE = (sys.executable, "-m", "uv", "pip", "compile")
_LONGEST = 600.0  # seconds; a cold index and a hard question took 20


class UvSolver:
    """Implements the ports `Solver` and `PackageSolver`. The index is whatever uv is set up with on this machine; the lock does not name it."""

    def __init__(self, longest: float = _LONGEST) -> None:
        """`longest`: seconds until an answer is given up."""
        self._longest = longest
        self._stopped = threading.Event()
        self._running: subprocess.Popen[str] | None = None
        self._log: Path | None = None

    def stop(self) -> None:
        """See the port."""
        self._stopped.set()
        running = self._running
        if running is not None:
            running.kill()

    def download_bytes(self, pins: Sequence[str], python: str) -> int | None:
        """See the port: the index says how large files are, and uv writes it into a pylock.toml."""
        with tempfile.TemporaryDirectory(prefix="enablement-sizes-") as folder:
            output = Path(folder, "pylock.toml")
            command = ["--no-deps", "--format", "pylock.toml", "--python-version", python, "--output-file", str(output)]
            try:
                self._run([*_COMPILE, "--quiet", "--no-config", *command], pins)
                listed = tomllib.loads(output.read_text(encoding="utf-8")).get("packages", [])
            except (EnablementError, OSError, ValueError):
                return None
        sizes = [_wheel_bytes(package, python) for package in listed]
        return None if len(sizes) != len(pins) or None in sizes else sum(size for size in sizes if size is not None)

    def lock(self, question: LockRequest) -> str:
        """See the port."""
        with tempfile.TemporaryDirectory(prefix="enablement-lock-") as folder:
            output = Path(folder, "requirements.lock")
            constraints = Path(folder, "constraints.txt")
            constraints.write_text("\n".join(question.constraints) + "\n", encoding="utf-8")
            if question.preferred:
                output.write_text(question.preferred, encoding="utf-8")
            self._compile(question, constraints, output)
            return output.read_text(encoding="utf-8")

    def _compile(self, question: LockRequest, constraints: Path, output: Path) -> None:
        command = [*_COMPILE, *_FIXED]
        command += ["--python-version", question.python, "--exclude-newer", question.cutoff.isoformat()]
        command += ["--constraints", str(constraints), "--output-file", str(output)]
        command += [part for name in question.upgrade for part in ("--upgrade-package", name)]
        self._run(command, question.requirements)

    def _run(self, command: Sequence[str], requirements: Sequence[str]) -> None:
        environ = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
        environ |= passed_on(environ, Path.read_text)
        running = self._running = subprocess.Popen(
            [*command, "-"],
            env=environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with running:
            if self._stopped.is_set():
                running.kill()
            try:
                _, said = running.communicate("\n".join(requirements), timeout=self._longest)
            except subprocess.TimeoutExpired as error:
                running.kill()
                raise EnvironmentUnavailable(f"uv did not find an answer within {self._longest:.0f} seconds") from error
        if self._stopped.is_set():
            raise EnvironmentUnavailable("it was stopped before there was an answer")
        if running.returncode != 0:
            raise self._unreached(said, environ) or _translated(said)

    def _unreached(self, said: str, environ: Mapping[str, str]) -> EnvironmentUnavailable | None:
        """The error that names the host, when the network was it; what uv said is kept in one file of this solver, the last time alone."""
        named = certificates_named(environ, Path.read_text)
        line = explained("uv", said, environ, named if named and not os.access(named, os.R_OK) else "")
        if not line or "No solution found" in said:
            return None
        if self._log is None:
            handle, name = tempfile.mkstemp(prefix="enablement-uv-", suffix=".log")
            os.close(handle)
            self._log = Path(name)
        self._log.write_text(without_secrets(said), encoding="utf-8")
        return EnvironmentUnavailable(f"{line} (all of it: {self._log})")


def _wheel_bytes(package: Mapping[str, Any], python: str) -> int | None:
    """Of the wheels for Linux and this Python the largest, else the source archive; None where no size is told."""
    tag = f"cp{python.replace('.', '')}"
    wheels = [(str(wheel.get("url", "")).rpartition("/")[2], wheel.get("size")) for wheel in package.get("wheels", ())]
    fitting = [size for name, size in wheels if _fits(name, tag) and isinstance(size, int)]
    source = package.get("sdist", {}).get("size")
    return max(fitting, default=source if isinstance(source, int) else None)


def _fits(name: str, tag: str) -> bool:
    """Whether a wheel of this name is for this Python on 64-bit Linux with glibc."""
    python, abi, platform = (*name.removesuffix(".whl").rsplit("-", 3), "", "", "")[1:4]
    right_python = tag in python or "py3" in python or "abi3" in abi
    return right_python and (platform == "any" or ("manylinux" in platform and "x86_64" in platform))


def _translated(said: str) -> Exception:
    """What uv said, in its words and without addresses: where there is no solution, all of the reason, a hint on a line of its own."""
    lines = [" ".join(line.split()) for line in re.sub(r"https?://\S+", "the package index", said).splitlines()]
    words = " ".join(filter(None, lines))
    if "No solution found" in words or "unsatisfiable" in words:
        reason, *hints = (words.partition("cause:")[2].strip() or words).split(" hint: ")
        return BadCatalog("\n  hint: ".join((f"there is no solution: {reason}", *hints)))
    return EnvironmentUnavailable(f"uv could not lock: {words[-600:]}")
