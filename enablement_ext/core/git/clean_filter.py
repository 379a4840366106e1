"""The clean filter: a notebook without results. Git gets the cleaned notebook, a submission carries the full one.

Idempotent, and never in the way of `git add`: what cannot be cleaned passes as it is. The buttons of the lab look at `CleanedFile.why` first and hold
such a file back, so that results do not get into a version unnoticed. Git starts a process for each notebook: what is imported here costs every time.
"""

from __future__ import annotations

from enablement_ext.core.notebook.working.environment import as_committed
from enablement_ext.core.notebook.working.file import Unreadable, UnreadableReason, read_author_file
from enablement_ext.core.notebook.working.results import strip_results

# How somebody last looked at a cell, and what a file says of its own safety.
_VIEW = ("collapsed", "scrolled", "trusted")


class CleanedFile:
    """What of a file goes into a version. `why` it could not be cleaned and is as it was, None where it was."""

    __slots__ = ("data", "why")

    def __init__(self, data: bytes, why: UnreadableReason | None = None) -> None:
        self.data = data
        self.why = why


def clean(data: bytes, committed: bytes | None = None) -> CleanedFile:
    """The notebook without results, in Jupyter's own layout, kernel and minor format as in the version of it that is `committed`.

    An empty file, which JupyterLab makes a notebook of, has nothing to clean.
    """
    try:
        return CleanedFile(_cleaned(data, committed))
    except Unreadable as error:
        return CleanedFile(data, error.reason if data.strip() else None)


def cleaned(data: bytes) -> bytes:
    """The notebook without results; what cannot be cleaned unchanged."""
    return clean(data).data


def _cleaned(data: bytes, committed: bytes | None) -> bytes:
    file = read_author_file(data)
    if committed:
        as_committed(file.document, committed)
    strip_results(file.document)
    for cell in file.document["cells"]:
        metadata = cell.get("metadata")
        if isinstance(metadata, dict):
            for name in _VIEW:
                metadata.pop(name, None)
    return file.data()
