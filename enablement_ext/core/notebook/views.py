"""A stored notebook for reading: cells by page, and nothing so big that a browser suffers.

What is too big is left out whole and listed under `cut`, because half an HTML table or half an image is not a smaller one. Only plain
text is cut, at a line end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from enablement_ext.core.errors import NotFound
from enablement_ext.core.notebook.limits import CELL_VIEW, PAGE_VIEW, ViewLimits
from enablement_ext.core.notebook.outputs import is_json_mime
from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook


def view(notebook_data: bytes, first: int, count: int, limits: ViewLimits = PAGE_VIEW) -> dict[str, object]:
    """`count` cells from index `first` on: {"language", "cells": [CellView…], "total"}. Past the end there are no cells.

    `notebook_data` is what `canonicalise` made. Raises `BadNotebook` where it is not.
    """
    notebook = StoredNotebook(notebook_data)
    page = _Page(limits)
    indices = range(max(first, 0), min(max(first, 0) + max(count, 0), len(notebook)))
    cells = [page.cell(notebook.cell(index)) for index in indices]
    return {"language": notebook.language, "cells": cells, "total": len(notebook)}


def view_cells(data: bytes, indices: Iterable[int], limits: ViewLimits = PAGE_VIEW) -> list[dict[str, object]]:
    """These cells as CellViews, within the bounds of one page. Raises `BadNotebook`, `IndexError`."""
    notebook, page = StoredNotebook(data), _Page(limits)
    return [page.cell(notebook.cell(index)) for index in indices]


def view_cell(data: bytes, index: int, limits: ViewLimits = CELL_VIEW) -> dict[str, object]:
    """One CellView, less strictly cut. Raises `NotFound` where there is no such cell, `BadNotebook`."""
    notebook = StoredNotebook(data)
    if not 0 <= index < len(notebook):
        raise NotFound(f"The notebook has {len(notebook)} cells; there is no cell {index}.")
    return _Page(limits).cell(notebook.cell(index))


class _Page:
    """One answer with its remaining budget in bytes."""

    def __init__(self, limits: ViewLimits) -> None:
        self._limits = limits
        self._left = limits.page

    def cell(self, cell: StoredCell) -> dict[str, object]:
        source, full = self._text(cell.source)
        seen: dict[str, object] = {
            "index": cell.index,
            "id": cell.id,
            "cell_type": cell.cell_type,
            "source": source,
            "source_sha256": cell.source_sha256,
            "outputs": [],
            "outputs_total": 0,
        }
        if full is not None:
            seen["source_cut"] = full
        if cell.cell_type == "code":
            outputs = cell.outputs
            if cell.language:
                seen["language"] = cell.language
            seen["execution_count"] = cell.execution_count
            seen["outputs"] = [self._output(output) for output in outputs[: self._limits.outputs]]
            seen["outputs_total"] = len(outputs)
        if attached := self._attachments(cell.attachments):
            seen["attachments"] = attached
        return seen

    def _attachments(self, found: dict[str, dict[str, object]]) -> dict[str, object]:
        kept: dict[str, object] = {}
        for name, bundle in found.items():
            images = {
                mime: value
                for mime, value in bundle.items()
                if mime.startswith("image/") and self._room(_size(mime, value), self._limits.image)
            }
            if images:
                kept[name] = images
        return kept

    def _output(self, output: dict[str, object]) -> dict[str, object]:
        cut: list[dict[str, object]] = []
        seen: dict[str, object] = {"output_type": output["output_type"]}
        if output["output_type"] == "stream":
            seen["name"] = output["name"]
            seen["text"] = self._plain("text/plain", _joined(output["text"]), cut)
        elif output["output_type"] == "error":
            for key in ("ename", "evalue"):
                seen[key] = self._plain("text/plain", str(output[key]), cut)
            seen["traceback"] = self._traceback(output["traceback"], cut)
        else:
            seen["data"] = self._data(output["data"], cut)
            seen["metadata"] = output["metadata"]
            if "execution_count" in output:
                seen["execution_count"] = output["execution_count"]
        seen["cut"] = cut
        return seen

    def _traceback(self, entries: object, cut: list[dict[str, object]]) -> list[str]:
        """The traceback's entries are cut as one text, so that the budget is theirs together."""
        if not isinstance(entries, list):
            return []
        if self._room(sum(_bytes(entry) for entry in entries), self._limits.text):
            return entries
        return self._plain("text/plain", "\n".join(entries), cut).split("\n")

    def _data(self, data: object, cut: list[dict[str, object]]) -> dict[str, object]:
        seen: dict[str, object] = {}
        if not isinstance(data, dict):
            return seen
        for mime, value in data.items():
            joined = value if is_json_mime(mime) else _joined(value)
            if mime == "text/plain" and isinstance(joined, str):
                seen[mime] = self._plain(mime, joined, cut)
                continue
            size = _size(mime, joined)
            picture = mime.startswith("image/") and mime != "image/svg+xml"  # SVG is text that a browser has to lay out
            if self._room(size, self._limits.image if picture else self._limits.text):
                seen[mime] = joined
            else:
                cut.append({"mime": mime, "bytes": size})
        return seen

    def _plain(self, mime: str, text: str, cut: list[dict[str, object]]) -> str:
        shown, full = self._text(text)
        if full is not None:
            cut.append({"mime": mime, "bytes": full})
        return shown

    def _text(self, text: str) -> tuple[str, int | None]:
        """The text, cut at a line end where it is too big, and then its full size."""
        size = _bytes(text)
        if self._room(size, self._limits.text):
            return text, None
        allowed = min(self._limits.text, max(self._left, self._limits.remnant))
        shown = text.encode()[:allowed].decode(errors="ignore")
        line_end = shown.rfind("\n")
        shown = shown[: line_end + 1] if line_end > 0 else shown
        self._left -= _bytes(shown)
        return shown, size

    def _room(self, size: int, most: int) -> bool:
        """Whether a value of `size` may be shown; takes it from the budget if so."""
        if size > most or (size > self._left and size > self._limits.remnant):
            return False
        self._left -= size
        return True


def _joined(value: object) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _size(mime: str, value: object) -> int:
    if is_json_mime(mime):
        return _bytes(json.dumps(value, ensure_ascii=False))
    return _bytes(_joined(value))
