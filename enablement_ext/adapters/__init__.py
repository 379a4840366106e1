"""One outside thing each; every module implements a port of core."""

from __future__ import annotations
