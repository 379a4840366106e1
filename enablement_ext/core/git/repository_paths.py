"""How repositories are named in addresses: patterns and encoding, as text alone.

Git starts the credential helper for every push, so this module stands on `re` and nothing else; `repository_names` says what the names mean.
"""

from __future__ import annotations

import re

_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
LONGEST_OWNER = 255
SPACE_PATTERN = "user|group"
OWNER_PATTERN = "[a-z0-9_.-]{1,800}"  # as `encoded` writes an owner
NAME_PATTERN = "[a-z0-9][a-z0-9_-]{0,62}"
HOSTED_NAME_PATTERN = "[a-z0-9][a-z0-9._-]{0,99}"  # on a hosted forge
_PATH = re.compile(f"git/({SPACE_PATTERN})/({OWNER_PATTERN})/({NAME_PATTERN})")


def encoded(owner: str) -> str:
    """A name as one safe segment of a URL. Two names never give the same: every other byte becomes `.` and two digits."""
    return "".join(chr(byte) if byte in _KEPT else f".{byte:02x}" for byte in owner.encode())


def owner_of(segment: str) -> str:
    """The name of a segment; "" for one that `encoded` would not make of a name."""
    raw = bytearray()
    rest = segment
    try:
        while rest:
            if rest[0] == ".":
                raw.append(int(rest[1:3], 16))
                rest = rest[3:]
            else:
                raw.append(ord(rest[0]))
                rest = rest[1:]
        name = raw.decode()
    except ValueError:
        return ""
    return name if encoded(name) == segment else ""


def is_owner(name: str) -> bool:
    """Whether a person or group of this name may own a repository."""
    return 0 < len(name) <= LONGEST_OWNER and name.isprintable()


def path_parts(path: str) -> tuple[str, str, str] | None:
    """Space, owner and name of the repository with exactly this path, None for anything else: no prefix, no `.git`, no `..`, nothing around it."""
    found = _PATH.fullmatch(path)
    owner = owner_of(found[2]) if found else ""
    return (found[1], owner, found[3]) if found and is_owner(owner) else None
