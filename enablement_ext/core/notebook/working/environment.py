"""What a notebook file says of the machine it was saved on: kernel specification and minor format. They differ between people who change nothing.

In a version they stay as they were committed last. A kernel of another language is work and goes in; so does a format without which the file would
not be valid. Between versions that were sent to review a changed kernel counts: see `core/review/version_changes`.
"""

from __future__ import annotations

from itertools import chain, count
from zlib import crc32

from enablement_ext.core.notebook.working.cells import Cell, matching_cells, source_of
from enablement_ext.core.notebook.working.file import Unreadable, read_author_file

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would cost Git's filter a tenth of its time
if TYPE_CHECKING:
    from typing import Any

_KERNEL = "kernelspec"
_MINOR = "nbformat_minor"
_ATTACHMENTS_SINCE, _IDS_SINCE = 1, 5  # minor formats of 4


def as_committed(notebook: dict[str, Any], committed: bytes) -> None:
    """Kernel and minor format of a notebook, whose results are still in it, become those of the committed one, in place; of what is none, nothing is taken."""
    try:
        last = read_author_file(committed).document
    except Unreadable:
        return
    here, there = notebook.get("metadata"), last.get("metadata")
    if isinstance(here, dict) and isinstance(there, dict) and _same_language(here, there):
        _keep_kernel(here, there)
    _keep_format(notebook, last)


def _keep_kernel(here: dict[str, Any], there: dict[str, Any]) -> None:
    if _KERNEL in there:
        _put(here, _KERNEL, there[_KERNEL])
    else:
        here.pop(_KERNEL, None)


def _same_language(here: dict[str, Any], there: dict[str, Any]) -> bool:
    """Whether the code is for the same language, as far as both say. Of a version `language_info` is not known."""
    (name, language), (committed_name, committed_language) = _kernel(here), _kernel(there)
    if not committed_name or name == committed_name:
        return True
    if language and committed_language:
        return language == committed_language
    if not name:
        return True
    known, other = (language, committed_name) if language else (committed_language, name)
    return not known or other.startswith(known)


def _kernel(metadata: dict[str, Any]) -> tuple[str, str]:
    """Name of the kernel and its language, "" for what is not said."""
    spec, language = metadata.get(_KERNEL), metadata.get("language_info")
    named = spec if isinstance(spec, dict) else {}
    told = named.get("language") or (language.get("name") if isinstance(language, dict) else "")
    return str(named.get("name") or "").casefold(), str(told or "").casefold()


def _keep_format(notebook: dict[str, Any], last: dict[str, Any]) -> None:
    here, there, cells = notebook.get(_MINOR), last.get(_MINOR), notebook["cells"]
    if not isinstance(here, int) or not isinstance(there, int) or here == there:
        return
    if there < _ATTACHMENTS_SINCE and any("attachments" in cell for cell in cells):
        return
    notebook[_MINOR] = there
    if there >= _IDS_SINCE:
        _name(cells, last["cells"])
    elif not any("id" in cell for cell in last["cells"]):
        for cell in cells:  # made when it was opened: the older format has none
            cell.pop("id", None)


def _name(cells: list[Cell], committed: list[Cell]) -> None:
    """Cells without an id get the one that they had, else one that is made of what is in them."""
    before = {new: committed[old].get("id") for old, new in matching_cells(committed, cells).items()}
    taken = {str(cell["id"]) for cell in cells if "id" in cell}
    for index, cell in enumerate(cells):
        if "id" in cell:
            continue
        made = crc32(source_of(cell).encode("utf-8", "replace"))
        names = (f"{made + more & 0xFFFFFFFF:08x}" for more in count())
        name = next(each for each in chain([before.get(index)], names) if each and each not in taken)
        _put(cell, "id", name)
        taken.add(name)


def _put(entries: dict[str, Any], key: str, value: object) -> None:
    """In its place where the names are in order, as Jupyter writes them."""
    ordered = key not in entries and list(entries) == sorted(entries)
    entries[key] = value
    if ordered:
        whole = sorted(entries.items())
        entries.clear()
        entries.update(whole)
