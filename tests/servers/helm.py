"""The real helm, built from its own module, as a command that tests call. Nothing of it is kept in the account's folders."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


@cache
def helm_program() -> Path:
    """The program; built at the first call on this machine. Raises `RuntimeError` with what stood in the way."""
    command = [sys.executable, str(_ROOT / "tools" / "go_server.py"), "helm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return Path(done.stdout.strip()) / "helm"


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One call, with a home of its own and no cluster."""
    with tempfile.TemporaryDirectory(prefix="enablement-helm-") as home:
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "KUBECONFIG": f"{home}/none"}
        command = [str(helm_program()), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
