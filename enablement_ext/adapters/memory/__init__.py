"""In-memory implementations of the ports. They ship, for demos, tests and dry runs, and pass the same contract tests as the others."""

from __future__ import annotations

from enablement_ext.adapters.memory.artifacts import MemoryArtifactStore
from enablement_ext.adapters.memory.clock import ManualClock
from enablement_ext.adapters.memory.forge import MemoryForge
from enablement_ext.adapters.memory.review_store.store import MemoryReviewStore
from enablement_ext.adapters.memory.working_copy import MemoryWorkingCopy

__all__ = ["ManualClock", "MemoryArtifactStore", "MemoryForge", "MemoryReviewStore", "MemoryWorkingCopy"]
