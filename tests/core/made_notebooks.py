"""Notebooks for tests, made from plain values."""

from __future__ import annotations

import json
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
