"""A small, strict reader and writer of tar: POSIX ustar, or pax for the sake of a long or non-ASCII path, regular files only.

Why not `tarfile`: it follows every dialect (GNU long names, sparse files, global pax headers, base-256 numbers), takes a
damaged header for the end of the archive, reads extended headers of any size, and copies what it extracts. Here everything
but the documented form is refused with a sentence, and the work done is bounded by what arrived, not by what a header
claims. Owners, modes and times in the headers are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from enablement_ext.core.errors import BadBundle, TooLarge
from enablement_ext.core.text.direction_marks import DIRECTION_MARKS

BLOCK = 512
END = bytes(2 * BLOCK)

_PAX_BYTES = 8 * 1024  # an extended header holds a path and some times: more is an attack
_TRAILER_BYTES = 64 * 1024  # zeros after the end mark: writers pad to a record, 10,240 bytes by default
_USTAR = b"ustar\x0000"
_OCTAL = re.compile(rb"[0-7]{1,11}[\x00 ]+")
_CHECKSUM = re.compile(rb" {0,5}[0-7]{1,7}[\x00 ]+")
_PAX_RECORD = re.compile(rb"([1-9][0-9]{0,4}) ([^=\n]{1,64})=")
_PAX_IGNORED = frozenset({b"mtime", b"atime", b"ctime", b"uid", b"gid", b"uname", b"gname"})
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a folder",
    b"6": "a named pipe",
    b"S": "a sparse file",
    b"g": "a global extended header",
}
# With these a name is displayed as another one, or on two lines.
SPOOFING_CHARACTERS = DIRECTION_MARKS | {"\u2028", "\u2029"}


def members(data: memoryview, member_bytes: int) -> Iterator[tuple[str, memoryview]]:
    """Name and content (a slice, not a copy) of each member in order.

    Raises `BadBundle` for anything but the documented form, up to the last byte, and `TooLarge` for a member of more than
    `member_bytes`. Names are decoded and otherwise unchecked: judge them before use.
    """
    at = 0
    pax_path: bytes | None = None
    pax_seen = False
    while True:
        head = bytes(data[at : at + BLOCK])
        if len(head) < BLOCK:
            raise BadBundle("The bundle is cut off: its end mark is missing.")
        if head == END[:BLOCK]:
            break
        name, kind, size = _read_header(head)
        at += BLOCK
        if kind == b"x":
            if pax_seen or size > _PAX_BYTES:
                raise BadBundle(f"The extended header {shown_name(_text(name))} is doubled or too large.")
            pax_path = _pax_path(bytes(_content(data, at, size)))
            pax_seen = True
        else:
            name, pax_path, pax_seen = name if pax_path is None else pax_path, None, False
            text = _text(name)
            if kind not in (b"0", b"\0"):
                raise BadBundle(
                    f"{shown_name(text)} is {_KINDS.get(kind, 'of an unknown kind')}; only regular files can be sent."
                )
            if size > member_bytes:
                raise TooLarge(
                    f"{shown_name(text)} is larger than {member_bytes} bytes.", facts={"limit": member_bytes}
                )
            yield text, _content(data, at, size)
        at += size + padding(size)
    if pax_seen:
        raise BadBundle("The bundle ends in an extended header without its file.")
    rest = data[at:]
    if not 2 * BLOCK <= len(rest) <= _TRAILER_BYTES or len(rest) % BLOCK or any(rest):
        raise BadBundle("The bundle is cut off, or something follows its end mark.")


def header(name: str, size: int) -> bytes:
    """The header of a regular file with fixed mode, owner and time: the same arguments make the same bytes."""
    raw = name.encode()
    if raw.isascii() and len(raw) <= 100:
        return _block(raw, size, b"0")
    record = _pax_record(b"path", raw)
    short = re.sub(rb"[^\x20-\x7e]", b"_", raw)[-100:]
    return _block(b"pax-header", len(record), b"x") + record + bytes(padding(len(record))) + _block(short, size, b"0")


def padding(size: int) -> int:
    """Bytes of zeros after a content of this size."""
    return -size % BLOCK


def shown_name(name: str) -> str:
    """A name as it may stand in a sentence: short, printable, quoted."""
    cut = name if len(name) <= 120 else name[:117] + "…"
    return (
        "“"
        + "".join(mark if mark.isprintable() and mark not in SPOOFING_CHARACTERS else "\ufffd" for mark in cut)
        + "”"
    )


def _content(data: memoryview, at: int, size: int) -> memoryview:
    end = at + size
    if end + padding(size) > len(data):
        raise BadBundle("The bundle is cut off in the middle of a file.")
    if any(data[end : end + padding(size)]):
        raise BadBundle("The bundle has bytes hidden between its files.")
    return data[at:end]


def _read_header(head: bytes) -> tuple[bytes, bytes, int]:
    """Name, kind and size of a header block."""
    checksum = _CHECKSUM.fullmatch(head[148:156])
    if not checksum or int(checksum.group().strip(b" \0"), 8) != sum(head) - sum(head[148:156]) + 8 * 32:
        raise BadBundle("The bundle is damaged: a header does not fit its checksum.")
    if head[257:265] != _USTAR:
        raise BadBundle("The bundle is not a POSIX tar. With GNU tar use --format=pax.")
    size = _OCTAL.fullmatch(head[124:136])
    if not size:
        raise BadBundle("The bundle has a file whose size is not a plain number.")
    prefix, name = _field(head[345:500]), _field(head[:100])
    if _field(head[157:257]) and head[156:157] in (b"0", b"\0"):
        raise BadBundle(f"{shown_name(_text(name))} names a link target and says it is a regular file.")
    return (prefix + b"/" + name if prefix else name), head[156:157], int(size.group().strip(b" \0"), 8)


def _field(raw: bytes) -> bytes:
    """A NUL-terminated field; bytes behind the terminator would be read differently by others."""
    value, _, rest = raw.partition(b"\0")
    if rest.strip(b"\0"):
        raise BadBundle("The bundle has bytes hidden behind a name.")
    return value


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise BadBundle(f"{shown_name(raw.decode(errors='replace'))} is not named in UTF-8.") from None


def _pax_path(content: bytes) -> bytes | None:
    """The path an extended header gives; None where it gives none."""
    seen: set[bytes] = set()
    path: bytes | None = None
    at = 0
    while at < len(content):
        record = _PAX_RECORD.match(content, at)
        end = at + int(record.group(1)) if record else at
        if not record or end <= record.end() or end > len(content) or content[end - 1 : end] != b"\n":
            raise BadBundle("The bundle has a damaged extended header.")
        key = record.group(2)
        if key in seen or (key != b"path" and key not in _PAX_IGNORED):
            raise BadBundle(
                f"The bundle has an extended header with {shown_name(_text(key))}, which is doubled or not allowed."
            )
        seen.add(key)
        if key == b"path":
            path = content[record.end() : end - 1]
        at = end
    return path


def _pax_record(key: bytes, value: bytes) -> bytes:
    """A record whose length counts itself."""
    body = b" " + key + b"=" + value + b"\n"
    length = len(body) + len(str(len(body)))
    length = len(body) + len(str(length))
    return str(length).encode() + body


def _block(name: bytes, size: int, kind: bytes) -> bytes:
    head = bytearray(BLOCK)
    head[: len(name)] = name
    head[100:108] = b"0000644\0"
    head[108:116] = head[116:124] = b"0000000\0"
    head[124:136] = b"%011o\0" % size
    head[136:148] = b"00000000000\0"
    head[148:156] = b" " * 8
    head[156:157] = kind
    head[257:265] = _USTAR
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)
