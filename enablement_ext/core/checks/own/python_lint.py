"""The rules of `lint` by Python's own parser, as ruff has them: what is asked where no ruff is installed."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from enablement_ext.core.checks.ports import LintCell, LintHit

_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_MUTABLE_CALLS = frozenset({"list", "dict", "set"})
_MUTABLE_COLLECTIONS = frozenset({"defaultdict", "deque", "Counter", "OrderedDict"})
_LOOKED_AT = frozenset(
    {
        *(ast.Compare, ast.Dict, ast.Assert, ast.If, ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef),
        *(ast.Import, ast.ImportFrom),
    }
)
# A default with one of these annotations is not meant to be changed.
_UNCHANGED = frozenset(
    "bool bytes complex float frozenset int object range str tuple AbstractSet ByteString Callable Collection Container FrozenSet "
    "Iterable Literal Mapping Never NoReturn Reversible Sequence Set Sized Tuple".split()
)


class PythonLinter:
    """Implements `Linter`."""

    def hits(self, cells: Sequence[LintCell]) -> Sequence[LintHit]:
        """Of all nodes the few kinds that a rule is about."""
        nodes = [(cell.number, node) for cell in cells for node in cell.nodes if node.__class__ in _LOOKED_AT]
        makers = _makers(node for _, node in nodes)
        return [LintHit(rule, cell, line) for cell, node in nodes for rule, line in _broken(node, makers)]


def _makers(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """What makes something that can be changed, as it is written: `list`, `collections.deque`, `dq` after `from collections import deque as dq`."""
    made = set(_MUTABLE_CALLS)
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "collections" and not node.level:
            made |= {name.asname or name.name for name in node.names if name.name in _MUTABLE_COLLECTIONS}
        elif isinstance(node, ast.Import):
            modules = [name.asname or name.name for name in node.names if name.name == "collections"]
            made |= {f"{module}.{name}" for module in modules for name in _MUTABLE_COLLECTIONS}
    return frozenset(made)


def _broken(node: ast.AST, makers: frozenset[str]) -> Iterator[tuple[str, int]]:
    """The rules that a node breaks, each with its line."""
    if isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.Dict):
        yield from (("F601", key.lineno) for key in _repeated(node))
    elif isinstance(node, ast.Assert | ast.If):
        if isinstance(node.test, ast.Tuple) and node.test.elts:
            yield ("F631", node.lineno) if isinstance(node, ast.Assert) else ("F634", node.test.lineno)
    elif isinstance(node, ast.ExceptHandler):
        if node.type is None and not any(isinstance(each, ast.Raise) and each.exc is None for each in node.body):
            yield "E722", node.lineno
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from (("B006", default.lineno) for default in _mutable_defaults(node.args, makers))


def _compared(node: ast.Compare) -> Iterator[tuple[str, int]]:
    for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
        if isinstance(operator, ast.Is | ast.IsNot) and (_is_value(left) or _is_value(right)):
            yield "F632", node.lineno
        elif isinstance(operator, ast.Eq | ast.NotEq):
            sides = [side for side in (right, left) if isinstance(side, ast.Constant) and side.value is None]
            if sides and not any(_is_value(side) for side in (left, right) if not isinstance(side, _MUTABLE)):
                yield "E711", sides[0].lineno


def _is_value(node: ast.expr) -> bool:
    """Whether it is a literal that is equal to others and not the same: not None, True, False and `...`."""
    if isinstance(node, ast.Tuple):
        return all(isinstance(each, ast.Constant) or _is_value(each) for each in node.elts)
    if isinstance(node, ast.Constant):
        return not (node.value is None or node.value is Ellipsis or isinstance(node.value, bool))
    return isinstance(node, _MUTABLE)


def _repeated(node: ast.Dict) -> Iterator[ast.expr]:
    """Literal keys that stand there a second time."""
    seen = set[str]()
    for key in node.keys:
        if not isinstance(key, ast.Constant | ast.Tuple):
            continue
        written = ast.dump(key)
        if written in seen:
            yield key
        seen.add(written)


def _mutable_defaults(arguments: ast.arguments, makers: frozenset[str]) -> Iterator[ast.expr]:
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [*zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)]
    pairs += [
        (argument, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    ]
    for argument, default in pairs:
        made = isinstance(default, ast.Call) and ast.unparse(default.func) in makers
        if (made or isinstance(default, _MUTABLE)) and not _is_unchanged(argument.annotation):
            yield default


def _is_unchanged(annotation: ast.expr | None) -> bool:
    """Whether the annotation says that the value is not changed."""
    if isinstance(annotation, ast.BinOp):
        return _is_unchanged(annotation.left) and _is_unchanged(annotation.right)
    if isinstance(annotation, ast.Constant):
        return annotation.value is None
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if _last_name(annotation.value) in ("Optional", "Union"):
            return all(map(_is_unchanged, inner))
        return _last_name(annotation.value) in _UNCHANGED
    return annotation is not None and _last_name(annotation) in _UNCHANGED


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
