"""A small closed set of ruff's rules: mistakes that reviewers act on, and no style."""

from __future__ import annotations

import re
from collections.abc import Iterator

from enablement_ext.core.checks.models import CheckedNotebook, Finding, FindingKind, Level
from enablement_ext.core.checks.own.python_lint import PythonLinter
from enablement_ext.core.checks.ports import LintCell, Linter

RULES = {
    "F601": ("Cell {cell} has a dictionary with the same key twice; the first value is lost.", "Take one of them out."),
    "F631": (
        "Cell {cell} asserts a tuple, which is always true.",
        "Take the parentheses away: assert condition, message.",
    ),
    "F632": ("Cell {cell} compares a value with “is”, which may be false for equal values.", "Use == or !=."),
    "F634": ("Cell {cell} has an “if” with a tuple, which is always true.", "Take the comma away, or use “and”."),
    "E711": (
        "Cell {cell} compares with None by == or !=, which tables and arrays answer value by value.",
        "Use “is None”, “is not None”, or .isna().",
    ),
    "E722": (
        "Cell {cell} has an “except” without an exception, which hides mistakes and interrupts too.",
        "Say which exception, such as “except ValueError:”, and let others through.",
    ),
    "B006": (
        "Cell {cell} has a function whose default is one list, dictionary or set for all calls.",
        "Use None as the default and make a new one inside.",
    ),
}
_NOQA = re.compile(
    r"#[ \t]{0,20}noqa(?::[ \t]{0,20}(?P<codes>[A-Z0-9]{2,10}(?:[, \t]{1,5}[A-Z0-9]{2,10}){0,20}))?", re.IGNORECASE
)


class LintCheck:
    """Python notebooks only. The engine may be ruff or Python's own parser; both find the same, which a test holds."""

    name = "lint"
    kinds = {  # noqa: RUF012 - a constant
        **{
            f"lint.{rule}": FindingKind(Level.WARN, f"{said} ({rule})", remedy)
            for rule, (said, remedy) in RULES.items()
        },
        "lint.not-looked-at": FindingKind(
            Level.ALLOW, "Cell {cell} was not looked at: {why}.", "Nothing, unless you expected Python there."
        ),
    }

    def __init__(self, linter: Linter | None = None) -> None:
        """Without a linter: Python's own parser."""
        self._linter = linter or PythonLinter()

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """What a comment `# noqa` or `# noqa: RULE` on the line takes back is not reported."""
        if notebook.language != "python":
            return
        readable = list[LintCell]()
        for cell in notebook.code:
            source = notebook.python[cell.number]
            if source is None:
                first = cell.source.lstrip().split(maxsplit=1)[0][:40]
                yield Finding(
                    "lint.not-looked-at",
                    cell.number,
                    facts={"cell": cell.number, "why": f"it is in the hands of {first}"},
                )
            elif source.statements is None:
                yield Finding(
                    "lint.not-looked-at",
                    cell.number,
                    facts={"cell": cell.number, "why": "this is no Python that can be read here"},
                )
            elif source.statements:
                readable.append(
                    LintCell(cell.number, source.text, [node for _, nodes in source.walked for node in nodes])
                )
        lines = {cell.number: cell.text.split("\n") for cell in readable}
        for hit in self._linter.hits(readable) if readable else ():
            if hit.rule in RULES and not _taken_back(lines[hit.cell], hit.line, hit.rule):
                yield Finding(f"lint.{hit.rule}", hit.cell, hit.line, {"cell": hit.cell})


def _taken_back(lines: list[str], line: int, rule: str) -> bool:
    comment = _NOQA.search(lines[line - 1]) if 0 < line <= len(lines) else None
    return comment is not None and (comment["codes"] is None or rule in re.split(r"[, \t]+", comment["codes"].upper()))
