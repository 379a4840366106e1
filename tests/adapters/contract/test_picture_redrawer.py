"""Every `PictureRedrawer` makes a picture of pixels alone, whatever the file brings, or none."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from enablement_ext.adapters.memory.comparison import MemoryPictureRedrawer
from enablement_ext.adapters.pillow_pictures import PillowPictureRedrawer
from enablement_ext.core.comparison.ports import PictureRedrawer

CANARY = "<script>canary()</script>"
MAGIC = b"\x89PNG\r\n\x1a\n"


def picture(size: tuple[int, int] = (8, 6)) -> Image.Image:
    """White, its left half red."""
    made = Image.new("RGB", size, "white")
    made.paste((200, 0, 0), (0, 0, size[0] // 2, size[1]))
    return made


def saved(image: Image.Image, form: str, **more: object) -> bytes:
    """As a file."""
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_of(width: int, height: int, rows: bytes, *before: bytes) -> bytes:
    """A PNG that says what it likes of its size."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return MAGIC + head + b"".join(before) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["memory", "pillow"])
def test_a_picture_is_made_anew_and_what_is_none_is_not(kind: str) -> None:
    redrawer: PictureRedrawer = MemoryPictureRedrawer() if kind == "memory" else PillowPictureRedrawer()
    file = b"P3 2 1 255 0 0 0 9 9 9" if kind == "memory" else saved(picture((2, 1)), "PNG")
    made = redrawer.redraw("image/png", file)
    assert made is not None
    assert (made.width, made.height) == (2, 1)
    assert Image.open(io.BytesIO(made.png), formats=["PNG"]).convert("RGB").size == (2, 1)
    for broken in (b"", b"no picture", MAGIC):
        assert redrawer.redraw("image/png", broken) is None


def with_texts() -> bytes:
    """A PNG with everything that a PNG can carry beside its pixels."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", CANARY)
    info.add_itxt("Title", CANARY, zip=True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010E] = CANARY
    return saved(picture(), "PNG", pnginfo=info, icc_profile=profile, exif=exif) + CANARY.encode()


CARRIERS: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "texts, a profile, EXIF, bytes behind its end": ("image/png", with_texts),
    "a comment of a JPEG": ("image/jpeg", lambda: saved(picture(), "JPEG", comment=CANARY.encode())),
    "a comment of a GIF": ("image/gif", lambda: saved(picture(), "GIF", comment=CANARY.encode())),
    "XMP of a WebP": ("image/webp", lambda: saved(picture(), "WEBP", xmp=CANARY.encode(), lossless=True)),
}


@pytest.mark.parametrize("name", CARRIERS)
def test_nothing_but_pixels_is_taken_over(name: str) -> None:
    mime, make = CARRIERS[name]
    made = PillowPictureRedrawer().redraw(mime, make())
    assert made is not None
    assert made.png[:8] == MAGIC
    kinds, at = list[bytes](), 8
    while at < len(made.png):
        kinds.append(made.png[at + 4 : at + 8])
        at += 12 + int.from_bytes(made.png[at : at + 4], "big")
    assert set(kinds) == {b"IHDR", b"IDAT", b"IEND"}
    assert b"canary" not in made.png
    red, green, _ = Image.open(io.BytesIO(made.png)).convert("RGB").getpixel((1, 1))  # type: ignore[misc]
    assert red > green + 100


def moving() -> bytes:
    """A GIF of two frames."""
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("white", "red")]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0)


HOSTILE: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "a picture as large as a house": ("image/png", lambda: png_of(60_000, 60_000, b"\0" * 60_001)),
    "more pixels than are drawn": ("image/png", lambda: saved(Image.new("1", (4_001, 4_001)), "PNG")),
    "no width": ("image/png", lambda: png_of(0, 5, b"\0" * 5)),
    "a text of 64 megabytes": ("image/png", lambda: png_of(1, 1, b"\0\0", chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 26))))),
    "a profile of 64 megabytes": ("image/png", lambda: png_of(1, 1, b"\0\0", chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1 << 26))))),
    "rows that are not there": ("image/png", lambda: png_of(500, 500, b"\0" * 20)),
    "a chunk longer than the file": ("image/png", lambda: MAGIC + b"\xff\xff\xff\xf0IHDR"),
    "a head that is cut": ("image/png", lambda: MAGIC + chunk(b"IHDR", b"\0\0")),
    "a palette that is none": ("image/png", lambda: png_of(1, 1, b"\0\0", chunk(b"PLTE", b"\1"), chunk(b"tRNS", b""))),
    "another format than it says": ("image/png", lambda: saved(picture(), "GIF")),
    "PostScript": ("image/png", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n"),
    "SVG": ("image/svg+xml", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>canary()</script></svg>"),
    "a page": ("image/png", CANARY.encode),
    "a JPEG that is cut": ("image/jpeg", lambda: saved(picture((300, 300)), "JPEG")[:200]),
    "a GIF without frames": ("image/gif", lambda: b"GIF89a\1\0\1\0\0\0\0;"),
    "a GIF that is cut in its first frame": ("image/gif", lambda: moving()[:40]),
    "a WebP that is cut": ("image/webp", lambda: saved(picture((50, 50)), "WEBP")[:30]),
    "a kind nobody knows": ("image/tiff", lambda: saved(picture(), "TIFF")),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_none_or_small_and_harmless(name: str) -> None:
    mime, make = HOSTILE[name]
    made = PillowPictureRedrawer().redraw(mime, make())
    if made is not None:
        assert len(made.png) <= 400_000
        assert max(made.width, made.height) <= 640
        assert b"canary" not in made.png


def test_what_is_large_or_loud_is_made_smaller_and_what_moves_stands_still() -> None:
    noise = Image.effect_noise((1000, 700), 255).convert("RGB")
    made = PillowPictureRedrawer().redraw("image/png", saved(noise, "PNG"))
    assert made is not None
    assert len(made.png) <= 400_000
    assert (made.width, made.height) == Image.open(io.BytesIO(made.png)).size
    still = PillowPictureRedrawer().redraw("image/gif", moving())
    assert still is not None
    assert Image.open(io.BytesIO(still.png)).convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_what_is_transparent_lies_on_white() -> None:
    made = PillowPictureRedrawer().redraw("image/png", saved(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG"))
    assert made is not None
    assert Image.open(io.BytesIO(made.png)).convert("RGB").getpixel((0, 0)) == (255, 255, 255)
