"""Git, called through one hardened runner: the bundled forge of the service, and the workshop in the author's home."""

from __future__ import annotations

from enablement_ext.adapters.git.bundled_forge import BundledForge
from enablement_ext.adapters.git.workshop import GitWorkshop

__all__ = ["BundledForge", "GitWorkshop"]
