"""`python -m enablement_ext.cli.fetch STEP LOG TOOL -- COMMAND…`: runs a step of the Makefile that may need the network.

The tool gets the person's settings for certificates, proxies and indexes in its own variables. What it says goes to the file LOG; when it
fails, one line names the step, the host that was not reached, what to set, and LOG. Standard library only: it runs before anything is
installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from enablement_ext.cli.errors import Exit
from enablement_ext.core.network.failures import explained, first_words
from enablement_ext.core.network.tool_settings import certificates_named, passed_on

USAGE = "usage: python -m enablement_ext.cli.fetch STEP LOG TOOL -- COMMAND..."


def tool_environment() -> dict[str, str]:
    """This process's environment with the person's settings in the variables of every package tool."""
    return {**os.environ, **passed_on(os.environ, Path.read_text)}


def fetched(
    tool: str, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """Runs a command that may need the network. Returns "" when it worked, else the line for a person. What it said is in `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            env=tool_environment() | dict(environ or {}),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    return "" if done.returncode == 0 else _failure_line(tool, log)


def main(arguments: Sequence[str]) -> int:
    """Runs the step; returns the exit code: 0, or 3 when it could not be done here."""
    try:
        step, log, tool, separator, *command = arguments
    except ValueError:
        step = separator = ""
    if separator != "--" or not command:
        raise SystemExit(USAGE)
    line = fetched(tool, command, Path(log))
    if line:
        print(f"{step}: {line}", file=sys.stderr)
    return int(Exit.ENVIRONMENT if line else Exit.OK)


def _failure_line(tool: str, log: Path) -> str:
    said = log.read_text(encoding="utf-8", errors="replace")
    named = certificates_named(os.environ, Path.read_text)
    unreadable = named if named and not os.access(named, os.R_OK) else ""
    line = explained(tool, said, tool_environment(), unreadable) or f"{tool} failed: {first_words(said)}"
    return f"{line} (all of it: {log})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
