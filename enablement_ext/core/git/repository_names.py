"""Names of repositories. A folder, a person and a group have any name; a repository has one that is safe in URLs, and no two share it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git.repository_paths import NAME_PATTERN, encoded, is_owner, path_parts

_NAME = re.compile(NAME_PATTERN)


class Space(StrEnum):
    """A person's or a group's namespace."""

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
        if not is_owner(self.owner):
            raise BadRequest("This is no owner of a repository.", facts={"field": "owner"})

    @property
    def path(self) -> str:
        """Its path below the service's base address, e.g. `git/user/dana/churn`."""
        return f"git/{self.space.value}/{encoded(self.owner)}/{self.name}"


def repository_of_path(path: str) -> RepositoryId | None:
    """The repository with exactly this path, None for anything else: no prefix, no `.git`, no `..`, nothing before or after."""
    parts = path_parts(path)
    return RepositoryId(Space(parts[0]), parts[1], parts[2]) if parts else None


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
