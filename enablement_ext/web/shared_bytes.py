"""Bytes that another process can map: large bodies, and what is made of them. Nothing is copied, and writing and reading hold no interpreter lock."""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
from io import FileIO


class SharedBytes:
    """Written from the front, then read for as long as anybody holds a view. In memory (on Linux), else in a file without a name."""

    def __init__(self, descriptor: int | None = None) -> None:
        """Empty, or what another process has written behind the descriptor, which belongs to this object from now on. Raises `OSError`."""
        self._file = FileIO(_made() if descriptor is None else descriptor, "r+b")
        self._size = os.fstat(self._file.fileno()).st_size

    def __len__(self) -> int:
        """How many bytes were written."""
        return self._size

    def write(self, chunk: bytes | bytearray | memoryview) -> None:
        """Append. Raises `OSError` where there is no memory for it."""
        rest = memoryview(chunk)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._size += len(chunk)

    def view(self) -> memoryview:
        """All of it, read-only; it stays when this object goes. Nothing can be written any more. Raises `OSError`."""
        if not self._size:
            return memoryview(b"")
        if hasattr(os, "memfd_create"):
            fcntl.fcntl(self._file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
        # Private: kernels before 6.7 refuse a shared mapping of what is sealed.
        return memoryview(mmap.mmap(self._file.fileno(), self._size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ))

    def fileno(self) -> int:
        """The descriptor, for another process."""
        return self._file.fileno()


def _made() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("enablement", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
