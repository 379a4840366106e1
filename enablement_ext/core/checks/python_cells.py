"""The Python of a cell without what IPython adds to it: magics, shell lines, questions."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

_MOST_CHARACTERS = 200_000  # of one cell; beyond it is data
_MOST_TOGETHER = 1_000_000  # of all cells: their trees are in memory together
_LEAVES = frozenset({ast.Name, ast.Constant, ast.alias, ast.Pass})
_NO_NODES = frozenset(
    {
        *("ctx", "op", "ops", "type_comment", "kind", "id", "attr", "arg", "asname", "module", "level"),
        *("conversion", "is_async", "simple"),
    }
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}  # of each class of nodes, those that may hold nodes

Walked = tuple[
    ast.stmt, list[ast.AST]
]  # a statement and what is in it, itself first, what is nearer before what is deeper
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


@dataclass(frozen=True)
class PythonSource:
    """The Python of a cell, with as many lines, and names that its magics assign.

    `statements` is None where this Python cannot read it; `hides`: a magic in it may define names that cannot be seen.
    """

    text: str
    statements: tuple[ast.stmt, ...] | None
    targets: tuple[str, ...] = ()
    hides: bool = False

    @cached_property
    def walked(self) -> Sequence[Walked]:
        """Every statement with the nodes in it, walked once for all checks."""
        return [(statement, _nodes(statement)) for statement in self.statements or ()]


def python_of_cells(cells: Iterable[tuple[int, str]]) -> dict[int, PythonSource | None]:
    """Of each cell by its number. Of very much code the first megabyte is read."""
    found: dict[int, PythonSource | None] = {}
    together = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, source in cells:
            together += len(source)
            found[number] = _python_of(source) if together <= _MOST_TOGETHER else PythonSource(source, None)
    return found


def _python_of(source: str) -> PythonSource | None:
    """None where the cell begins with a magic that is not known: what becomes of the rest only that magic knows."""
    if len(source) > _MOST_CHARACTERS:
        return PythonSource(source, None)
    statements = _parsed(source)
    if statements is not None:
        return PythonSource(source, statements)
    lines, targets = source.split("\n"), list[str]()
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


def _nodes(statement: ast.stmt) -> list[ast.AST]:
    """As `ast.walk`, without operators and contexts, and several times faster."""
    nodes: list[ast.AST] = [statement]
    for node in nodes:  # grows meanwhile
        names = _FIELDS.get(node.__class__)
        for name in _fields_of(node.__class__) if names is None else names:
            value = getattr(node, name, None)
            if value.__class__ is list:
                nodes += [each for each in value if each is not None and each.__class__ is not str]
            elif value is not None and isinstance(value, ast.AST):
                nodes.append(value)
    return nodes


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    names = () if kind in _LEAVES else tuple(name for name in kind._fields if name not in _NO_NODES)
    _FIELDS[kind] = names
    return names


def _parsed(text: str) -> tuple[ast.stmt, ...] | None:
    try:
        return tuple(ast.parse(text).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
