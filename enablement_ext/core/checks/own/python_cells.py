"""The Python of a cell without what IPython adds to it: magics, shell lines, questions."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

from enablement_ext.core.checks.models import CheckedCell

_MOST_CHARACTERS = 200_000  # of one cell; beyond it is data
_QUIET_LINE = frozenset(
    "matplotlib time timeit load_ext reload_ext autoreload config env set_env cd pwd ls ll cat pip conda mamba html precision who whos "
    "history hist store prun memit mprun lprun debug pdb xmode colors notebook lsmagic magic pinfo pinfo2 psource".split()
)
_RUNS_LINE = frozenset({"time"})  # a statement in the namespace of the notebook
_RUNS_CELL = frozenset({"time", "timeit", "prun", "capture", "memit"})
_QUIET_CELL = frozenset("html markdown latex svg javascript js bash sh script writefile file perl ruby cmd".split())
_MAGIC_LINE = re.compile(
    r"(?P<indent>[ \t]{0,80})(?:(?P<target>[A-Za-z_][\w, ]{0,200}?)\s{0,20}=\s{0,20})?(?P<mark>[%!])(?P<rest>.{0,2000})",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class PythonSource:
    """The Python of a cell, with as many lines, and names that its magics assign.

    `statements` is None where this Python cannot read it; `hides`: a magic in it may define names that cannot be seen.
    """

    text: str
    statements: tuple[ast.stmt, ...] | None
    targets: tuple[str, ...] = ()
    hides: bool = False


def python_of(cell: CheckedCell) -> PythonSource | None:
    """None where the cell begins with a magic that is not known: what becomes of the rest only that magic knows."""
    if len(cell.source) > _MOST_CHARACTERS:
        return PythonSource(cell.source, None)
    statements = _parsed(cell.source)
    if statements is not None:
        return PythonSource(cell.source, statements)
    lines, targets = cell.source.split("\n"), list[str]()
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        words = lines[first][2:].split()
        if words and words[0] in _QUIET_CELL and not any(word.startswith("--") for word in words):
            return PythonSource("", ())
        if not words or words[0] not in _RUNS_CELL:
            return None
        targets += [word for word in words[1:] if word.isidentifier()]
        lines[first] = ""
    hides = _without_magics(lines, targets)
    text = "\n".join(lines)
    return PythonSource(text, _parsed(text), tuple(targets), hides)


def _without_magics(lines: list[str], targets: list[str]) -> bool:
    """Replace them; whether one of them is not known."""
    hides = False
    for at, line in enumerate(lines):
        stripped = line.strip()
        if stripped.endswith("?") and not stripped.startswith("#"):
            lines[at] = line[: len(line) - len(line.lstrip())] + "pass"
            continue
        match = _MAGIC_LINE.fullmatch(line)
        if match is None:
            continue
        words = match["rest"].split()
        hides = hides or (match["mark"] == "%" and not (words and words[0] in _QUIET_LINE))
        targets += [name.strip() for name in (match["target"] or "").split(",") if name.strip()]
        timed = match["mark"] == "%" and words and words[0] in _RUNS_LINE and len(words) > 1
        lines[at] = match["indent"] + (match["rest"].partition(words[0])[2].strip() if timed else "pass")
    return hides


def _parsed(text: str) -> tuple[ast.stmt, ...] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(ast.parse(text).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
