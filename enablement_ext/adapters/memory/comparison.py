"""What the comparison asks of libraries, for pictures in the plain PPM format and tables that were given beforehand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enablement_ext.core.comparison.ports import PictureDifference, RedrawnPicture, Table

Pixel = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MemoryTableReader:
    """Implements `TableReader` over pages that are known."""

    pages: Mapping[str, Sequence[Table]] = field(default_factory=dict)

    def tables(self, html: str) -> Sequence[Table] | None:
        """None for any other page."""
        return self.pages.get(html)


class MemoryPictureComparer:
    """Implements `PictureComparer`; the mime type is not looked at. A picture is one square here: the densest one is all of it."""

    def compare(self, mime: str, one: bytes, other: bytes) -> PictureDifference | None:  # noqa: ARG002 - the port's
        """A pixel that is not mere anti-aliasing differs by more than 48 of 255."""
        try:
            (ours, mine), (theirs, yours) = _decoded(one), _decoded(other)
        except ValueError:
            return None
        if ours != theirs:
            return PictureDifference((ours, theirs), 0, 0, 0.0)
        strongest = [max(abs(a - b) for a, b in zip(*pair, strict=True)) for pair in zip(mine, yours, strict=True)]
        solid = sum(1 for each in strongest if each > 48)
        return PictureDifference((ours, theirs), sum(1 for each in strongest if each), solid, solid / len(strongest))


class MemoryPictureRedrawer:
    """Implements `PictureRedrawer`; the mime type is not looked at, and a PNG is made of the size alone: all black."""

    def redraw(self, mime: str, data: bytes) -> RedrawnPicture | None:  # noqa: ARG002 - the port's
        """None for what is no plain PPM."""
        try:
            (width, height), _ = _decoded(data)
        except ValueError:
            return None
        rows = zlib.compress((b"\0" + b"\0" * width) * height)
        head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", rows), _chunk(b"IEND", b""))
        return RedrawnPicture(b"\x89PNG\r\n\x1a\n" + b"".join(chunks), width, height)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _decoded(data: bytes) -> tuple[tuple[int, int], list[Pixel]]:
    magic, *numbers = data.split()
    width, height, _, *values = map(int, numbers)
    if magic != b"P3" or len(values) != width * height * 3:
        raise ValueError("no plain PPM")
    return (width, height), [tuple(values[at : at + 3]) for at in range(0, len(values), 3)]
