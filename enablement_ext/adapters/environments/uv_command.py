"""Runs uv for environments and layers: with the person's settings for the network, and with one line when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from enablement_ext.core.errors import EnvironmentUnavailable, NoSpace
from enablement_ext.core.network.failures import explained, without_secrets
from enablement_ext.core.network.tool_settings import certificates_named, passed_on

_LEFT_OUT = {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYTHONPATH"}


def run_uv(arguments: Sequence[str], settings: Mapping[str, str], purpose: str, log: Path | None = None) -> None:
    """Returns when uv has done it. Raises NoSpace or EnvironmentUnavailable, whose message says what uv was to do (`purpose`).

    When something could not be reached, all that uv said is kept in `log` (a new temporary file for None) and the message names it.
    """
    environ = {key: value for key, value in os.environ.items() if key not in _LEFT_OUT}
    environ |= {**passed_on(environ, Path.read_text), **settings}
    command = [sys.executable, "-m", "uv", "--quiet", *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = " ".join(done.stderr.split())
    if "os error 28" in said or "No space left" in said:
        raise NoSpace(f"no space left: uv could not {purpose}")
    named = certificates_named(environ, Path.read_text)
    line = explained("uv", done.stderr, environ, named if named and not os.access(named, os.R_OK) else "")
    if line:
        raise EnvironmentUnavailable(f"{line} (all of it: {_kept(without_secrets(done.stderr), log)})")
    raise EnvironmentUnavailable(f"uv could not {purpose}: {without_secrets(said)[-600:]}")


def _kept(said: str, log: Path | None) -> Path:
    if log is None:
        handle, name = tempfile.mkstemp(prefix="enablement-uv-", suffix=".log")
        os.close(handle)
        log = Path(name)
    log.write_text(said, encoding="utf-8")
    return log
