"""One name, one thing: a public class name occurs once in the package, so that a search for it ends at one definition."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "enablement_ext"


def definitions(package: Path) -> dict[str, list[str]]:
    """{name of a public class at the top of a module: the modules that define one}."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(package).as_posix())
    return places


def test_a_public_class_name_stands_for_one_thing() -> None:
    places = definitions(PACKAGE)
    assert len(places) > 200  # it did look
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}


def test_the_second_class_of_a_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("class Credential: ...\nclass _Private: ...\n")
    (tmp_path / "two.py").write_text("class _Private: ...\nif True:\n    pass\nclass Credential: ...\n")
    assert definitions(tmp_path) == {"Credential": ["one.py", "two.py"]}
