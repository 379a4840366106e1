"""Bundles: how a notebook and its files travel from the author's server to the review service.

A bundle is an uncompressed tar (POSIX ustar, or pax where a path is long or not ASCII) of regular files: `submission.json`
first, then `files/<path>` for the notebook and each file beside it.

The tar itself is read and written by `core/submission/tar_format.py` (which says why not by `tarfile`); here stands what a bundle may hold.
Files are slices of the bytes that arrived, so taking a large one apart costs nothing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from enablement_ext.core.errors import BadBundle, TooLarge
from enablement_ext.core.submission.tar_format import END, SPOOFING_CHARACTERS, header, members, padding, shown_name
from enablement_ext.core.text.cleaning import is_visible

SENDING = "submission.json"
FILES = "files/"

_DRIVE = re.compile("[A-Za-z]:")  # in every folder: what is refused in one of them is refused in all
_PATH_BYTES = 1024
_PART_BYTES = 255
_PARTS = 32
_DIRECT_BYTES = 64 * 1024  # chunks from this size on are passed through, smaller ones are joined
_WINDOWS_REFUSES = frozenset('<>:"|?*')
_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}) | {
    f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"
}
_PACKED = {b"\x1f\x8b": "gzip", b"BZ": "bzip2", b"\xfd7": "xz", b"PK": "zip", b"\x28\xb5": "zstandard"}


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """What a bundle may hold: number of files, bytes of one file, of all files together, and of `submission.json`."""

    files: int = 500
    file_bytes: int = 256 * 1024 * 1024
    total_bytes: int = 256 * 1024 * 1024
    sending_bytes: int = 1024 * 1024


DEFAULT_LIMITS = BundleLimits()


@dataclass(frozen=True, slots=True)
class Bundle:
    """What arrived: `sending` is the parsed `submission.json`, `files` the bytes by relative path (slices, no copies)."""

    sending: dict[str, object]
    files: Mapping[str, memoryview]

    def require_exactly(self, paths: Iterable[str]) -> None:
        """Return when the bundle's files are exactly these. Raises `BadBundle` naming one that is missing, surplus or named twice."""
        named: set[str] = set()
        for path in paths:
            if path in named:
                raise BadBundle(f"{shown_name(path)} is named twice in {SENDING}.")
            named.add(path)
        for path in sorted(named - self.files.keys()):
            raise BadBundle(f"{shown_name(path)} is named in {SENDING} and is not in the bundle.")
        for path in sorted(self.files.keys() - named):
            raise BadBundle(f"{shown_name(path)} is in the bundle and {SENDING} does not name it.")


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """One file to be sent: `chunks` yield exactly `size` bytes."""

    path: str
    size: int
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class OutgoingBundle:
    """A bundle to be sent once: its total length (for Content-Length) and its bytes in chunks."""

    length: int
    chunks: Iterator[bytes]


def read_bundle(data: bytes | bytearray | memoryview, limits: BundleLimits = DEFAULT_LIMITS) -> Bundle:
    """Take a bundle apart. Raises `BadBundle` or `TooLarge`, and nothing else whatever the bytes are.

    The files stay slices of `data`: keep it unchanged for as long as they are used.
    """
    view = memoryview(data).cast("B").toreadonly()
    packing = _PACKED.get(bytes(view[:2]))
    if packing:
        raise BadBundle(f"The bundle is packed with {packing}. Send it uncompressed.")
    sending: dict[str, object] | None = None
    files: dict[str, memoryview] = {}
    names = _Names()
    total = 0
    for name, content in members(view, max(limits.file_bytes, limits.sending_bytes)):
        if sending is None:
            if name != SENDING:
                raise BadBundle(f"The first member of a bundle is {SENDING}; here it is {shown_name(name)}.")
            sending = _parse_sending(content, limits)
            continue
        path = name.removeprefix(FILES)
        if path == name:
            raise BadBundle(f"{shown_name(name)} is not below {FILES}.")
        if len(files) == limits.files:
            raise BadBundle(f"The bundle holds more than {limits.files} files.")
        total += len(content)
        if total > limits.total_bytes:
            raise TooLarge(f"The files together are larger than {limits.total_bytes} bytes.")
        names.add(path)
        files[path] = content
    if sending is None:
        raise BadBundle("The bundle is empty.")
    return Bundle(sending, MappingProxyType(files))


def write_bundle(sending: Mapping[str, object], files: Iterable[OutgoingFile]) -> OutgoingBundle:
    """Put a bundle together. The same arguments make the same bytes, so that a second try is a replay.

    Raises `BadBundle` for paths `read_bundle` would refuse, and while the chunks are read when a file yields more or
    fewer bytes than it said: then the receiver has got an incomplete bundle and must not be told that it is complete.
    """
    body = json.dumps(sending, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()
    named = [(SENDING, OutgoingFile(SENDING, len(body), (body,)))]
    names = _Names()
    for file in files:
        names.add(file.path)
        named.append((FILES + file.path, file))
    headed = [(header(name, file.size), file) for name, file in named]
    length = sum(len(head) + file.size + padding(file.size) for head, file in headed) + len(END)
    return OutgoingBundle(length, _joined(_pieces(headed)))


class PathFlaw(StrEnum):
    """What keeps a path out of a bundle."""

    NOT_RELATIVE = "not-relative"
    CONTROL_CHARACTERS = "control-characters"
    BACKSLASH = "backslash"
    NOT_NORMAL = "not-normal"
    NOT_ON_WINDOWS = "not-on-windows"
    ODD_PART = "odd-part"
    IN_GIT = "in-git"
    TOO_LONG = "too-long"


_FLAWS = {  # for the detail of an error; candidates have their words in the user interface
    PathFlaw.NOT_RELATIVE: "is not a relative path",
    PathFlaw.CONTROL_CHARACTERS: "has control characters in its name",
    PathFlaw.BACKSLASH: "has a backslash or a drive letter",
    PathFlaw.NOT_NORMAL: "is not in Unicode normal form C",
    PathFlaw.NOT_ON_WINDOWS: "has a name that Windows cannot hold",
    PathFlaw.ODD_PART: "has an empty, “.” or “..” part",
    PathFlaw.IN_GIT: "is inside a Git folder",
    PathFlaw.TOO_LONG: "is too long",
}


def check_path(path: str) -> None:
    """Return for a path a bundle may carry: relative, POSIX, NFC, printable. Raises `BadBundle` naming it."""
    flaw = path_flaw(path)
    if flaw:
        raise BadBundle(f"{shown_name(path)} {_FLAWS[flaw]}.", facts={"path": shown_name(path)})


def path_flaw(path: str) -> PathFlaw | None:
    """What keeps a path out of a bundle, None where nothing does."""
    if not path or path.startswith("/"):
        return PathFlaw.NOT_RELATIVE
    if any(unicodedata.category(mark) in ("Cc", "Cs") or mark in SPOOFING_CHARACTERS for mark in path):
        return PathFlaw.CONTROL_CHARACTERS
    if "\\" in path or any(_DRIVE.match(part) for part in path.split("/")):
        return PathFlaw.BACKSLASH
    if not unicodedata.is_normalized("NFC", path):
        return PathFlaw.NOT_NORMAL
    return _flaw_of_parts(path.split("/"))


def _flaw_of_parts(parts: list[str]) -> PathFlaw | None:
    if any(part in ("", ".", "..") or not is_visible(part.partition(".")[0] or part) for part in parts):
        return PathFlaw.ODD_PART
    if any(part.casefold() == ".git" for part in parts):
        return PathFlaw.IN_GIT
    if any(map(_not_on_windows, parts)):
        return PathFlaw.NOT_ON_WINDOWS
    sizes = [len(part.encode()) for part in parts]
    if len(parts) > _PARTS or max(sizes) > _PART_BYTES or sum(sizes) + len(parts) > _PATH_BYTES:
        return PathFlaw.TOO_LONG
    return None


def _not_on_windows(part: str) -> bool:
    """Whether Windows gives the name another meaning: a device, a stream of another file, a name without its last character.

    Source: "Naming Files, Paths, and Namespaces" of the Win32 documentation. A device is one with any extension.
    """
    stem = part.partition(".")[0].rstrip(" ").upper()
    return part.endswith((".", " ")) or not _WINDOWS_REFUSES.isdisjoint(part) or stem in _DEVICES


@dataclass(slots=True)
class _Names:
    """The paths seen so far, as a file system that ignores case would see them."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def add(self, path: str) -> None:
        """Raises `BadBundle` for a bad path and one that clashes with an earlier one."""
        check_path(path)
        folded = unicodedata.normalize("NFC", path.casefold())
        parts = folded.split("/")
        above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
        if folded in self.files or folded in self.folders or not self.files.isdisjoint(above):
            raise BadBundle(f"{shown_name(path)} is there twice, or differs from another name only in case.")
        self.files.add(folded)
        self.folders |= above


def _parse_sending(content: memoryview, limits: BundleLimits) -> dict[str, object]:
    if len(content) > limits.sending_bytes:
        raise TooLarge(f"{SENDING} is larger than {limits.sending_bytes} bytes.")
    try:
        text = bytes(content).decode()
        sending = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite)
        json.dumps(sending, ensure_ascii=False).encode()  # a lone surrogate hides in an escape
    except (ValueError, RecursionError):
        raise BadBundle(f"{SENDING} is not valid JSON in UTF-8.") from None
    if not isinstance(sending, dict):
        raise BadBundle(f"{SENDING} is not a JSON object.")
    return sending


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members_by_name = dict(pairs)
    if len(members_by_name) != len(pairs):
        raise ValueError("duplicate key")
    return members_by_name


def _no_number(text: str) -> float:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(text)
    return number


def _pieces(headed: Iterable[tuple[bytes, OutgoingFile]]) -> Iterator[bytes]:
    """Every piece of the tar in order."""
    for head, file in headed:
        yield head
        sent = 0
        for chunk in file.chunks:
            sent += len(chunk)
            if sent > file.size:
                break
            yield chunk
        if sent != file.size:
            raise BadBundle(f"{shown_name(file.path)} changed while it was being sent. Send again.")
        yield bytes(padding(file.size))
    yield END


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces; large ones pass through uncopied."""
    waiting: list[bytes] = []
    held = 0
    for piece in pieces:
        if len(piece) >= _DIRECT_BYTES:
            if waiting:
                yield b"".join(waiting)
                waiting, held = [], 0
            yield piece
            continue
        waiting.append(piece)
        held += len(piece)
        if held >= _DIRECT_BYTES:
            yield b"".join(waiting)
            waiting, held = [], 0
    if waiting:
        yield b"".join(waiting)
