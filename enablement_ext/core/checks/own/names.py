"""Names that are used before they exist when the notebook runs from top to bottom.

By Python's own symbol tables, a top-level statement at a time. What may define names that cannot be seen (a star import, `exec`, a magic
that is not known) ends the search: nothing is reported from there on.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from enablement_ext.core.checks.models import CheckedCell, CheckedNotebook, Finding, FindingKind, Level
from enablement_ext.core.checks.python_cells import PythonSource

# What IPython puts into the namespace of a kernel.
_GIVEN = frozenset(dir(builtins)) | {
    "get_ipython",
    "display",
    "In",
    "Out",
    "exit",
    "quit",
    "__name__",
    "__doc__",
    "__builtins__",
    "__file__",
    # What kernels for Spark, and Databricks, put there.
    "spark",
    "sc",
    "sqlContext",
    "dbutils",
}
_HISTORY = re.compile(r"_+[0-9]*|_[ido]h|_i+[0-9]*")
_UNSEEN = frozenset(
    {
        "exec",
        "eval",
        "globals",
        "locals",
        "vars",
        "setattr",
        "run_line_magic",
        "run_cell_magic",
        "run_cell",
        "ex",
        "push",
    }
)
# What has a scope of its own, or names that are no `Name`: there Python's symbol tables say which names are whose.
_SCOPES = frozenset(
    {
        *(
            ast.FunctionDef,
            ast.AsyncFunctionDef,
            ast.ClassDef,
            ast.Lambda,
            ast.Global,
            ast.Nonlocal,
            ast.AnnAssign,
            ast.Match,
        ),
        *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
        *(getattr(ast, name) for name in ("TypeAlias",) if hasattr(ast, name)),
    }
)
_NAMING = frozenset({ast.Name, ast.alias, ast.ExceptHandler})
_CHANGING = (ast.AugAssign, ast.Delete)
_PLAIN = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Delete)
_MAY_HIDE = frozenset({ast.Call, ast.ImportFrom})
_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
_REMEDY = "Define it above, then restart the kernel and run all cells."


class NameCheck:
    """Python notebooks only."""

    name = "names"
    kinds = {  # noqa: RUF012 - a constant
        "names.defined-later": FindingKind(
            Level.WARN,
            "Cell {cell} uses {name}, which is first defined in cell {later}.",
            "Move the definition up, then restart the kernel and run all cells.",
        ),
        "names.undefined": FindingKind(Level.WARN, "Cell {cell} uses {name}, which nothing above defines.", _REMEDY),
    }

    def findings(self, notebook: CheckedNotebook) -> Iterator[Finding]:
        """Each name once, where it is used first."""
        if notebook.language != "python":
            return
        walk = _Walk()
        for cell in notebook.code:
            if not walk.read(cell, notebook.python[cell.number]):
                return
        for use in walk.missing():
            later = walk.defined.get(use.name)
            if later is None or later <= use.cell:
                yield Finding("names.undefined", use.cell, use.line, {"cell": use.cell, "name": use.name})
            elif not use.deferred:
                yield Finding(
                    "names.defined-later", use.cell, use.line, {"cell": use.cell, "name": use.name, "later": later}
                )


@dataclass(frozen=True, slots=True)
class _Use:
    name: str
    cell: int
    line: int
    deferred: bool  # in the body of a function, which runs later


@dataclass(slots=True)
class _Walk:
    """From cell to cell: where each name was first defined, and uses of names that were not yet."""

    defined: dict[str, int] = field(default_factory=dict)
    uses: list[_Use] = field(default_factory=list)

    def read(self, cell: CheckedCell, source: PythonSource | None) -> bool:
        """False where the cell may define what cannot be seen."""
        if source is None or source.hides or source.statements is None:
            return False
        if any(_hides(node) for _, nodes in source.walked for node in nodes if node.__class__ in _MAY_HIDE):
            return False
        for name in source.targets:
            self.defined.setdefault(name, cell.number)
        return all(self._read_statement(statement, nodes, cell.number) for statement, nodes in source.walked)

    def missing(self) -> Iterator[_Use]:
        """Uses of names that did not exist at that point, each name once."""
        said = set[str]()
        for use in self.uses:
            if use.name not in said and not (use.deferred and use.name in self.defined):
                said.add(use.name)
                yield use

    def _read_statement(self, statement: ast.stmt, nodes: list[ast.AST], cell: int) -> bool:
        names = _names_of_block(nodes) if _SCOPES.isdisjoint(map(type, nodes)) else _names_of(statement)
        if names is None:
            return False
        # What a block defines may be used in it: `for row in rows: print(row)`. A plain assignment reads before it defines.
        own = frozenset[str]() if isinstance(statement, _PLAIN) else names.defined
        used = names.used | _changed(statement) if isinstance(statement, _CHANGING) else names.used
        for name in sorted(used - own):
            self._use(name, cell, statement.lineno, deferred=False)
        for name in sorted(names.deferred):
            self._use(name, cell, statement.lineno, deferred=True)
        for name in names.defined:
            self.defined.setdefault(name, cell)
        return True

    def _use(self, name: str, cell: int, line: int, *, deferred: bool) -> None:
        known = name in _GIVEN or name in self.defined or _HISTORY.fullmatch(name)
        if not known:
            self.uses.append(_Use(name, cell, line, deferred))


def _changed(statement: ast.stmt) -> set[str]:
    """What `n += 1` and `del n` need, which symbol tables do not count as a use."""
    targets = (
        [statement.target]
        if isinstance(statement, ast.AugAssign)
        else statement.targets
        if isinstance(statement, ast.Delete)
        else []
    )
    return {target.id for target in targets if isinstance(target, ast.Name)}


@dataclass(frozen=True, slots=True)
class _Names:
    defined: frozenset[str]
    used: frozenset[str]
    deferred: frozenset[str]


def _names_of_block(nodes: list[ast.AST]) -> _Names:
    """Where no scope of its own is in it, as symbol tables have it."""
    defined, used = set[str](), set[str]()
    for node in nodes:
        if node.__class__ not in _NAMING:
            continue
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
        elif isinstance(node, ast.alias):
            defined.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            defined.add(node.name)
    return _Names(frozenset(defined), frozenset(used), frozenset())


def _names_of(statement: ast.stmt) -> _Names | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = symtable.symtable(ast.unparse(ast.Module([statement], [])), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None
    defined = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }
    used = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    deferred = set[str]()
    for below in table.get_children():
        _nested(below, deferred=False, found=(defined, used, deferred))
    return _Names(frozenset(defined), frozenset(used), frozenset(deferred))


def _nested(table: symtable.SymbolTable, *, deferred: bool, found: tuple[set[str], set[str], set[str]]) -> None:
    """Names of the module that a scope below it uses, or defines with `global`."""
    runs_now = table.get_type() == "class" or table.get_name() in _COMPREHENSIONS
    deferred = deferred or not runs_now
    for symbol in table.get_symbols():
        if symbol.is_global() and (symbol.is_assigned() or symbol.is_imported()):
            found[0].add(symbol.get_name())
        elif symbol.is_global() and symbol.is_referenced():
            found[2 if deferred else 1].add(symbol.get_name())
    for below in table.get_children():
        _nested(below, deferred=deferred, found=found)


def _hides(node: ast.AST) -> bool:
    """Whether it may define names that cannot be seen."""
    if not isinstance(node, ast.Call):
        return isinstance(node, ast.ImportFrom) and any(name.name == "*" for name in node.names)
    called = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    return called in _UNSEEN
