"""Where what is to be tried is kept until its trial has ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from enablement_ext.core.review.models import ImageRef
from enablement_ext.service.use_cases.ingest import ValidatedBundle


class TrialContents(Protocol):
    """Of one process, by the id of the trial. Safe from any thread."""

    @property
    def holder(self) -> str:
        """Names this process in the store."""
        ...

    def keep(self, trial: str, validated: ValidatedBundle, image: ImageRef) -> None:
        """A copy. Raises `RunsFull` where there is no room beside what is kept, `Unavailable` where there is no memory."""
        ...

    def drop(self, trial: str) -> None:
        """Nothing of it is left, as soon as no process that runs it has it."""
        ...

    def ids(self) -> Sequence[str]:
        """Of all that is kept."""
        ...
