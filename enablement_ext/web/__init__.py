"""The HTTP base shared by lab and service."""

from __future__ import annotations
