"""Notebooks for tests, made from plain values."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence

from enablement_ext.core.notebook import canonicalise

Json = dict[str, object]


def code(source: object, *outputs: Mapping[str, object], **more: object) -> Json:
    """A code cell."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": list(outputs),
        "source": source,
        **more,
    }


def markdown(source: object, **more: object) -> Json:
    """A markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def stream(text: object, name: str = "stdout") -> Json:
    """A printed output."""
    return {"output_type": "stream", "name": name, "text": text}


def display(data: Mapping[str, object], metadata: Mapping[str, object] | None = None) -> Json:
    """A display output."""
    return {"output_type": "display_data", "data": dict(data), "metadata": dict(metadata or {})}


def value(*cells: Json, **more: object) -> Json:
    """A notebook as a value; cells without an id get one from their number."""
    named = [{"id": f"c{number}", **cell} for number, cell in enumerate(cells)]
    return {"cells": named, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def raw(*cells: Json, **more: object) -> bytes:
    """A notebook file as it might arrive."""
    return json.dumps(value(*cells, **more)).encode()


def stored(*cells: Json, **more: object) -> bytes:
    """A notebook in canonical form."""
    return canonicalise(raw(*cells, **more)).data


def cells_of(data: bytes) -> Sequence[Json]:
    """The cells of a notebook file."""
    cells = json.loads(data)["cells"]
    assert isinstance(cells, list)
    return cells


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to four random edits: bytes changed, cut, doubled, or replaced by something that matters to JSON."""
    pieces = (
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\x00",
        b"\xff",
        b"\\ud800",
        b"NaN",
        b"1e999",
        b"null",
        b"-",
        b"\n",
        b'"id":1,',
    )
    edited = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(edited) + 1)
        length = chance.choice((0, 1, 1, 3, 40))
        piece = chance.choice((b"", bytes([chance.randrange(256)]), chance.choice(pieces), data[at : at + 20] * 2))
        edited[at : at + length] = piece
    return bytes(edited)
