"""Every `PictureComparer` says the same of the same pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import pytest
from PIL import Image

from enablement_ext.adapters.memory.comparison import MemoryPictureComparer
from enablement_ext.adapters.pillow_pictures import MOST_PIXELS, PillowPictureComparer
from enablement_ext.core.comparison.ports import PictureComparer, PictureDifference

Grid = Mapping[tuple[int, int], tuple[int, int, int]]
Draw = Callable[[tuple[int, int], Grid], bytes]
WHITE = (255, 255, 255)


def png(size: tuple[int, int], grid: Grid, **more: object) -> bytes:
    picture = Image.new("RGB", size, WHITE)
    for place, colour in grid.items():
        picture.putpixel(place, colour)
    file = io.BytesIO()
    picture.save(file, "PNG", **more)
    return file.getvalue()


def ppm(size: tuple[int, int], grid: Grid) -> bytes:
    places = ((x, y) for y in range(size[1]) for x in range(size[0]))
    pixels = " ".join(str(value) for place in places for value in grid.get(place, WHITE))
    return f"P3 {size[0]} {size[1]} 255 {pixels}".encode()


@pytest.fixture(params=["memory", "pillow"])
def drawn(request: pytest.FixtureRequest) -> tuple[PictureComparer, Draw]:
    return (MemoryPictureComparer(), ppm) if request.param == "memory" else (PillowPictureComparer(), png)


Drawn = tuple[PictureComparer, Draw]
SIZE = (16, 16)
MARK: Grid = {(x, y): (200, 0, 0) for x in range(4, 8) for y in range(4, 8)}


def test_the_same_pixels_are_no_difference(drawn: Drawn) -> None:
    comparer, draw = drawn
    assert comparer.compare("image/png", draw(SIZE, MARK), draw(SIZE, dict(MARK))) == PictureDifference(
        (SIZE, SIZE), 0, 0, 0.0
    )


def test_a_mark_is_counted_and_its_density_said(drawn: Drawn) -> None:
    comparer, draw = drawn
    found = comparer.compare("image/png", draw(SIZE, {}), draw(SIZE, MARK))
    assert found == PictureDifference((SIZE, SIZE), 16, 16, 16 / 256)


def test_a_faint_change_is_a_change_and_not_a_solid_one(drawn: Drawn) -> None:
    comparer, draw = drawn
    found = comparer.compare("image/png", draw(SIZE, {}), draw(SIZE, {(3, 3): (250, 255, 255)}))
    assert found == PictureDifference((SIZE, SIZE), 1, 0, 0.0)


def test_another_size_is_said_first(drawn: Drawn) -> None:
    comparer, draw = drawn
    assert comparer.compare("image/png", draw(SIZE, {}), draw((16, 17), {})) == PictureDifference(
        (SIZE, (16, 17)), 0, 0, 0.0
    )


@pytest.mark.parametrize("broken", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_decoded_is_none(drawn: Drawn, broken: bytes) -> None:
    comparer, draw = drawn
    assert comparer.compare("image/png", draw(SIZE, {}), broken) is None
    assert comparer.compare("image/png", broken, draw(SIZE, {})) is None


def test_a_cut_a_foreign_and_a_huge_file_are_none() -> None:
    whole = png((200, 200), MARK)
    comparer = PillowPictureComparer()
    assert comparer.compare("image/png", whole, whole[:-40]) is None
    assert comparer.compare("image/jpeg", whole, whole) is None
    assert comparer.compare("image/svg+xml", whole, whole) is None
    side = int(MOST_PIXELS**0.5) + 1
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    assert comparer.compare("image/png", file.getvalue(), file.getvalue()) is None
    moving = io.BytesIO()
    frames = [Image.new("RGB", SIZE, colour) for colour in ("white", "red")]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    assert comparer.compare("image/gif", moving.getvalue(), moving.getvalue()) is None


def test_in_a_large_picture_the_densest_place_is_said() -> None:
    size = (800, 600)
    mark: Grid = {(x, y): (0, 0, 0) for x in range(300, 312) for y in range(200, 212)}
    found = PillowPictureComparer().compare("image/png", png(size, {}), png(size, mark))
    assert found is not None
    assert (found.changed, found.solid) == (144, 144)
    assert found.densest >= 0.1
    noise: Grid = {(x, y): (0, 0, 0) for x in range(0, 800, 40) for y in range(0, 600, 40)}
    scattered = PillowPictureComparer().compare("image/png", png(size, {}), png(size, noise))
    assert scattered is not None
    assert scattered.changed == 300 > found.changed
    assert scattered.densest < 0.01 < found.densest


def saved(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def test_every_bit_of_a_deep_picture_counts() -> None:
    one, other = (saved(Image.frombytes("I;16", (1, 1), value.to_bytes(2, "little"))) for value in (5000, 5001))
    comparer = PillowPictureComparer()
    assert comparer.compare("image/png", one, one) == PictureDifference(((1, 1), (1, 1)), 0, 0, 0.0)
    found = comparer.compare("image/png", one, other)
    assert found is not None
    assert found.changed == 1


def test_what_turns_a_picture_or_its_colours_counts() -> None:
    turned, plain = Image.Exif(), Image.new("RGB", (4, 8), WHITE)
    turned[0x0112] = 6
    comparer = PillowPictureComparer()
    found = comparer.compare("image/png", saved(plain), saved(plain, exif=turned))
    assert found is not None
    assert found.sizes == ((4, 8), (8, 4))
    assert comparer.compare("image/png", saved(plain), saved(plain, icc_profile=b"another")) is None
