"""Real-time collaboration for JupyterLab beside an environment, in a folder of its own: nothing of it is in this project's lock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.servers.up import ROOT

# What an image of a release does not have already.
PACKAGES = (
    "jupyter-collaboration==5.0.4",
    "jupyter-collaboration-ui==3.0.4",
    "jupyter-docprovider==3.0.4",
    "jupyter-server-ydoc==3.0.4",
    "jupyter-server-fileid==0.10.0",
    "jupyter-ydoc==4.2.1",
    "pycrdt==0.14.13",
    "pycrdt-store==0.1.5",
    "pycrdt-websocket==0.16.5",
    "sqlite-anyio==0.3.2",
)


def folder() -> Path:
    """Where it is. Raises `RuntimeError` when it was not made."""
    if not _complete().exists():
        raise RuntimeError("jupyter-collaboration is not installed yet; do that first: make servers")
    return _place()


def variables() -> dict[str, str]:
    """The environment of a server that has it."""
    place = folder()
    return {
        "PYTHONPATH": str(place),
        "JUPYTER_PATH": str(place / "share" / "jupyter"),
        "JUPYTER_CONFIG_PATH": str(place / "etc" / "jupyter"),
    }


def make() -> None:
    """Make it where it is missing."""
    if _complete().exists():
        return
    print("==> jupyter-collaboration (once)", file=sys.stderr, flush=True)
    install = [sys.executable, "-m", "uv", "--quiet", "pip", "install", "--no-deps", "--compile-bytecode"]
    subprocess.run([*install, "--python", sys.executable, "--target", str(_place()), *PACKAGES], check=True)
    _complete().write_text("")


def _place() -> Path:
    number = PACKAGES[0].rpartition("=")[2]
    return ROOT / ".cache" / f"collaboration-{number}-py{sys.version_info.major}.{sys.version_info.minor}"


def _complete() -> Path:
    return _place() / "complete"
