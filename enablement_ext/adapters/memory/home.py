"""In-memory `Home` and `GitSource`: an author's files and Git facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from enablement_ext.core.errors import FileUnreadable, TooLarge
from enablement_ext.core.review.models import GitFacts
from enablement_ext.core.submission.tar_format import shown_name


@dataclass(frozen=True, slots=True)
class MemoryHome:
    """A `Home` over bytes by path."""

    files: Mapping[str, bytes]

    def size(self, path: str) -> int | None:
        """Bytes of the file, None where there is none."""
        return None if _hidden(path) or path not in self.files else len(self.files[path])

    def is_folder(self, path: str) -> bool:
        """Whether a file is below it."""
        return not _hidden(path) and any(name.startswith(f"{path}/") for name in self.files)

    def below(self, path: str, limit: int) -> list[str]:
        """The files of the folder and the folders in it."""
        start = f"{path}/" if path else ""
        return sorted(name for name in self.files if name.startswith(start) and not _hidden(name))[:limit]

    def text(self, path: str) -> str | None:
        """The text, None where it cannot be read."""
        try:
            return None if self.size(path) is None else self.files[path].decode()
        except UnicodeDecodeError:
            return None

    def read(self, path: str, limit: int) -> bytes:
        """All bytes. Raises `FileUnreadable`, `TooLarge`."""
        content = b"".join(self.chunks(path))
        if len(content) > limit:
            raise TooLarge(f"{shown_name(path)} is larger than {limit} bytes.", facts={"path": path, "limit": limit})
        return content

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes. Raises `FileUnreadable`."""
        if self.size(path) is None:
            raise FileUnreadable(f"{shown_name(path)} is hidden or not in your home.", facts={"path": path})
        yield self.files[path]


@dataclass(frozen=True, slots=True)
class MemoryGit:
    """A `GitSource` over facts by notebook."""

    known: Mapping[str, GitFacts] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def facts(self, notebook: str) -> GitFacts | None:
        """The facts, None where there are none."""
        return self.known.get(notebook)

    def repository(self, notebook: str) -> str:
        """Its path, "" where there is none."""
        return self.places.get(notebook, "")


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))
