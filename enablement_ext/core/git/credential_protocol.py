"""Git's protocol for credential helpers, read strictly: what is not exactly as Git writes it is no request.

Lines end in a line feed and in nothing else: a reader that ends them at more (`str.splitlines` does, at vertical tabs, form feeds and eight others) sees a
host that Git does not see, and a key goes to a foreign server.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

MAX_BYTES = 64 * 1024
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,60}(\[\])?")


def parse_request(data: bytes) -> Mapping[str, str] | None:
    """The attributes of a request by name, lists (`name[]`) left out. None for anything that Git would not write."""
    try:
        text = data.decode("utf-8") if len(data) <= MAX_BYTES else ""
    except UnicodeDecodeError:
        return None
    body, _, rest = f"{text}\n".partition("\n\n") if text.endswith("\n") else ("", "", "")
    if rest.strip("\n") or not body:
        return None
    found: dict[str, str] = {}
    for line in body.split("\n"):
        key, mark, value = line.partition("=")
        if not mark or not _KEY.fullmatch(key) or key == "url" or not value.isprintable():
            return None
        if key.endswith("[]"):
            continue
        if key in found:
            return None
        found[key] = value
    return found


def is_for(asked: Mapping[str, str], url: str) -> bool:
    """Whether a request is about exactly this address, with `.git` at its end or without."""
    parts = urlsplit(url)
    wanted = (parts.scheme, parts.netloc, _bare(parts.path.removeprefix("/")))
    if not all(wanted) or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    return (asked.get("protocol"), asked.get("host"), _bare(asked.get("path", ""))) == wanted


def _bare(path: str) -> str:
    return path.removesuffix(".git")
