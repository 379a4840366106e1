"""Artifacts as files named by their hash in one directory of this machine.

    objects/ab/abcd…   the artifacts, complete and durable from the moment their name exists
    incoming/<token>/  what one process is writing; swept when that process is gone
    quarantine/        damaged copies, for people to look at
    enablement-artifacts  says that this is the directory and not the empty place where its disk should be mounted, and whose bytes these are

A file is written once under a name of no meaning, flushed to the disk, then renamed to its hash, then its folder is flushed: whoever
sees the name sees the bytes, and only when all of it is on the disk does `put` return.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from enablement_ext.core.errors import ArtifactDamaged, NoSpace, StoreUnavailable
from enablement_ext.core.review.ports import UNKNOWN_OWNER
from enablement_ext.core.text.identifiers import SHA256_HEX

log = logging.getLogger(__name__)

_MARKER = "enablement-artifacts"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_HASH_ASIDE = 1 << 19  # from this size on, hashing runs beside writing
_SETTLED_SECONDS = 60.0  # a name younger than this may be another writer's whose folder is not flushed yet
_BLOCK = 1 << 20
_FOLDERS = 256  # below `objects`


class DirectoryArtifactStore:
    """An `ArtifactStore` in a directory, which is made when missing. For one machine: never on a network file system."""

    def __init__(self, root: Path) -> None:
        """Makes the folders and removes what killed processes left. Raises `NoSpace`, `StoreUnavailable`."""
        self._root = root
        self._objects = root / "objects"
        self._incoming = root / "incoming" / secrets.token_hex(8)
        self._quarantine = root / "quarantine"
        self._hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="artifact-hash")
        with _translated():
            self._prepare()

    def put(self, blobs: Sequence[bytes | memoryview]) -> list[str]:
        """Store all blobs durably, one barrier for all, and return their hashes in order. Raises `NoSpace`, `StoreUnavailable`."""
        names: list[str] = []
        written: dict[str, Path] = {}
        folders: set[Path] = set()
        with _translated():
            try:
                for blob in blobs:
                    name = self._take(blob, written, folders)
                    names.append(name)
                self._settle(written, folders)
            finally:
                for entry in written.values():
                    with suppress(OSError):
                        entry.unlink(missing_ok=True)
        return names

    def get(self, sha256: str) -> bytes:
        """The bytes, verified. A damaged copy is set aside. Raises `ArtifactDamaged`, `StoreUnavailable`."""
        if not SHA256_HEX.fullmatch(sha256):
            raise ArtifactDamaged(facts={"sha256": sha256, "missing": True})
        path = self._path(sha256)
        with _translated():
            try:
                blob = path.read_bytes()
            except FileNotFoundError:
                self._must_be_here()
                raise ArtifactDamaged(facts={"sha256": sha256, "missing": True}) from None
        if hashlib.sha256(blob).hexdigest() != sha256:
            self._set_aside(path)
            raise ArtifactDamaged(facts={"sha256": sha256, "missing": False})
        return blob

    def has(self, sha256: str) -> bool:
        """Whether the bytes are there (not whether they are sound)."""
        return bool(SHA256_HEX.fullmatch(sha256)) and self._path(sha256).is_file()

    def ready(self) -> None:
        """Writes and removes a file of one byte. Raises `StoreUnavailable`, `NoSpace`."""
        with _translated():
            self._must_be_here()
            if sum(1 for _ in os.scandir(self._objects)) < _FOLDERS or not os.access(self._objects, os.W_OK):
                raise StoreUnavailable("The artifact store takes nothing.")
            self._new(b"?", None).unlink()

    def owner(self) -> str:
        """`UNKNOWN_OWNER` for bytes from before owners were noted. Raises `StoreUnavailable`."""
        with _translated():
            self._must_be_here()
            noted = (self._root / _MARKER).read_text(encoding="ascii").strip()
            return noted or (UNKNOWN_OWNER if any(self._objects.glob("*/*")) else "")

    def belong_to(self, instance: str) -> None:
        """Durable when it returns. Raises `StoreUnavailable`, `NoSpace`."""
        with _translated():
            noted = self._new(instance.encode(), None)
            noted.chmod(0o600)
            _flush(noted, os.O_RDONLY)
            noted.rename(self._root / _MARKER)
            _flush_folder(self._root)

    def close(self) -> None:
        """Give the process's place in `incoming` back."""
        self._hashing.shutdown()
        os.close(self._mine)
        shutil.rmtree(self._incoming, ignore_errors=True)

    def _prepare(self) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for first in range(_FOLDERS):
            (self._objects / f"{first:02x}").mkdir(mode=0o700, parents=True, exist_ok=True)
        self._quarantine.mkdir(mode=0o700, exist_ok=True)
        self._sweep()
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._mine = os.open(self._incoming / "lock", os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._mine, fcntl.LOCK_EX)
        (self._root / _MARKER).touch(mode=0o600)
        for folder in (self._objects, self._root, self._root.parent):
            _flush_folder(folder)

    def _sweep(self) -> None:
        """Remove what processes that are gone left: a living one holds the lock in its folder."""
        for lock in (self._root / "incoming").glob("*/lock"):
            with suppress(OSError):
                handle = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(lock.parent, ignore_errors=True)
                finally:
                    os.close(handle)

    def _take(self, blob: bytes | memoryview, written: dict[str, Path], folders: set[Path]) -> str:
        """Write a blob unless it is there; note the folders the barrier must cover."""
        if len(blob) < _HASH_ASIDE:
            name = hashlib.sha256(blob).hexdigest()
            if name not in written and not self._stored(name, blob, folders):
                written[name] = self._new(blob, None)
            return name
        # Big: hashed on another core while it is written. Should it turn out to be there, writing stops.
        hashing = self._hashing.submit(_hash, blob)
        path = self._new(blob, hashing)
        name = hashing.result()
        if name in written or self._stored(name, blob, folders):
            path.unlink()
        elif path.stat().st_size == len(blob):
            written[name] = path
        else:
            path.unlink()
            written[name] = self._new(blob, None)
        return name

    def _new(self, blob: bytes | memoryview, hashing: Future[str] | None) -> Path:
        """A new file in `incoming` with the blob in it, not flushed; cut short once its hash is known to be stored."""
        path = self._incoming / secrets.token_hex(8)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o400)
        try:
            rest = memoryview(blob)
            while rest:
                rest = rest[os.write(handle, rest[:_BLOCK]) :]
                if hashing is not None and hashing.done():
                    if self.has(hashing.result()):
                        break
                    hashing = None
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        return path

    def _settle(self, written: dict[str, Path], folders: set[Path]) -> None:
        """The barrier: all bytes to the disk, then all names, then the folders that hold them."""
        for entry in written.values():
            _flush(entry, os.O_RDONLY)
        for name, entry in written.items():
            path = self._path(name)
            entry.rename(path)
            folders.add(path.parent)
        for folder in folders:
            _flush_folder(folder)

    def _stored(self, name: str, blob: bytes | memoryview, folders: set[Path]) -> bool:
        """Whether exactly these bytes are stored already; a copy that is damaged is set aside and will be written anew."""
        path = self._path(name)
        try:
            facts = path.stat()
            sound = facts.st_size == len(blob) and _same(path, blob)
        except FileNotFoundError:
            return False
        if not sound:
            self._set_aside(path)
            return False
        if abs(time.time() - facts.st_ctime) < _SETTLED_SECONDS:
            folders.add(path.parent)
        return True

    def _set_aside(self, path: Path) -> None:
        log.error("artifact %s is damaged and was set aside", path.name)
        with suppress(OSError):
            path.rename(self._quarantine / f"{path.name}.{secrets.token_hex(4)}")

    def _must_be_here(self) -> None:
        if not (self._root / _MARKER).is_file():
            raise StoreUnavailable("The artifact store is not there.")

    def _path(self, sha256: str) -> Path:
        return self._objects / sha256[:2] / sha256


def in_use(root: Path) -> bool:
    """Whether a living process has this directory open as its store."""
    for lock in (root / "incoming").glob("*/lock"):
        with suppress(FileNotFoundError), lock.open("rb") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
    return False


@contextmanager
def _translated() -> Iterator[None]:
    """Translates the file system's errors into ours."""
    try:
        yield
    except OSError as error:
        log.warning("artifact store: %s", error)
        raise (NoSpace() if error.errno in _FULL else StoreUnavailable()) from error


def _hash(blob: bytes | memoryview) -> str:
    return hashlib.sha256(blob).hexdigest()


def _same(path: Path, blob: bytes | memoryview) -> bool:
    """Whether the file holds these bytes; compared block by block, cheaper than hashing."""
    with path.open("rb") as file:
        return all(file.read(_BLOCK) == blob[start : start + _BLOCK] for start in range(0, len(blob), _BLOCK))


def _flush(path: Path, flags: int) -> None:
    handle = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush_folder(folder: Path) -> None:
    _flush(folder, os.O_RDONLY | os.O_DIRECTORY)
