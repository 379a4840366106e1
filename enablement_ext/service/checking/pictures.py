"""Pictures of cells as they were sent and as a run showed them, made anew in a checking process for a page that shows nothing else of a notebook."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from enablement_ext.core.comparison.pictures import FORMS
from enablement_ext.core.comparison.ports import PictureRedrawer
from enablement_ext.core.notebook.stored import StoredNotebook
from enablement_ext.service.checking.wire import Json

MOST_PICTURES = 6  # of one page
_LONGEST = 12_000_000  # characters of one in base64
_ORDER = ("image/png", "image/jpeg", "image/webp", "image/gif")


@dataclass(frozen=True, slots=True)
class CellPicture:
    """One picture. `cell` and `output` count from 0; `again`: the run showed it; `png` is empty where it could not be made anew."""

    cell: int
    output: int
    again: bool
    png: bytes
    width: int = 0
    height: int = 0


def redrawn(sent: bytes, run: bytes, cells: Sequence[int], redrawer: PictureRedrawer) -> list[CellPicture]:
    """Of these cells, in their order, the pictures that are another file in the run; of very many the first."""
    found = list[CellPicture]()
    for cell, output, again, picture in _others(sent, run, cells):
        if len(found) == MOST_PICTURES:
            break
        mime, data = picture
        made = redrawer.redraw(mime, _bytes(data)) if len(data) <= _LONGEST else None
        place = (cell, output, again)
        found.append(
            CellPicture(*place, b"") if made is None else CellPicture(*place, made.png, made.width, made.height)
        )
    return found


def pictures_answer(found: Sequence[CellPicture]) -> tuple[Json, list[bytes]]:
    """As a message with one part."""
    told = [[each.cell, each.output, each.again, len(each.png), each.width, each.height] for each in found]
    return {"pictures": told}, [b"".join(each.png for each in found)]


def pictures_from(message: Json, part: bytes) -> list[CellPicture]:
    """What `pictures_answer` wrote."""
    told, start, found = message["pictures"], 0, list[CellPicture]()
    for cell, output, again, size, width, height in told if isinstance(told, list) else []:
        found.append(CellPicture(cell, output, again, part[start : start + size], width, height))
        start += size
    return found


def _others(sent: bytes, run: bytes, cells: Sequence[int]) -> Iterator[tuple[int, int, bool, tuple[str, str]]]:
    """Pictures that are not the same on both sides: cell, output, whether the run showed it, and (mime type, base64)."""
    sides = [
        {cell.index: cell for cell in StoredNotebook(notebook).cells if cell.index in cells} for notebook in (sent, run)
    ]
    for index in cells:
        shown = [list(map(_picture, side[index].outputs)) if index in side else [] for side in sides]
        for output, pair in enumerate(zip_longest(*shown)):
            if pair[0] != pair[1]:
                yield from ((index, output, bool(at), each) for at, each in enumerate(pair) if each is not None)


def _picture(output: Mapping[str, object]) -> tuple[str, str] | None:
    data = output.get("data")
    forms = data if isinstance(data, Mapping) else {}
    mime = next((each for each in _ORDER if each in forms and each in FORMS), None)
    if mime is None:
        return None
    value = forms[mime]
    text = "".join(map(str, value)) if isinstance(value, list) else str(value)
    return mime, "".join(text.split())


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
