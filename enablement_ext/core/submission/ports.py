"""Ports of the author's server: the files in the home and what Git says of them. All are blocking: call them from a worker thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from enablement_ext.core.review.models import GitFacts


class FileListing(Protocol):
    """The files that exist below the author's home."""

    def size(self, path: str) -> int | None:
        """Bytes of the regular file, None where there is none."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether the path names a folder; False where nothing is there or it may not be looked at."""
        ...

    def below(self, path: str, limit: int) -> Sequence[str]:
        """The regular files of the folder and the folders in it, sorted, at most so many; links are not followed."""
        ...

    def text(self, path: str) -> str | None:
        """The text of a Python file of sensible size, None where it cannot be read."""
        ...


class Home(FileListing, Protocol):
    """The files below the root of the lab's file browser; paths are relative to it and POSIX.

    Hidden files, and whatever a symbolic link leads to outside, are not there.
    """

    def read(self, path: str, limit: int) -> bytes:
        """All bytes. Raises `FileUnreadable` saying why, `TooLarge` beyond `limit` bytes."""
        ...

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes in chunks; the file is opened with the first one. Raises `FileUnreadable` saying why."""
        ...


class GitSource(Protocol):
    """What Git says of a notebook."""

    def facts(self, notebook: str) -> GitFacts | None:
        """None where the notebook at this path is in no repository with a commit, or Git cannot be asked.

        Never raises, and nothing that the repository's configuration names is executed.
        """
        ...

    def repository(self, notebook: str) -> str:
        """The path of the forge's repository that the notebook's folder was set up for, "" for none. Never raises."""
        ...
