"""Signed values: small JSON objects that leave the service (cookie, form, key) and come back unforged, for their purpose, in time.

HMAC-SHA256 with a key of one's own. They survive a restart and work with any number of replicas that share the key.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

_LONGEST = 8192


class ValueSigner:
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
            signed = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (binascii.Error, ValueError):
            return None
        return signed["value"] if signed["until"] > now.timestamp() else None

    def _mac(self, purpose: str, text: bytes) -> str:
        return hmac.digest(self._key, purpose.encode() + b"\0" + text, "sha256").hex()
