"""What was made for the tests before they started (`python -m tests.servers`). Here it is only found: no test waits for a build."""

from __future__ import annotations

from pathlib import Path

from tools.go_server import finished


def program(server: str, name: str = "") -> Path:
    """A program of a real server, by default the one with the server's name. Raises `RuntimeError` when it was not built."""
    folder = finished(server)
    if not folder.is_dir():
        raise RuntimeError(f"{server} is not built yet; do that first: make servers")
    return folder / (name or server)
