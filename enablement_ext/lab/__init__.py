"""Door: the Jupyter Server extension in each user's server."""

from __future__ import annotations
