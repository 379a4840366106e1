"""Enablement: a notebook goes from its author's lab into a shared queue, is reviewed in JupyterLab, and is decided."""

from __future__ import annotations

__version__ = "0.1.0"
