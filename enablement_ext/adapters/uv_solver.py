"""The solver: `uv pip compile`, universal, with hashes and without addresses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from enablement_ext.core.errors import BadCatalog, EnvironmentUnavailable
from enablement_ext.core.image_ports import LockQuestion

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
_LONGEST = 600  # seconds; a cold index and a hard question took 20


class UvSolver:
    """Implements the port `Solver`. The index is whatever uv is set up with on this machine; the lock does not name it."""

    def lock(self, question: LockQuestion) -> str:
        """See the port."""
        with tempfile.TemporaryDirectory(prefix="enablement-lock-") as folder:
            output = Path(folder, "requirements.lock")
            constraints = Path(folder, "constraints.txt")
            constraints.write_text("\n".join(question.constraints) + "\n", encoding="utf-8")
            if question.preferred:
                output.write_text(question.preferred, encoding="utf-8")
            self._compile(question, constraints, output)
            return output.read_text(encoding="utf-8")

    def _compile(self, question: LockQuestion, constraints: Path, output: Path) -> None:
        command = [sys.executable, "-m", "uv", "pip", "compile", *_FIXED]
        command += ["--python-version", question.python, "--exclude-newer", question.cutoff.isoformat()]
        command += ["--constraints", str(constraints), "--output-file", str(output)]
        command += [part for name in question.upgrade for part in ("--upgrade-package", name)]
        environ = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
        try:
            done = subprocess.run(
                [*command, "-"],
                input="\n".join(question.requirements),
                env=environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"},
                capture_output=True,
                text=True,
                timeout=_LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EnvironmentUnavailable(f"uv did not find an answer within {_LONGEST} seconds") from error
        if done.returncode != 0:
            raise _translated(done.stderr)


def _translated(said: str) -> Exception:
    words = " ".join(re.sub(r"https?://\S+", "the package index", said).split())
    if "No solution found" in words or "unsatisfiable" in words:
        reason = words.partition("cause:")[2].strip() or words
        return BadCatalog(f"there is no solution: {reason[:900]}")
    return EnvironmentUnavailable(f"uv could not lock: {words[-600:]}")
