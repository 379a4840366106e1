"""The key that the service signs with, in its file."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from enablement_ext.core.errors import Unavailable

SHORTEST = 32  # bytes


class BadKeyFile(Unavailable):
    """The key file holds no key."""


def key_at(path: Path) -> bytes:
    """The key kept in this file (mode 0600), made the first time; several processes at once make one.

    Raises `BadKeyFile` for one that is too short to be a key, `OSError` where it cannot be read or made.
    """
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SHORTEST))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # fails where another process was faster: then its key is the key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_bytes()
    if len(key) < SHORTEST:
        raise BadKeyFile(
            f"The key file {path} has {len(key)} bytes, a key at least {SHORTEST}. Put the whole key back; or remove the file, and a new key "
            f"is made: people then sign in again, and tickets and keys that are out are void."
        )
    return key


def after(now: datetime, seconds: int) -> datetime:
    """When something that is valid for so many seconds from now expires."""
    return now + timedelta(seconds=seconds)
