"""Door: the `enablement` command."""

from __future__ import annotations
