"""Pictures with Pillow, in its own compiled code: compared pixel by pixel, and made anew."""

from __future__ import annotations

import io
import struct
import warnings
import zlib

from PIL import Image, ImageChops, ImageOps

from enablement_ext.core.comparison.ports import PictureDifference, RedrawnPicture

MOST_PIXELS = 40_000_000  # of one picture; a larger one is not decoded
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_DEEP = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")  # more than eight bits a channel
_COLOURS = ("icc_profile", "gamma", "chromaticity")  # notes of the file that change what is seen
_SQUARE = 32
# Of 255, in the channel that differs most. Anti-aliasing of a line that did not move stays below it.
_FAINT = 48
_REDRAWN_PIXELS = 16_000_000  # of a picture that is made anew; its sides are at most so long, and its PNG so large
_REDRAWN_SIDE = 640
_REDRAWN_BYTES = 400_000
_SMALLEST_SIDE = 40
# What Pillow raises for files that are not what they say.
_UNREADABLE = (
    *(KeyError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, OverflowError, AttributeError),
    *(struct.error, zlib.error, Image.DecompressionBombWarning, Image.DecompressionBombError),
)


class PillowPictureComparer:
    """Implements `PictureComparer`. A picture that moves cannot be compared."""

    def compare(self, mime: str, one: bytes, other: bytes) -> PictureDifference | None:
        """Only the format that the mime type names is tried."""
        ours, theirs = _decoded(mime, one), _decoded(mime, other)
        if ours is None or theirs is None or any(ours.info.get(note) != theirs.info.get(note) for note in _COLOURS):
            return None
        sizes = (ours.size, theirs.size)
        if ours.size != theirs.size:
            return PictureDifference(sizes, 0, 0, 0.0)
        strongest = _strongest(ImageChops.difference(ours, theirs))
        changed, solid = (strongest.point([0] * (above + 1) + [255] * (255 - above)) for above in (0, _FAINT))
        return PictureDifference(sizes, changed.histogram()[255], solid.histogram()[255], _densest(solid))


class PillowPictureRedrawer:
    """Implements `PictureRedrawer`. Only pixels are taken over: no text, profile, animation or anything else that a file can carry."""

    def redraw(self, mime: str, data: bytes) -> RedrawnPicture | None:
        """Only the format that the mime type names is tried."""
        found = _decoded(mime, data, _REDRAWN_PIXELS, moving=True, as_shown=True)
        if found is None or 0 in found.size:
            return None
        side, png = _REDRAWN_SIDE, b""
        while side >= _SMALLEST_SIDE:
            found.thumbnail((side, side))
            plain = Image.new("RGB", found.size, "white")
            plain.paste(Image.frombytes("RGBA", found.size, found.tobytes()), mask=found.getchannel("A"))
            made = io.BytesIO()
            plain.save(made, "PNG", optimize=False)
            png = made.getvalue()
            if len(png) <= _REDRAWN_BYTES:
                return RedrawnPicture(png, *found.size)
            side //= 2
        return None


def _decoded(
    mime: str, data: bytes, most: int = MOST_PIXELS, *, moving: bool = False, as_shown: bool = False
) -> Image.Image | None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(data), formats=[_FORMATS[mime]])
            if picture.width * picture.height > most or (not moving and getattr(picture, "n_frames", 1) > 1):
                return None
            return ImageOps.exif_transpose(picture).convert("RGBA") if as_shown else _upright(picture)
        except _UNREADABLE:
            return None


def _upright(picture: Image.Image) -> Image.Image:
    """As it is shown, in four channels of a byte: those of a deep picture are the bytes of its numbers, so that each bit counts."""
    notes: dict[str | tuple[int, int], object] = {note: picture.info.get(note) for note in _COLOURS}
    if picture.mode in _DEEP:
        deep = picture if picture.mode == "F" else picture.convert("I")
        found = Image.frombytes("RGBA", deep.size, deep.tobytes())
    else:
        found = ImageOps.exif_transpose(picture).convert("RGBA")
    found.info = notes
    return found


def _strongest(difference: Image.Image) -> Image.Image:
    """For every pixel, the largest difference of its channels."""
    first, *others = difference.split()
    for channel in others:
        first = ImageChops.lighter(first, channel)
    return first


def _densest(mask: Image.Image) -> float:
    """The largest share of set pixels in a square, of those that lie on a grid of half its size."""
    if mask.width <= _SQUARE or mask.height <= _SQUARE:
        return mask.histogram()[255] / (mask.width * mask.height)
    half = _SQUARE // 2
    moved = (mask, mask.crop((half, half, mask.width, mask.height)))
    counts = (each.reduce(_SQUARE).histogram() for each in moved)
    return max(max(shade for shade, count in enumerate(each) if count) for each in counts) / 255
