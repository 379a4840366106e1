"""Names of repositories. A folder, a person and a group have any name; a repository has one that is safe in URLs, and no two share it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from enablement_ext.core.errors import BadRequest

_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
SPACE_PATTERN = "user|group"
OWNER_PATTERN = "[a-z0-9_.-]{1,800}"  # as `encoded` writes an owner
NAME_PATTERN = "[a-z0-9][a-z0-9_-]{0,62}"
_NAME = re.compile(NAME_PATTERN)
_PATH = re.compile(f"git/({SPACE_PATTERN})/({OWNER_PATTERN})/({NAME_PATTERN})")


class Space(StrEnum):
    """Whose repositories."""

    USER = "user"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class RepositoryId:
    """A repository of the bundled forge. `owner` is the person's or group's own name; `name` is safe. Raises `BadRequest`."""

    space: Space
    owner: str
    name: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise BadRequest("This is no name of a repository.", facts={"field": "name"})
        if not 0 < len(self.owner) <= 255 or not self.owner.isprintable():
            raise BadRequest("This is no owner of a repository.", facts={"field": "owner"})

    @property
    def path(self) -> str:
        """Its path below the service's base address, e.g. `git/user/dana/churn`."""
        return f"git/{self.space.value}/{encoded(self.owner)}/{self.name}"


def encoded(owner: str) -> str:
    """A name as one safe segment of a URL. Two names never give the same: every other byte becomes `.` and two digits."""
    return "".join(chr(byte) if byte in _KEPT else f".{byte:02x}" for byte in owner.encode())


def decoded(segment: str) -> str:
    """The name of a segment. Raises `BadRequest` for one that `encoded` would not make."""
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
        name = ""
    if not name or encoded(name) != segment:
        raise BadRequest("This is no owner of a repository.", facts={"field": "owner"})
    return name


def repository_of_path(path: str) -> RepositoryId | None:
    """The repository with exactly this path, None for anything else: no prefix, no `.git`, no `..`, nothing before or after."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    try:
        return RepositoryId(Space(found[1]), decoded(found[2]), found[3])
    except BadRequest:
        return None


def repository_name(folder: str) -> str:
    """The repository's name for a folder's path in the home. The same folder gives the same name, two folders never share one."""
    if _NAME.fullmatch(folder) and len(folder) <= 40 and not re.search(r"-[0-9a-f]{8}$", folder):
        return folder
    plain = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{words or 'folder'}-{sha256(folder.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def is_plain(text: str) -> bool:
    """Whether a file's name can be shown and passed on: printable, whole Unicode, not an option."""
    return bool(text) and text.isprintable() and not text.startswith("-") and len(text) <= 1000
