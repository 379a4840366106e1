"""Nothing but a test of the timing tier asserts on a clock: what one measures depends on what else the machine does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLOCKS = {"monotonic", "process_time", "perf_counter", "getrusage"}


def test_only_the_timing_tier_asserts_on_a_clock() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{function.lineno}: {function.name}"
        for path in sorted(ROOT.glob("tests/**/*.py"))
        for function in _functions(ast.parse(path.read_text()))
        if "timing" not in _marks(function) and any(map(_bounds_a_clock, ast.walk(function)))
    ]
    assert found == []


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _marks(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {node.attr for each in function.decorator_list for node in ast.walk(each) if isinstance(node, ast.Attribute)}


def _bounds_a_clock(node: ast.AST) -> bool:
    """Whether it asserts that so much by a clock is less, or more, than a number."""
    if not isinstance(node, ast.Assert):
        return False
    compared = [each for each in ast.walk(node.test) if isinstance(each, ast.Compare)]
    return any(_asks_a_clock(each) and any(map(_is_number, ast.walk(each))) for each in compared)


def _asks_a_clock(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr in CLOCKS for each in ast.walk(node))


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value != 0
