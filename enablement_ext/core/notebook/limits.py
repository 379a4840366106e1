"""How much of a notebook is accepted, and how much of it is shown at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotebookLimits:
    """What is accepted. Sizes are bytes of the file as it arrives.

    `depth` counts nested lists and objects. `containers` counts lists and objects, `keys` the keys of all objects, `values` the commas
    between members and also the lines of all texts: together they decide how much memory and time a notebook takes.
    """

    size: int = 240 * 1024 * 1024
    depth: int = 100
    containers: int = 400_000
    keys: int = 1_000_000
    values: int = 4_000_000
    cells: int = 20_000
    json_value: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ViewLimits:
    """What is shown of a notebook in one answer. Sizes are bytes of UTF-8.

    `text` bounds one text (a source, a stream, an HTML table), `image` one image, `page` everything in one answer. Once the page
    is full, further texts get `remnant` and further images nothing.
    """

    text: int = 200_000
    image: int = 2_000_000
    page: int = 8_000_000
    remnant: int = 1_000
    outputs: int = 100


PAGE_VIEW = ViewLimits()
CELL_VIEW = ViewLimits(text=8_000_000, image=8_000_000, page=16_000_000, outputs=1_000)
