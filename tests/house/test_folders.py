"""A folder shows what it is about: few modules, a sentence on what lives there, and its Protocols in one `ports.py`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "enablement_ext"
MOST_MODULES = 15
PORTS_LINES = 400

# Modules outside of a `ports.py` that may say what they need of another: composition roots.
ROOTS = {"service/app.py", "hub/app.py", "lab/app.py", "cli/app.py", "cli/image/app.py", "cli/backup/app.py"}


def folders() -> Iterator[tuple[str, int]]:
    """Every package with the number of its modules, `__init__` aside."""
    for init in sorted(PACKAGE.rglob("__init__.py")):
        modules = [path for path in init.parent.glob("*.py") if path != init]
        yield init.parent.relative_to(PACKAGE).as_posix(), len(modules)


@pytest.mark.parametrize(("folder", "modules"), list(folders()))
def test_a_folder_has_few_modules(folder: str, modules: int) -> None:
    assert modules <= MOST_MODULES


@pytest.mark.parametrize("folder", [folder for folder, modules in folders() if modules > 3])
def test_a_folder_says_what_lives_there(folder: str) -> None:
    text = ast.get_docstring(ast.parse((PACKAGE / folder / "__init__.py").read_text())) or ""
    sentence = text.partition("\n\n")[0]
    assert len(sentence.split()) >= 8
    assert sentence.rstrip().endswith((".", ":"))


def protocols(source: str) -> list[str]:
    """Names of the Protocols a module defines."""
    if "Protocol" not in source:
        return []  # most modules: not parsed
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).partition("[")[0].rpartition(".")[2] == "Protocol" for base in node.bases)
    ]


def test_protocols_stand_in_ports_and_nowhere_else() -> None:
    elsewhere = {
        path.relative_to(PACKAGE).as_posix(): found
        for path in PACKAGE.rglob("*.py")
        if path.name != "ports.py" and (found := protocols(path.read_text()))
    }
    assert {place: found for place, found in elsewhere.items() if place not in ROOTS} == {}


def test_a_protocol_is_recognised_however_it_is_written() -> None:
    source = "import typing\nclass A(Protocol[T]): ...\nclass B(Reader, typing.Protocol): ...\nclass C(A): ...\n"
    assert protocols(source) == ["A", "B"]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("ports.py")), ids=lambda path: path.parent.name)
def test_ports_are_short_and_hold_protocols(path: Path) -> None:
    source = path.read_text()
    assert source.count("\n") < PORTS_LINES
    assert protocols(source)
