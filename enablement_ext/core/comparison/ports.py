"""What the comparison asks of libraries: to read the tables of a page, and to compare two pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text. `header` are the columns' labels; a row's first `labels` cells are its label."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    labels: int = 0


@dataclass(frozen=True, slots=True)
class PictureDifference:
    """Two decoded pictures. Sizes are (width, height) in pixels; `changed` counts pixels that differ at all, `solid` those that are not
    mere anti-aliasing; `densest` is the largest share of solid ones in a square of 32 pixels, 0 to 1. Where sizes differ, all are 0."""

    sizes: tuple[tuple[int, int], tuple[int, int]]
    changed: int
    solid: int
    densest: float


@dataclass(frozen=True, slots=True)
class RedrawnPicture:
    """A PNG that was made anew from pixels; width and height in pixels."""

    png: bytes
    width: int
    height: int


class TableReader(Protocol):
    """Reads tables out of HTML. Neither runs nor fetches anything."""

    def tables(self, html: str) -> Sequence[Table] | None:
        """The page's tables in order, None where there is more in it than tables (text, pictures), or none."""
        ...


class PictureComparer(Protocol):
    """Decodes and compares pictures."""

    def compare(self, mime: str, one: bytes, other: bytes) -> PictureDifference | None:
        """None where one of the two cannot be decoded, or is too large to be."""
        ...


class PictureRedrawer(Protocol):
    """Makes a picture anew, so that nothing of the file that came in goes out."""

    def redraw(self, mime: str, data: bytes) -> RedrawnPicture | None:
        """The first frame, on white, made smaller where it is large. None where it cannot be decoded, or is too large to be."""
        ...
