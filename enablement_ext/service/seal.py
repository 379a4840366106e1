"""Signed values: small JSON objects that leave the service (cookie, form) and come back unforged, for their purpose, in time.

HMAC-SHA256 with the service's own key. They survive a restart and work with any number of replicas that share the key.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

_LONGEST = 8192


class Seal:
    """Signs and opens values."""

    def __init__(self, key: bytes) -> None:
        """`key`: at least 32 bytes. Raises `ValueError`."""
        if len(key) < 32:
            raise ValueError("a sealing key has at least 32 bytes")
        self._key = key

    def sign(self, purpose: str, value: Mapping[str, object], until: datetime) -> str:
        """The value as text that is safe in cookies and forms; good until then, and only for this purpose."""
        body = json.dumps({"until": int(until.timestamp()), "value": value}, separators=(",", ":")).encode()
        text = base64.urlsafe_b64encode(body).rstrip(b"=")
        return f"{text.decode()}.{self._mac(purpose, text)}"

    def open(self, purpose: str, text: str, now: datetime) -> dict[str, object] | None:
        """The value, None where it is forged, for another purpose, or too old."""
        body, _, mac = text.partition(".")
        if len(text) > _LONGEST or not hmac.compare_digest(self._mac(purpose, body.encode()).encode(), mac.encode()):
            return None
        try:
            found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (binascii.Error, ValueError):
            return None
        return found["value"] if found["until"] > now.timestamp() else None

    def _mac(self, purpose: str, text: bytes) -> str:
        return hmac.digest(self._key, purpose.encode() + b"\0" + text, "sha256").hex()


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
    """The time so many seconds later."""
    return now + timedelta(seconds=seconds)
