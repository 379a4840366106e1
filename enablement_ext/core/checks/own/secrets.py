"""Passwords and tokens, by the rules that a submission is searched with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Fix, Level
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.secrets.scan import secrets_in_notebook

_CELL = re.compile(r"[Cc]ell (?P<number>[0-9]{1,6})(?P<source>$)?")
_OUTPUT = re.compile(r"[Cc]ell [0-9]{1,6}, output")


class SecretCheck:
    """The value is in no finding."""

    name = "secrets"
    kinds = {  # noqa: RUF012 - a constant
        "secrets.found": FindingKind(
            Level.BLOCK,
            "There is what looks like {hint} ({where}).",
            "Take it out, clear the output that shows it, and change it: it was in a file. Read it from the environment instead.",
        )
    }

    def __init__(self, prefilter: Prefilter | None = None) -> None:
        """Without a prefilter: the one that needs no engine, and finds the same."""
        self._prefilter = prefilter or LiteralPrefilter()

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """At most as many as the scan gives, one a line: several rules may find the same."""
        said = set[tuple[str, int]]()
        for found in secrets_in_notebook(notebook.canonical, self._prefilter) if notebook.canonical else ():
            if (found.where, found.line) in said:
                continue
            said.add((found.where, found.line))
            cell = _CELL.match(found.where)
            line = found.line if cell and cell["source"] is not None else None
            facts = {"hint": found.hint, "where": found.where, "rule": found.rule}
            number = int(cell["number"]) if cell else None
            fix = Fix.CLEAR_OUTPUT if _OUTPUT.match(found.where) else None
            yield Finding("secrets.found", number, line, facts, fix)
