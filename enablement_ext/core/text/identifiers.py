"""Identifiers that more than one process checks: each has one pattern, here. Use `fullmatch`."""

from __future__ import annotations

import re

SHA256_HEX = re.compile(r"[0-9a-f]{64}")
IDEMPOTENCY_KEY = re.compile(
    r"[A-Za-z0-9._~-]{8,128}"
)  # RFC 3986's unreserved characters: safe in a header, a log and a URL
