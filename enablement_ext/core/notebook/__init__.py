"""Notebooks: validation and the canonical form that is stored (docs/adr/0006-canonical-notebooks.md), views for reading, text extraction.

What is exported here is imported when it is asked for: Git starts a process for every notebook that it adds, and that one needs `working` alone.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as type checkers read it
if TYPE_CHECKING:
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

_FROM = {
    "canonical": ("CanonicalNotebook", "CellFacts", "canonicalise", "source_hash"),
    "limits": ("CELL_VIEW", "PAGE_VIEW", "NotebookLimits", "ViewLimits"),
    "stored": ("StoredCell", "StoredNotebook"),
    "views": ("view", "view_cell"),
}


def __getattr__(name: str) -> object:
    module = next((module for module, names in _FROM.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
