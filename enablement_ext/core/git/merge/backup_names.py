"""What a copy is called that is kept aside: `churn (mine, 2026-11-25 14.03).ipynb`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath


def backup_name(path: str, at: datetime, taken: Callable[[str], bool]) -> str:
    """A path in the same folder that nobody has; no name grows beyond what file systems take."""
    file = PurePosixPath(path)
    number = 1
    while True:
        more = f", {number}" if number > 1 else ""
        tail = f" (mine, {at:%Y-%m-%d %H.%M}{more}){file.suffix}"
        stem = file.stem.encode()[: 250 - len(tail.encode())].decode(errors="ignore")
        name = str(file.with_name(f"{stem}{tail}"))
        if not taken(name):
            return name
        number += 1
