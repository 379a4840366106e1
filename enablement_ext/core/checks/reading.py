"""A stored notebook as checks see it."""

from __future__ import annotations

from enablement_ext.core.checks.models import CheckedCell, CheckedNotebook, NotebookSurroundings
from enablement_ext.core.notebook.payloads import without_payloads
from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook

_NOWHERE = NotebookSurroundings()


def checked_notebook(canonical: bytes, around: NotebookSurroundings = _NOWHERE) -> CheckedNotebook:
    """From the canonical form. Payloads of outputs (pictures and the like) are left empty: no check reads them."""
    light = without_payloads(canonical)
    stored = StoredNotebook(light)
    whole = stored if light is canonical else StoredNotebook(canonical)
    pairs = zip(whole.cells, stored.cells, strict=True)
    cells = tuple(_cell(number, len(full.raw_outputs), cell) for number, (full, cell) in enumerate(pairs, 1))
    return CheckedNotebook(cells, stored.language or "python", canonical, around)


def _cell(number: int, output_bytes: int, cell: StoredCell) -> CheckedCell:
    metadata = cell.metadata
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return CheckedCell(
        number=number,
        id=cell.id,
        cell_type=cell.cell_type,
        source=cell.source,
        outputs=cell.outputs if cell.cell_type == "code" else (),
        execution_count=cell.execution_count,
        tags=frozenset(map(str, tags)) if isinstance(tags, list) else frozenset(),
        output_bytes=output_bytes,
    )
