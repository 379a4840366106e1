"""The clean filter: a notebook without outputs. Git gets the cleaned notebook, a submission carries the full one.

Idempotent, and never in the way: what is not a notebook of format 4 in UTF-8 (an empty file, one with conflict marks, a byte order mark,
UTF-16, an older format) passes as it is.
"""

from __future__ import annotations

import json
from typing import Any

_VOLATILE = ("ExecuteTime", "execution", "collapsed", "scrolled", "trusted")


def cleaned(data: bytes) -> bytes:
    """The notebook without outputs and execution counts, in Jupyter's own layout; anything else unchanged."""
    try:
        notebook = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
        if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or not isinstance(notebook["cells"], list):
            return data
        for cell in notebook["cells"]:
            _clean(cell)
        # What the kernel says of itself once it runs: it comes and goes with starts and images. The kernel's name stays.
        if isinstance(notebook.get("metadata"), dict):
            notebook["metadata"].pop("language_info", None)
        text = json.dumps(notebook, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        return text.encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return data


def _clean(cell: Any) -> None:
    if cell["cell_type"] == "code":
        cell["outputs"] = []
        cell["execution_count"] = None
    metadata = cell.get("metadata")
    if isinstance(metadata, dict):
        for name in _VOLATILE:
            metadata.pop(name, None)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(text: str) -> float:
    raise ValueError(text)
