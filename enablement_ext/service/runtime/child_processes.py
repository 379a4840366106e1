"""What every process has in common that the service starts for work on notebooks."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import enablement_ext

_NICE = 5
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")


def child_environment() -> dict[str, str]:
    """What one needs to find its code; no token, no address."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(enablement_ext.__file__).parent.parent)}


def stand_back() -> None:
    """To be called in one: requests that people wait for come first, and where memory runs out, this process goes and not the service."""
    with suppress(OSError):
        os.nice(_NICE)
    # Between sessions, and such a process has one of its own, Linux weighs these instead of processes.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_NICE))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
