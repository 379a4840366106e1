"""Cell ids: taken where they are sound, made from the source where there are none (nbformat before 4.5)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from enablement_ext.core.errors import BadNotebook

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def ids_of(cells: Sequence[Mapping[str, object]], sources: Sequence[str]) -> list[str]:
    """Every cell's id; a cell without one gets one from its source, so that it stays the same when cells are added elsewhere.

    Raises `BadNotebook` for odd ids and for the same id twice.
    """
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        given = cell.get("id")
        if given is None:
            continue
        if not isinstance(given, str) or not _ID.fullmatch(given):
            raise BadNotebook(
                f"Cell {number} has an id that is not 1 to 64 letters, digits, “-” or “_”. "
                "Copy the cell, paste it as a new one, delete the old one, save and send again."
            )
        if given in seen:
            raise BadNotebook(
                f"Cells {seen[given]} and {number} have the same id. "
                f"Copy cell {number}, paste it as a new one, delete the old one, save and send again."
            )
        seen[given] = number
    taken, repeats = set(seen), Counter[str]()
    return [
        str(cell.get("id") or _made(str(cell["cell_type"]), source, taken, repeats))
        for cell, source in zip(cells, sources, strict=True)
    ]


def is_made(identity: str, cell_type: str, source: str) -> bool:
    """Whether an id was made here from this source rather than given."""
    stem, _, repeat = identity.partition("-")
    return (not repeat or repeat.isdecimal()) and stem == _stem(cell_type, source)


def _made(cell_type: str, source: str, taken: set[str], repeats: Counter[str]) -> str:
    stem = _stem(cell_type, source)
    while True:
        repeats[stem] += 1
        made = stem if repeats[stem] == 1 else f"{stem}-{repeats[stem]}"
        if made not in taken:
            taken.add(made)
            return made


def _stem(cell_type: str, source: str) -> str:
    return hashlib.sha256(f"{cell_type}\n{source}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
