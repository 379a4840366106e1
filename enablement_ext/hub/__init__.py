"""Door: runs inside JupyterHub."""

from __future__ import annotations
