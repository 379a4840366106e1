"""The rules of `lint` by ruff, which reads notebooks: its JSON says the cell and the line in it.

docs/adr/0042-checks-before-storing.md says where it is asked and where not.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from enablement_ext.core.checks.own.lint import RULES
from enablement_ext.core.checks.own.python_lint import PythonLinter
from enablement_ext.core.checks.ports import LintCell, Linter, LintHit

_SECONDS = 20


class RuffLinter:
    """Implements `Linter`. Where ruff does not answer, Python's own parser does."""

    def __init__(self, ruff: str) -> None:
        """`ruff` is the command."""
        self._command = [ruff, "check", "--isolated", "--no-cache", "--ignore-noqa", "--quiet", "--exit-zero"]
        self._command += [
            "--select",
            ",".join(RULES),
            "--output-format",
            "json",
            "--stdin-filename",
            "cells.ipynb",
            "-",
        ]

    def hits(self, cells: Sequence[LintCell]) -> Sequence[LintHit]:
        """One process for all cells; nothing of them is written to disk."""
        numbers = [cell.number for cell in cells]
        try:
            ran = subprocess.run(
                self._command, input=_notebook(cells), capture_output=True, timeout=_SECONDS, check=True, cwd="/"
            )
            found = json.loads(ran.stdout)
            return [
                LintHit(str(each["code"]), numbers[each["cell"] - 1], int(each["location"]["row"])) for each in found
            ]
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError, IndexError):
            return PythonLinter().hits(cells)


def installed_linter() -> Linter:
    """Ruff beside this Python or on the path; else Python's own parser, which finds the same."""
    beside = Path(sys.executable).with_name("ruff")
    ruff = str(beside) if beside.is_file() else shutil.which("ruff")
    return PythonLinter() if ruff is None else RuffLinter(ruff)


def _notebook(cells: Sequence[LintCell]) -> bytes:
    code: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": str(cell.number),
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": cell.text,
        }
        for cell in cells
    ]
    python = {"language_info": {"name": "python"}}
    return json.dumps({"cells": code, "metadata": python, "nbformat": 4, "nbformat_minor": 5}).encode()
