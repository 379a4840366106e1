"""The clean filter: a notebook without results. Git gets the cleaned notebook, a submission carries the full one.

Idempotent, and never in the way of `git add`: what cannot be cleaned passes as it is. The buttons of the lab ask `why_not` first and hold
such a file back, so that results do not get into a version unnoticed.
"""

from __future__ import annotations

from enablement_ext.core.notebook.working.file import Unreadable, UnreadableReason, read_author_file
from enablement_ext.core.notebook.working.results import strip_results

# How somebody last looked at a cell, and what a file says of its own safety.
_VIEW = ("collapsed", "scrolled", "trusted")


def cleaned(data: bytes) -> bytes:
    """The notebook without results, in Jupyter's own layout; what cannot be cleaned unchanged."""
    try:
        return _clean(data)
    except Unreadable:
        return data


def why_not(data: bytes) -> UnreadableReason | None:
    """Why the file cannot be cleaned, None where it can. An empty file, which JupyterLab makes a notebook of, has nothing to clean."""
    try:
        _clean(data)
    except Unreadable as error:
        return error.reason if data.strip() else None
    return None


def _clean(data: bytes) -> bytes:
    file = read_author_file(data)
    strip_results(file.document)
    for cell in file.document["cells"]:
        metadata = cell.get("metadata")
        if isinstance(metadata, dict):
            for name in _VIEW:
                metadata.pop(name, None)
    return file.data()
