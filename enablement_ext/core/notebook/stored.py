"""Reading stored notebooks without parsing what is not looked at.

The canonical form has every structural line at a known indentation, and JSON strings never contain a raw line end. So cells, and the
parts of a cell, are found by searching bytes: the images of the other cells are passed over at memory speed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from enablement_ext.core.errors import BadNotebook
from enablement_ext.core.notebook.canonical import language_of
from enablement_ext.core.notebook.metadata import language_of_cell

_HEAD = b'{\n "cells": ['
_CELL = b"\n  {\n"
_CELL_BEGIN = re.compile(re.escape(_CELL))  # passes long lines over at memory speed, which `bytes.find` does not
_AT_ONCE = 1_000_000  # bytes searched before other threads get their turn
_CELL_END = b"\n  }"
_TAIL = b'],\n "metadata": '
_VERSION = b',\n "nbformat": 4,\n "nbformat_minor": 5\n}\n'
_OUTPUT = b"\n    {\n"


@dataclass(frozen=True)
class StoredCell:
    """One cell of a stored notebook; parts are parsed when they are asked for."""

    index: int
    raw: bytes

    @cached_property
    def _marks(self) -> tuple[int, int]:
        """Where the outputs and the source begin (the outputs' start is the source's where there are none)."""
        source = self.raw.rfind(b'\n   "source": ')
        outputs = self.raw.find(b'\n   "outputs": ')
        if source < 0 or outputs > source:
            raise BadNotebook("The stored notebook is not in canonical form.")
        return (outputs if outputs >= 0 else source), source

    @cached_property
    def _front(self) -> dict[str, object]:
        front = self.raw[: self._marks[0]].rstrip().rstrip(b",")
        found = _json(b"{" + front + b"}")
        if not isinstance(found, dict) or "id" not in found or "cell_type" not in found:
            raise BadNotebook("The stored notebook is not in canonical form.")
        return found

    @cached_property
    def whole(self) -> dict[str, object]:
        """All of it, parsed at once, for whoever looks at every part."""
        found = _json(b"{" + self.raw + b"}")
        if not isinstance(found, dict) or not found.keys() >= {"id", "cell_type", "source"}:
            raise BadNotebook("The stored notebook is not in canonical form.")
        return found

    @property
    def id(self) -> str:
        """The cell's id."""
        return str(self._front["id"])

    @property
    def cell_type(self) -> str:
        """code, markdown or raw."""
        return str(self._front["cell_type"])

    @property
    def execution_count(self) -> int | None:
        """The number in the cell's prompt."""
        count = self._front.get("execution_count")
        return count if isinstance(count, int) else None

    @property
    def metadata(self) -> object:
        """The cell's metadata."""
        return self._front.get("metadata", {})

    @property
    def language(self) -> str:
        """The language that the cell names for itself, "" where it runs in the notebook's."""
        return language_of_cell(self.metadata)

    @property
    def attachments(self) -> dict[str, dict[str, object]]:
        """name -> mime type -> value, empty where there are none."""
        found = self._front.get("attachments")
        return found if isinstance(found, dict) else {}

    @cached_property
    def source(self) -> str:
        """The cell's source."""
        found = _json(self.raw[self._marks[1] + len(b'\n   "source": ') :])
        return "".join(found) if isinstance(found, list) else str(found)

    @cached_property
    def source_sha256(self) -> str:
        """Hash of the source."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def raw_outputs(self) -> bytes:
        """The outputs as they are stored; equal bytes are equal outputs."""
        start, end = self._marks
        return self.raw[start + len(b'\n   "outputs": ') : end].rstrip(b",") if start < end else b"[]"

    @cached_property
    def raw_outputs_list(self) -> list[bytes]:
        """Each output as it is stored, for itself."""
        pieces = self.raw_outputs.split(_OUTPUT)[1:]
        return [b"{\n" + piece[: piece.rfind(b"\n    }")] + b"\n}" for piece in pieces]

    @property
    def outputs(self) -> list[dict[str, object]]:
        """The outputs, parsed."""
        found = _json(self.raw_outputs)
        return found if isinstance(found, list) else []

    @property
    def outputs_total(self) -> int:
        """How many outputs there are."""
        return self.raw_outputs.count(_OUTPUT)


class StoredNotebook:
    """A stored notebook. Takes what `canonicalise` made; raises `BadNotebook` for anything that is not laid out like that."""

    def __init__(self, data: bytes) -> None:
        """Find the cells in the canonical bytes."""
        end = data.rfind(_TAIL)
        if not data.startswith(_HEAD) or end < 0 or not data.endswith(_VERSION):
            raise BadNotebook("The stored notebook is not in canonical form.")
        self.raw_metadata = data[end + len(_TAIL) : -len(_VERSION)]
        starts = list(_cell_starts(data, end))
        ends = [start - len(_CELL) - 1 for start in starts[1:]] + [end - 2]
        self._data = data
        self._bounds = [(start, stop - len(_CELL_END)) for start, stop in zip(starts, ends, strict=False)]

    def __len__(self) -> int:
        """The number of cells."""
        return len(self._bounds)

    def cell(self, index: int) -> StoredCell:
        """The cell at `index`. Raises `IndexError`."""
        start, stop = self._bounds[index]
        return StoredCell(index, self._data[start:stop])

    @cached_property
    def cells(self) -> list[StoredCell]:
        """All cells in order."""
        return [self.cell(index) for index in range(len(self))]

    @cached_property
    def metadata(self) -> dict[str, object]:
        """The notebook's metadata."""
        found = _json(self.raw_metadata)
        return found if isinstance(found, dict) else {}

    @property
    def language(self) -> str:
        """The programming language, "" where the notebook names none."""
        return language_of(self.metadata)


def _cell_starts(data: bytes, end: int) -> Iterator[int]:
    """Where the inside of each cell starts."""
    for look in range(len(_HEAD), end, _AT_ONCE):
        stop = min(look + _AT_ONCE + len(_CELL) - 1, end)
        yield from (begin.end() for begin in _CELL_BEGIN.finditer(data, look, stop))


def _json(raw: bytes) -> object:
    try:
        return json.loads(
            str(raw, "utf-8", "surrogatepass")
        )  # told apart from UTF-16 and the like when it was canonicalised
    except (ValueError, RecursionError):
        raise BadNotebook("The stored notebook is not in canonical form.") from None
