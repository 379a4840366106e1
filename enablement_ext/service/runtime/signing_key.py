"""The key that the service signs with, in its file."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path


def key_at(path: Path) -> bytes:
    """The key kept in this file (mode 0600), made the first time; several processes at once make one."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # fails where another process was faster: then its key is the key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def after(now: datetime, seconds: int) -> datetime:
    """When something that is valid for so many seconds from now expires."""
    return now + timedelta(seconds=seconds)
