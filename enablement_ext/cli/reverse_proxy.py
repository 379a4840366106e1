"""Installs the hub's reverse proxy, configurable-http-proxy, with npm: pinned by the lock in proxy/, once, into the cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from enablement_ext.cli.errors import CliError
from enablement_ext.cli.fetch import fetched
from enablement_ext.cli.node import find_npm

PINNED = Path(__file__).parent / "proxy"
SCRIPT = Path("node_modules") / "configurable-http-proxy" / "bin" / "configurable-http-proxy"


def proxy_command(node: Path, cache: Path, report: Callable[[str], None]) -> list[str]:
    """The command that starts the proxy on this node, installed first if need be. Raises CliError.

    Node's own binary runs the script: with a wrapper in between, a killed hub would leave the proxy holding its port.
    """
    lock = (PINNED / "package-lock.json").read_bytes()
    folder = cache / f"proxy-{hashlib.sha256(lock).hexdigest()[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f".{folder.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (folder / SCRIPT).is_file():
            report("installing configurable-http-proxy (once)")
            _install(node, folder)
    return [str(node), str(folder / SCRIPT)]


def _install(node: Path, folder: Path) -> None:
    building = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    shutil.copytree(PINNED, building)
    environ = {"PATH": os.pathsep.join((str(node.parent), os.environ.get("PATH", os.defpath)))}
    quiet = ["--omit=dev", "--no-audit", "--no-fund", "--loglevel=error", "--no-update-notifier"]
    command = [*find_npm(node), "ci", "--prefer-offline", *quiet]
    failed = fetched("npm", command, folder.with_name("npm.log"), environ, building)
    if failed or not (building / SCRIPT).is_file():
        shutil.rmtree(building, ignore_errors=True)
        raise CliError(f"configurable-http-proxy could not be installed: {failed or 'npm left its command out'}")
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
