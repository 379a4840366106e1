"""Where something stands in a cell's source."""

from __future__ import annotations


def line_of(source: str, text: str) -> int | None:
    """The first line that has the text, from 1."""
    at = source.find(text)
    return source.count("\n", 0, at) + 1 if at >= 0 else None
