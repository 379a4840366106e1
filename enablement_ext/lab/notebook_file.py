"""Code cells and title of a notebook on disk, for the send dialog.

What is no notebook at all is refused here, with the words of the review service: before a form is filled in, not after.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from enablement_ext.core.errors import BadNotebook
from enablement_ext.core.notebook.canonical import notebook_of
from enablement_ext.core.notebook.limits import NotebookLimits
from enablement_ext.core.notebook.strict import parse

_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(.{1,400})")
_MARKS = re.compile(r"[`*_#]+")
_TITLE = 200
_LIMITS = NotebookLimits()


@dataclass(frozen=True, slots=True)
class ReadNotebook:
    """Code cells with their 1-based number among all cells, and a title to prefill."""

    code: tuple[tuple[int, str], ...]
    title: str


def read_notebook(path: str, raw: bytes) -> ReadNotebook:
    """Cells and title. Raises `BadNotebook`, `TooLarge`."""
    cells = notebook_of(parse(raw, _LIMITS))["cells"]
    if not isinstance(cells, list):
        raise BadNotebook("The notebook's cells are no list, so it is none that JupyterLab made.")
    kinds = [(number, *_kind_and_source(cell)) for number, cell in enumerate(cells, 1)]
    code = tuple((number, source) for number, kind, source in kinds if kind == "code")
    headings = (heading for _, kind, source in kinds if kind == "markdown" for heading in _headings(source))
    stem = posixpath.basename(path).removesuffix(".ipynb")
    return ReadNotebook(code, next(headings, stem)[:_TITLE])


def _kind_and_source(cell: object) -> tuple[str, str]:
    if not isinstance(cell, dict):
        return "", ""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return str(cell.get("cell_type", "")), source if isinstance(source, str) else ""


def _headings(source: str) -> Iterator[str]:
    for line in source.split("\n"):
        match = _HEADING.fullmatch(line[:420])
        text = _MARKS.sub("", match.group(1)).strip() if match else ""
        if text:
            yield text
