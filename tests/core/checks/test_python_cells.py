"""The nodes that all checks share are those that Python's own walk finds, without what says nothing by itself."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from enablement_ext.core.checks.python_cells import python_of_cells

EVERY_KIND = """
@decorated(1, *a, key=b, **c)
async def f[T](x: int, /, y=1, *args, z, w={1: 2, **d}, **kwargs) -> str:
    global g
    async with a as b, c: pass
    async for i in j: await k
    else: yield
    return (yield from l)
class A(B, metaclass=C): x: int = 1
try: del a.b[1:2, ...]
except (D, E) as e: raise F from e
else: n += lambda q=1: ~q
finally: assert x, "y"
match p:
    case {"k": [1, *rest], **others} | G(1, h=2) as whole if r: pass
    case None | -1 | _: ...
while not (s and t or u < v <= w): [m for o in p if q async for z in zz]; break
from . import aa as bb, cc
import dd.ee as ff
print(f"{hh!r:>{ii}}" if jj else {kk: ll for kk, ll in mm}, {nn for nn in oo}, (pp := 1))
type Q[R] = S
"""


def nodes_without(tree: ast.AST) -> Counter[str]:
    left_out = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.Module)
    return Counter(ast.dump(node) for node in ast.walk(tree) if not isinstance(node, left_out))


def test_every_node_is_there_once() -> None:
    lines = EVERY_KIND.splitlines(keepends=True)
    newer = "".join(line for line in lines if not line.startswith("type ")).replace(
        "f[T]", "f"
    )  # what Python 3.11 reads
    sources = [newer, EVERY_KIND, Path(ast.__file__).read_text()[:150_000]]
    for source in python_of_cells(enumerate(sources, 1)).values():
        assert source is not None
        if source.statements is None:
            continue  # this Python is older than the syntax
        found = Counter(ast.dump(node) for _, nodes in source.walked for node in nodes)
        assert found == nodes_without(ast.Module(list(source.statements), []))
    assert python_of_cells([(1, newer)])[1].statements  # type: ignore[union-attr]
