"""Bundles, good and bad, byte by byte."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from enablement_ext.core.errors import BadBundle
from enablement_ext.core.submission.bundle import OutgoingFile, read_bundle, write_bundle
from enablement_ext.core.submission.tar_format import END, header, padding

SENDING: dict[str, object] = {
    "answers": {"title": "Umsätze"},
    "notebook": {"path": "a.ipynb", "sha256": "0"},
    "files": [],
}


def packed(files: Mapping[str, bytes], sending: Mapping[str, object] | None = None) -> bytes:
    """A bundle made by our writer."""
    outgoing = write_bundle(sending or SENDING, [OutgoingFile(path, len(raw), (raw,)) for path, raw in files.items()])
    data = b"".join(outgoing.chunks)
    assert len(data) == outgoing.length
    return data


def member(name: str, content: bytes = b"x") -> bytes:
    """One member as our writer makes it, whatever its name."""
    return header(name, len(content)) + content + bytes(padding(len(content)))


def bundle_of(*members: bytes, first: bytes | None = None) -> bytes:
    """A bundle with these raw members behind a good first one."""
    return (first or member("submission.json", json.dumps(SENDING).encode())) + b"".join(members) + END


def with_kind(kind: bytes, name: str = "files/odd", link: bytes = b"/etc/passwd", content: bytes = b"") -> bytes:
    """A member of another kind, with a right checksum."""
    return resealed(member(name, content), {156: kind, 157: link})


def resealed(raw: bytes, changes: Mapping[int, bytes]) -> bytes:
    """The member with bytes of its first header replaced and the checksum made right."""
    head = bytearray(raw[:512])
    for at, value in changes.items():
        head[at : at + len(value)] = value
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + raw[512:]


def pax(*records: bytes, name: str = "short", content: bytes = b"x") -> bytes:
    """A member with an extended header of these raw records."""
    body = b"".join(records)
    return resealed(member("pax", body), {156: b"x"}) + member(name, content)


def record(key: str, value: str) -> bytes:
    body = f" {key}={value}\n".encode()
    size = len(body) + 1
    while size != len(body) + len(str(size)):
        size += 1
    return str(size).encode() + body


def refused(data: bytes) -> str:
    with pytest.raises(BadBundle) as caught:
        read_bundle(data)
    return caught.value.message
