"""Nothing but a test of the timing tier asserts on a clock or has a limit that a busy machine breaks: both depend on what else the machine does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.polling import PATIENCE

ROOT = Path(__file__).parents[2]
CLOCKS = {"monotonic", "process_time", "perf_counter", "getrusage"}
WAITS = {"timeout", "within", "connect_timeout"}
# Limits in seconds that are shorter than a test's patience, by file: what is asked again until it is so, and what never answers.
SHORT_LIMITS = {
    "tests/adapters/test_artifacts_s3.py": 2,  # a store that is away
    "tests/cli/test_up.py": 1,  # asked again
    "tests/deploy/reverse_proxies.py": 1,  # asked again
    "tests/git/test_hostile.py": 1,  # a Git that never ends
    "tests/house/test_polling.py": 2,  # waited for in vain
    "tests/servers/gitea.py": 1,  # asked again
    "tests/servers/hub_proxy.py": 1,  # asked again
    "tests/servers/kubernetes/cluster.py": 1,  # asked again
    "tests/servers/postgres.py": 1,  # asked again
    "tests/service/test_hub_directory.py": 2,  # with a time of its own
}


def test_only_the_timing_tier_asserts_on_a_clock() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{function.lineno}: {function.name}"
        for path in sorted(ROOT.glob("tests/**/*.py"))
        if any(clock in path.read_text() for clock in CLOCKS)
        for function in _functions(ast.parse(path.read_text()))
        if "timing" not in _marks(function) and any(map(_bounds_a_clock, ast.walk(function)))
    ]
    assert found == []


def test_no_limit_is_shorter_than_a_busy_machine_takes() -> None:
    found = {}
    for path in sorted(ROOT.glob("tests/**/*.py")):
        text = path.read_text()
        if not any(f"{wait}=" in text for wait in WAITS):
            continue
        tree = ast.parse(text)
        timed = {id(node) for each in _functions(tree) if "timing" in _marks(each) for node in ast.walk(each)}
        short = [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in timed and _is_short(node)
        ]
        if short:
            found[path.relative_to(ROOT).as_posix()] = len(short)
    assert found == SHORT_LIMITS


def test_a_browser_waits_longer_than_playwright_does_by_itself() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{function.lineno}: {function.name}"
        for path in sorted(ROOT.glob("tests/**/*.py"))
        if "new_context" in path.read_text()
        for function in _functions(ast.parse(path.read_text()))
        if _calls(function, "new_context") > _calls(function, "set_default_timeout")
    ]
    assert found == []


def _calls(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> int:
    return sum(isinstance(node, ast.Call) and getattr(node.func, "attr", "") == name for node in ast.walk(function))


def _is_short(call: ast.Call) -> bool:
    return any(
        each.arg in WAITS
        and isinstance(each.value, ast.Constant)
        and isinstance(each.value.value, int | float)
        and 0 < each.value.value < PATIENCE
        for each in call.keywords
    )


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
