"""`enablement helm`: what a chart cannot do for itself."""

from __future__ import annotations
