"""What a check is, and what checks ask of others. Somebody else's check is found by its entry point in the group `enablement.checks`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class LintCell:
    """The Python of a cell without magics, line by line as the cell has it, and the nodes of its tree."""

    number: int
    text: str
    nodes: Sequence[ast.AST]


@dataclass(frozen=True, slots=True)
class LintHit:
    """A rule of ruff's, by its code, and the line of the cell's source."""

    rule: str
    cell: int
    line: int


class Linter(Protocol):
    """An engine for the rules of `own.lint`."""

    def hits(self, cells: Sequence[LintCell]) -> Sequence[LintHit]:
        """What it finds; comments that take findings back are not its business. Never raises."""
        ...
