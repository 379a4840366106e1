"""Addresses without the credentials in them: taken apart and put together again, because what is left after one removal may be another."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+")
_UNREADABLE = "(an address)"


def without_credentials(address: str) -> str:
    """The address without user and password; "" where it cannot be taken apart. One without `://` (`git@host:path`) holds no password."""
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address)
        _ = parts.port  # a password with a slash in it reads as a port that is no number
    except ValueError:
        return ""
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def text_without_credentials(text: str) -> str:
    """A tool's message with every address in it like that."""
    return _ADDRESS.sub(lambda found: without_credentials(found[0]) or _UNREADABLE, text)
