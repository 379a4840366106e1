"""What the scan asks of an engine that searches for many shapes at once, as a Protocol."""

from __future__ import annotations

from typing import Protocol


class Prefilter(Protocol):
    """Says quickly where nothing can be found. It may say too much and never too little. Safe from any thread."""

    def shapes(self, data: bytes) -> frozenset[int]:
        """The positions in `core.secrets.shapes.SHAPES` of what may be in the UTF-8 text `data`, or in a stored notebook's bytes."""
        ...
