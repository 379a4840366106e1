"""The Pythons of this machine that environments can be made with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_QUESTION = "import sys, venv; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A base Python: its path and its version as "3.11"."""

    path: str
    version: str


def probe_interpreter(python: str) -> Interpreter | None:
    """What a path or a name on PATH stands for, None when it is not there or does not run."""
    if python == getattr(sys, "_base_executable", None):
        return Interpreter(python, f"{sys.version_info.major}.{sys.version_info.minor}")
    path = shutil.which(python)
    return _run_interpreter(path) if path is not None else None


def find_interpreter(version: str) -> Interpreter | None:
    """A Python of this version ("3.12"), wherever this machine keeps it: ours, pyenv's, uv's, PATH.

    PATH comes last: pyenv's shims there take a second each to say that they lead nowhere.
    """
    for candidate in (
        getattr(sys, "_base_executable", None) or sys.executable,
        *_candidates(version),
        f"python{version}",
    ):
        interpreter = probe_interpreter(candidate)
        if interpreter is not None and interpreter.version == version:
            return interpreter
    return None


def find_interpreters(versions: tuple[str, ...]) -> Mapping[str, str]:
    """Version -> path, for those of the versions that are here."""
    interpreters = (find_interpreter(version) for version in versions)
    return {interpreter.version: interpreter.path for interpreter in interpreters if interpreter is not None}


def _candidates(version: str) -> Iterator[str]:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    places = [
        *pyenv.glob(f"versions/{version}*/bin/python{version}"),
        *data.glob(f"uv/python/cpython-{version}*/bin/python{version}"),
    ]
    yield from (str(path) for path in sorted(places, reverse=True))


@lru_cache(maxsize=64)
def _run_interpreter(path: str) -> Interpreter | None:
    try:
        answer = subprocess.run([path, "-c", _QUESTION], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Interpreter(path, answer.stdout.strip()) if answer.returncode == 0 else None
