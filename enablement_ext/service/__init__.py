"""Entry point: the review service, a tornado application that the hub knows as a service."""

from __future__ import annotations
