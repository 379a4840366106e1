"""Where things are on this machine: what ships with the package, and what is kept because it can be made again."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def shipped(name: str) -> Path:
    """A file or folder that a wheel carries inside the package and a checkout holds at its top."""
    in_wheel = PACKAGE / "shipped" / name
    return in_wheel if in_wheel.exists() else PACKAGE.parent / name


def cache_folder() -> Path:
    """Where environments and the proxy are kept: $ENABLEMENT_CACHE, else root's where other accounts can read it, else the user's."""
    if given := os.environ.get("ENABLEMENT_CACHE"):
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/enablement")
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "enablement"
