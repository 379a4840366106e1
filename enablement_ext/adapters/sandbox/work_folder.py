"""What a run wrote, read from outside after everything inside has ended. Nothing is followed: no link, no device, no pipe."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping

from enablement_ext.core.runs.models import BroughtFile, WrittenFile

_MOST_FILES = 10_000
_MOST_ENTRIES = 50_000  # folders as well, so that a notebook that makes millions of them costs a second
_DEEPEST = 50
_PIECE = 1 << 20


def written_files(folder: int, brought: Mapping[str, str]) -> tuple[WrittenFile, ...]:
    """The files below an open folder that are not, byte for byte, those that were `brought` (path -> SHA-256); at most 10,000, by path."""
    found = (file for file in _files(folder, "", iter(range(_MOST_ENTRIES))) if brought.get(file.path) != file.sha256)
    return tuple(sorted((file for file, _ in zip(found, range(_MOST_FILES), strict=False)), key=lambda file: file.path))


def hashes(files: tuple[BroughtFile, ...]) -> dict[str, str]:
    """path -> SHA-256 of what is brought."""
    found = {}
    for file in files:
        digest = hashlib.sha256()
        for piece in file.chunks():
            digest.update(piece)
        found[os.path.normpath(file.path)] = digest.hexdigest()
    return found


def _files(folder: int, path: str, budget: Iterator[int]) -> Iterator[WrittenFile]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry, _ in zip(entries, budget, strict=False))
    for name in names:
        here = f"{path}{name}"
        try:
            fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        except OSError:  # a link, a socket, or not readable: it is named and not opened
            yield WrittenFile(_shown(here), 0)
            continue
        try:
            status = os.fstat(fd)
            if stat.S_ISDIR(status.st_mode):
                if here.count("/") < _DEEPEST:
                    yield from _files(fd, f"{here}/", budget)
            elif stat.S_ISREG(status.st_mode):
                yield WrittenFile(_shown(here), status.st_size, _sha256(fd))
            else:
                yield WrittenFile(_shown(here), 0)
        finally:
            os.close(fd)


def _sha256(fd: int) -> str:
    digest = hashlib.sha256()
    while piece := os.read(fd, _PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _shown(path: str) -> str:
    """A name as text: what is none in UTF-8 is replaced."""
    return path.encode(errors="surrogateescape").decode(errors="replace")
