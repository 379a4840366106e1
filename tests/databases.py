"""SQLite databases with their tables, copied from one that was upgraded once in this process: many times faster than upgrading each."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from enablement_ext.adapters.database.upgrade import upgrade


def sqlite_database(path: Path) -> str:
    """An empty, upgraded database in this new file, its URL. The id of the instance is the same in all of one process."""
    path.write_bytes(_upgraded())
    return f"sqlite:///{path}"


@cache
def _upgraded() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "enablement.sqlite"
        upgrade(f"sqlite:///{path}")
        if len(list(path.parent.iterdir())) != 1:
            raise RuntimeError("the upgraded database left part of itself in a file beside it")
        return path.read_bytes()
