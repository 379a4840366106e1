"""The author's files on disk, below the root of the lab's file browser."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from enablement_ext.core.errors import FileUnreadable, TooLarge
from enablement_ext.core.submission.tar_format import shown_name

_CHUNK = 1024 * 1024
_MODULE_BYTES = 2_000_000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK opening a named pipe would wait for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class HomeFolder:
    """A `Home` on the file system.

    A symbolic link is followed where it stays below the root. The resolved path is then opened one folder after the
    other without following links, so that a link put there in between is refused.
    """

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)

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
        real = self._below_root(path)
        if real is None:
            return []
        top, files = os.path.join(self._root, real), list[str]()  # noqa: PTH118 - a text
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
        real = self._below_root(path)
        if real is None:
            raise FileUnreadable(f"{shown_name(path)} is hidden or not in your home.", facts={"path": path})
        try:
            with open(self._descend(real), "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor, not a path
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise FileUnreadable(f"{shown_name(path)} is not a regular file.", facts={"path": path})
                while chunk := file.read(_CHUNK):
                    yield chunk
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise FileUnreadable(f"{shown_name(path)} cannot be read: {reason}.", facts={"path": path}) from None

    def _status(self, path: str) -> os.stat_result | None:
        real = self._below_root(path)
        if real is None:
            return None
        try:
            return os.stat(os.path.join(self._root, real))  # noqa: PTH116, PTH118 - bare calls: asked for every name in the code
        except (OSError, ValueError):
            return None

    def _below_root(self, path: str) -> str | None:
        """The path below the root with links resolved; None where it is hidden or leaves the root."""
        if "\0" in path or any(part.startswith(".") and part not in (".", "..") for part in path.split("/")):
            return None
        try:
            real = os.path.realpath(f"{self._root}/{path}")
        except (OSError, ValueError):
            return None
        below = os.path.relpath(real, self._root)
        if real == self._root:
            return "."
        hidden = any(part.startswith(".") for part in below.split("/"))  # ".." as well
        return None if hidden else below

    def _descend(self, below: str) -> int:
        """A descriptor of the file, opened folder by folder. Raises `OSError`."""
        folder = os.open(self._root, _FOLDER)
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
