"""An environment with the oldest JupyterHub that is supported and this checkout, made once per pyproject.toml."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.servers.up import ROOT

OLDEST = "5.5.1"


def programs() -> Path:
    """Its bin folder. Raises `RuntimeError` when it was not made."""
    if not _complete().exists():
        raise RuntimeError(f"the environment of JupyterHub {OLDEST} is not made yet; do that first: make servers")
    return _folder() / "bin"


def make() -> None:
    """Make it where it is missing."""
    if _complete().exists():
        return
    print(f"==> environment with JupyterHub {OLDEST} (once)", file=sys.stderr, flush=True)
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, str(_folder())], check=True)
    install = ["pip", "install", "--compile-bytecode", "--python", str(_folder() / "bin" / "python")]
    subprocess.run([*uv, *install, "--editable", f"{ROOT}[cli]", f"jupyterhub=={OLDEST}"], check=True)
    _complete().write_text("")


def _folder() -> Path:
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()[:12]
    return ROOT / ".cache" / f"hub-{OLDEST}-{wanted}"


def _complete() -> Path:
    return _folder() / "complete"
