"""Pictures compared with Pillow, pixel by pixel, in its own compiled code."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageChops, ImageOps

from enablement_ext.core.comparison.ports import PictureDifference

MOST_PIXELS = 40_000_000  # of one picture; a larger one is not decoded
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_DEEP = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")  # more than eight bits a channel
_COLOURS = ("icc_profile", "gamma", "chromaticity")  # notes of the file that change what is seen
_SQUARE = 32
# Of 255, in the channel that differs most. Anti-aliasing of a line that did not move stays below it.
_FAINT = 48


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


def _decoded(mime: str, data: bytes) -> Image.Image | None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(data), formats=[_FORMATS[mime]])
            if picture.width * picture.height > MOST_PIXELS or getattr(picture, "n_frames", 1) > 1:
                return None
            return _upright(picture)
        except (
            KeyError,
            OSError,
            ValueError,
            SyntaxError,
            Image.DecompressionBombWarning,
            Image.DecompressionBombError,
        ):
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
