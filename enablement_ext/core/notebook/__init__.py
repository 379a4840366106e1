"""Notebooks: validation and the canonical form that is stored (docs/adr/0006-canonical-notebooks.md), views for reading, text extraction."""

from __future__ import annotations

from enablement_ext.core.notebook.canonical import CanonicalNotebook, CellFacts, canonicalise, source_hash
from enablement_ext.core.notebook.limits import CELL_VIEW, PAGE_VIEW, NotebookLimits, ViewLimits
from enablement_ext.core.notebook.stored import StoredCell, StoredNotebook
from enablement_ext.core.notebook.views import view, view_cell

__all__ = [
    "CELL_VIEW",
    "PAGE_VIEW",
    "CanonicalNotebook",
    "CellFacts",
    "NotebookLimits",
    "StoredCell",
    "StoredNotebook",
    "ViewLimits",
    "canonicalise",
    "source_hash",
    "view",
    "view_cell",
]
