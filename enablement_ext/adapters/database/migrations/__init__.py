"""Migrations, oldest first. Each is frozen once released: its SQL stands in a file of its own for each database."""

from __future__ import annotations
