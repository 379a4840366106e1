"""Handlers raise, and one translator answers: nothing in them catches."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from enablement_ext.service.http import endpoint, git_endpoint, handlers

MODULES = [*Path(handlers.__path__[0]).rglob("*.py"), Path(endpoint.__file__), Path(git_endpoint.__file__)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_handler_has_no_try(module: Path) -> None:
    tree = ast.parse(module.read_text())
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Try)] == []


def test_a_package_of_handlers_stays_small() -> None:
    assert len(list(Path(handlers.__path__[0]).glob("*.py"))) <= 15
    assert len(list(Path(endpoint.__file__).parent.glob("*.py"))) <= 15
