"""Notebooks: the gate they come in by, the one form they are stored in (docs/adr/0006-canonical-notebooks.md), and how they are shown."""

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
