"""Where a redirect may lead: to a path on this host, never elsewhere."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

_ROUNDS = 3


def safe_next(target: str, prefix: str) -> str:
    """`target` where it is a path of this host below `prefix` (which ends in a slash), else `prefix` itself.

    Browsers read `\\` as `/`, drop tabs and line ends, and some servers decode twice; so what is judged is every decoding of it.
    """
    seen = target
    for _ in range(_ROUNDS):
        if not _on_host(seen, prefix):
            return prefix
        decoded = unquote(seen)
        if decoded == seen:
            return target
        seen = decoded
    return prefix


def _on_host(path: str, prefix: str) -> bool:
    if not path.startswith(prefix) or path.startswith("//") or "\\" in path:
        return False
    if any(ord(mark) < 0x21 or ord(mark) == 0x7F for mark in path):
        return False
    parts = urlsplit(path)
    plain = parts.path
    return not parts.scheme and not parts.netloc and "//" not in plain and ".." not in plain.split("/")
