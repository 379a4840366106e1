"""What a check is. One of somebody else's is found by its entry point in the group `enablement.checks`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind


class NotebookCheck(Protocol):
    """Looks at a notebook. Runs nothing of it, asks nothing of the network, and takes time that is linear in its size."""

    @property
    def name(self) -> str:
        """A short permanent name; codes of findings begin with it and a dot."""
        ...

    @property
    def kinds(self) -> Mapping[str, FindingKind]:
        """Every code that it can find."""
        ...

    def findings(self, notebook: CheckedNotebook) -> Iterable[Finding]:
        """What it finds, in the order of the cells. Never raises for any notebook."""
        ...
