"""Door: the review service."""

from __future__ import annotations
