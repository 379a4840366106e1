"""Paths that only the author's machine has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Level
from enablement_ext.core.checks.own.places_in_code import line_of
from enablement_ext.core.notebook.code_references import PathKind

_ABSOLUTE = re.compile(r"[/~]|[A-Za-z]:[\\/]|\\\\")
_EVERYWHERE = ("/dev/", "/proc/", "/sys/", "/tmp/", "//")  # noqa: S108 - compared, not written to


class PathCheck:
    """By the paths that are handed to something that reads or writes them."""

    name = "paths"
    kinds = {  # noqa: RUF012 - a constant
        "paths.absolute": FindingKind(
            Level.WARN,
            "Cell {cell} uses {path}, which nobody else has.",
            "Put the file beside the notebook and use a path relative to it.",
        )
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """Each path once, where it is used first."""
        seen = set[str]()
        for use in notebook.uses.paths:
            local = _ABSOLUTE.match(use.path) and not use.path.startswith(_EVERYWHERE)
            if use.kind is PathKind.MENTIONED or not local or use.path in seen or not isinstance(use.where, int):
                continue
            seen.add(use.path)
            line = line_of(notebook.cells[use.where - 1].source, use.path)
            yield Finding("paths.absolute", use.where, line, {"cell": use.where, "path": use.path[:200]})
