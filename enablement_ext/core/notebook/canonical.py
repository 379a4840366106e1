"""The canonicaliser: a notebook is rebuilt from an allow-list, or refused with a sentence that says what to do.

`nbformat.validate` is not enough: it accepts unknown output types, trust marks and odd minor versions. Here nothing is copied that
is not known, so the stored bytes contain nothing that a viewer would have to distrust but the texts and images themselves.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook.bounds import too_deep
from enablement_ext.core.notebook.ids import ids_of
from enablement_ext.core.notebook.lifting import PlainText
from enablement_ext.core.notebook.limits import NotebookLimits
from enablement_ext.core.notebook.metadata import CELL, NOTEBOOK, allowed_metadata
from enablement_ext.core.notebook.outputs import attachments, count_of, outputs, text_of
from enablement_ext.core.notebook.strict import SAVE_AGAIN, named, parse
from enablement_ext.core.notebook.writing import (
    Pieces,
    block,
    equal_bytes,
    items,
    lines,
    members,
    merged,
    number,
    string,
    to_bytes,
)

_CELL = 3  # indentation of a cell's keys
_TYPES = frozenset({"code", "markdown", "raw"})
_DEFAULTS = NotebookLimits()


@dataclass(frozen=True, slots=True)
class CellFacts:
    """What is known of one cell without looking at it again. `lines` counts the source's lines, `outputs` its outputs."""

    index: int
    id: str
    cell_type: str
    source_sha256: str
    lines: int
    outputs: int
    execution_count: int | None


@dataclass(frozen=True, slots=True)
class CanonicalNotebook:
    """A notebook in the one form that is stored. `data` is what Jupyter would write for it: UTF-8, nbformat 4.5.

    `texts` is the same without (most of) its big images: for those who look at texts only.
    """

    data: bytes
    texts: bytes = field(compare=False)
    sha256: str
    cells: tuple[CellFacts, ...]
    language: str


def canonicalise(data: bytes, limits: NotebookLimits = _DEFAULTS, sha256: str = "") -> CanonicalNotebook:
    """Rebuild a notebook. The result is a fixed point: canonicalising it again gives the same bytes.

    `sha256` is the hash of `data` where it is known: a notebook that JupyterLab saved is mostly its own canonical form.

    Raises `TooLarge` or `BadNotebook`, and nothing else, for any bytes.
    """
    notebook = notebook_of(parse(data, limits))
    found = notebook["cells"]
    if not isinstance(found, list):
        raise BadNotebook(f"The notebook's cells must be a list, not {named(found)}.")
    if len(found) > limits.cells:
        raise TooLarge(
            f"The notebook has {len(found):,} cells; at most {limits.cells:,} are accepted. Split it into several notebooks.",
            facts={"cells": len(found), "limit": limits.cells},
        )
    cells = [_cell(cell, f"Cell {number}") for number, cell in enumerate(found, 1)]
    sources = [text_of(cell["source"], f"Cell {number}") for number, cell in enumerate(cells, 1)]
    ids = ids_of(cells, sources)
    metadata = allowed_metadata(_object(notebook.get("metadata", {}), "The notebook"), NOTEBOOK)
    facts: list[CellFacts] = []
    written: list[Pieces] = []
    for index, (cell, source) in enumerate(zip(cells, sources, strict=True)):
        where = f"Cell {index + 1}"
        try:
            written.append(_written(cell, (ids[index], source), where, limits))
            facts.append(_facts(cell, index, ids[index], source))
        except UnicodeEncodeError:
            raise BadNotebook(_half_character(where)) from None
        except RecursionError:  # the depth is bounded; this is for callers that are themselves deep in the stack
            raise BadNotebook(too_deep(limits)) from None
    pieces = merged(_whole(written, metadata))
    same = equal_bytes(pieces, data)
    whole = data if same else to_bytes(pieces)
    hashed = sha256 if same and sha256 else hashlib.sha256(whole).hexdigest()
    texts = b"".join([b'""' if isinstance(piece, PlainText) else piece for piece in pieces])
    return CanonicalNotebook(whole, texts, hashed, tuple(facts), language_of(metadata))


def _whole(cells: list[Pieces], metadata: dict[str, object]) -> Pieces:
    try:
        head = block(metadata, 1)
    except UnicodeEncodeError:
        raise BadNotebook(_half_character("The notebook's metadata")) from None
    end = b',\n "metadata": ' + head + b',\n "nbformat": 4,\n "nbformat_minor": 5\n}\n'
    return [b'{\n "cells": ', *items(cells, 2), end]


def language_of(metadata: dict[str, object]) -> str:
    """The programming language a notebook's metadata names, "" where it names none."""
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        section = metadata.get(key)
        if isinstance(section, dict) and section.get(name):
            return str(section[name])
    return ""


def source_hash(source: str) -> str:
    """The hash by which equal cell sources are recognised."""
    return hashlib.sha256(source.encode()).hexdigest()


def notebook_of(value: object) -> dict[str, object]:
    """The notebook that a parsed file is. Raises `BadNotebook` with what can be done where it is none, or none of nbformat 4."""
    if not isinstance(value, dict) or "cells" not in value:
        if isinstance(value, dict) and "worksheets" in value:
            raise BadNotebook(
                "This notebook has an old format (nbformat 3). Open it in JupyterLab and save it; that converts it."
            )
        raise BadNotebook(
            "The file is JSON but not a notebook: it has no cells. JupyterLab cannot open it either. Go on with an earlier version or a copy."
        )
    major, minor = value.get("nbformat"), value.get("nbformat_minor")
    if "nbformat" not in value:
        raise BadNotebook("The notebook does not say its nbformat. Open it in JupyterLab and save it; that adds it.")
    if type(major) is not int or major != 4:
        raise BadNotebook(
            "Only notebooks of nbformat 4 are accepted, and JupyterLab cannot open this one. Save it as nbformat 4 in the program that it comes from."
        )
    if type(minor) is not int or not 0 <= minor <= 5:
        raise BadNotebook(
            "The notebook's nbformat_minor must be a whole number from 0 to 5, and saving it in JupyterLab does not change that. Open the file as"
            ' text (right-click it, Open With, Editor), write "nbformat_minor": 5 at its end, save and send again.'
        )
    return value


def _object(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise BadNotebook(f"{where}: metadata must be an object, not {named(value)}.")
    return value


def _cell(cell: object, where: str) -> dict[str, object]:
    if not isinstance(cell, dict):
        raise BadNotebook(f"{where} must be an object, not {named(cell)}.")
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise BadNotebook(f"{where} has the type {named(kind)}; only code, markdown and raw cells are accepted.")
    for member in ("source", "outputs") if kind == "code" else ("source",):
        if member not in cell:
            raise BadNotebook(f"{where} has no {member}. {SAVE_AGAIN}")
    return cell


def _written(cell: dict[str, object], named_source: tuple[str, str], where: str, limits: NotebookLimits) -> Pieces:
    kind = cell["cell_type"]
    identity, source = named_source
    metadata = block(allowed_metadata(_object(cell.get("metadata", {}), where), CELL), _CELL)
    pairs: list[tuple[bytes, bytes | Pieces]] = []
    if kind != "code" and "attachments" in cell:
        pairs.append((b'"attachments"', attachments(cell["attachments"], where, limits)))
    pairs.append((b'"cell_type"', string(str(kind))))
    if kind == "code":
        pairs.append((b'"execution_count"', number(count_of(cell.get("execution_count"), where))))
    pairs.append((b'"id"', string(identity)))
    pairs.append((b'"metadata"', metadata))
    if kind == "code":
        pairs.append((b'"outputs"', outputs(cell["outputs"], where, limits)))
    pairs.append((b'"source"', lines(source, _CELL)))
    return members(pairs, _CELL)


def _facts(cell: dict[str, object], index: int, identity: str, source: str) -> CellFacts:
    shown = cell.get("outputs", []) if cell["cell_type"] == "code" else []
    return CellFacts(
        index=index,
        id=identity,
        cell_type=str(cell["cell_type"]),
        source_sha256=source_hash(source),
        lines=len(source.splitlines()),
        outputs=len(shown) if isinstance(shown, list) else 0,
        execution_count=count_of(cell.get("execution_count"), "") if cell["cell_type"] == "code" else None,
    )


def _half_character(where: str) -> str:
    return f"{where} contains half a character (a lone surrogate), which cannot be stored as text. Delete it, or clear the output that shows it."
