"""The author's files on disk, below the root of the lab's file browser."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from enablement_ext.core.errors import FileUnreadable, TooLarge
from enablement_ext.core.submission.tar_format import shown_name

_CHUNK = 1024 * 1024
_MODULE_BYTES = 2_000_000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK opening a named pipe would wait for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class HomeFolder:
    """A `Home` on the file system.

    A symbolic link is followed where it stays below the root, or leads to a folder below one of `link_roots`, such as what a project
    shares. The resolved path is then opened one folder after the other without following links, so that a link put there in between is
    refused.
    """

    def __init__(self, root: str, link_roots: Sequence[str] = ()) -> None:
        self._root = os.path.realpath(root)
        self._roots = (self._root, *(os.path.realpath(each) for each in link_roots))

    def size(self, path: str) -> int | None:
        """Bytes of the regular file, None where there is none."""
        status = self._status(path)
        return status.st_size if status and stat.S_ISREG(status.st_mode) else None

    def is_folder(self, path: str) -> bool:
        """Links are followed while they stay inside the home; hidden names are never shown to be one."""
        status = self._status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def below(self, path: str, limit: int) -> list[str]:
        """The regular files of the folder and the folders in it, sorted, at most so many; links are not followed."""
        place = self._place(path)
        if place is None:
            return []
        top, files = os.path.join(*place), list[str]()  # noqa: PTH118 - a text
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            within = os.path.relpath(folder, top)
            for name in sorted(name for name in names if not name.startswith(".")):
                if _is_regular(f"{folder}/{name}"):
                    files.append(os.path.normpath(f"{path}/{within}/{name}" if path else f"{within}/{name}"))
                if len(files) == limit:
                    return files
        return files

    def text(self, path: str) -> str | None:
        """The text of a Python file of sensible size, None where it cannot be read."""
        try:
            return self.read(path, _MODULE_BYTES).decode()
        except (FileUnreadable, TooLarge, UnicodeDecodeError):
            return None

    def read(self, path: str, limit: int) -> bytes:
        """All bytes. Raises `FileUnreadable`, `TooLarge`."""
        chunks: list[bytes] = []
        held = 0
        for chunk in self.chunks(path):
            held += len(chunk)
            if held > limit:
                raise TooLarge(
                    f"{shown_name(path)} is larger than {limit} bytes.", facts={"path": path, "limit": limit}
                )
            chunks.append(chunk)
        return b"".join(chunks)

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes in chunks of a megabyte. Raises `FileUnreadable`."""
        place = self._place(path)
        if place is None:
            raise self._not_there(path)
        try:
            with open(_descend(*place), "rb", buffering=0) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise FileUnreadable(f"{shown_name(path)} is not a regular file.", facts={"path": path})
                while chunk := file.read(_CHUNK):
                    yield chunk
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise FileUnreadable(f"{shown_name(path)} cannot be read: {reason}.", facts={"path": path}) from None

    def _status(self, path: str) -> os.stat_result | None:
        place = self._place(path)
        if place is None:
            return None
        try:
            return os.stat(os.path.join(*place))  # noqa: PTH116, PTH118 - bare calls: asked for every name in the code
        except (OSError, ValueError):
            return None

    def _not_there(self, path: str) -> FileUnreadable:
        """Says that it is a link where that is why."""
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            link = "/".join(parts[:depth])
            if "\0" not in link and ".." not in parts[:depth] and self._is_link_out(link):
                return FileUnreadable(
                    f"{shown_name(link)} is a symbolic link that leads out of your home, so nothing below it is sent. Copy what you need into"
                    " your home, or ask your platform engineers to allow the folder that it leads to.",
                    facts={"path": path, "link": link},
                )
        return FileUnreadable(f"{shown_name(path)} is hidden or not in your home.", facts={"path": path})

    def _is_link_out(self, path: str) -> bool:
        full = f"{self._root}/{path}"
        real = os.path.realpath(full)
        return os.path.islink(full) and not any(real == root or real.startswith(f"{root}/") for root in self._roots)  # noqa: PTH114 - a text

    def _place(self, path: str) -> tuple[str, str] | None:
        """A root and the path below it, with links resolved; None where it is hidden or leaves all roots."""
        if "\0" in path or any(part.startswith(".") and part not in (".", "..") for part in path.split("/")):
            return None
        try:
            real = os.path.realpath(f"{self._root}/{path}")
        except (OSError, ValueError):
            return None
        # Only a link leads to another root; a way up never does.
        for root in self._roots[:1] if ".." in path.split("/") else self._roots:
            if real == root:
                return root, "."
            below = os.path.relpath(real, root)
            if not any(part.startswith(".") for part in below.split("/")):  # ".." as well
                return root, below
        return None


def _descend(root: str, below: str) -> int:
    """A descriptor of the file, opened folder by folder. Raises `OSError`."""
    folder = os.open(root, _FOLDER)
    try:
        *parts, last = below.split("/")
        for part in parts:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(last, _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _is_regular(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False
