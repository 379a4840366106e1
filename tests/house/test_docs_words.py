"""The documents and the code use the same words, and the documents name files that are there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "enablement_ext"
ARCHITECTURE = ROOT / "docs" / "explanation" / "architecture.md"
# Pages of benchmarks are left out: their figures speak of the code as it was when they were measured.
PRESENT = [
    page
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if page.parent.name != "benchmarks"
]
_NAMED_FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/[\w.-]+\.(?:py|tsx?|ya?ml|toml|tpl))`")


def glossary() -> list[str]:
    """The words of the table under "Glossary"."""
    section = ARCHITECTURE.read_text(encoding="utf-8").split("\n## Glossary\n")[1].split("\n## ")[0]
    return [word for word in re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE) if word not in {"word", "---"}]


@cache
def words_of_the_code() -> frozenset[str]:
    """What Python code defines and the contract names, in lower case with underscores: `content_id`, `package_request`."""
    named: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        named.update(_defined(ast.parse(path.read_text(encoding="utf-8"))))
    named.update(_keys(yaml.safe_load((PACKAGE / "web" / "openapi.yaml").read_text(encoding="utf-8"))))
    return frozenset(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-/]", "_", name).lower().strip("_") for name in named)


def _defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.arg(arg=name):
                yield name


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield str(key)
            yield from _keys(below)
    elif isinstance(value, list):
        for below in value:
            yield from _keys(below)


def in_the_code(word: str) -> bool:
    """Whether the word, as a whole and by itself, is a name."""
    return word.lower().replace(" ", "_") in words_of_the_code()


def test_the_glossary_has_each_word_once() -> None:
    words = [word.lower() for word in glossary()]
    assert len(words) > 10
    assert len(words) == len(set(words))


@pytest.mark.parametrize("word", glossary())
def test_every_word_of_the_glossary_is_a_name_in_the_code(word: str) -> None:
    assert in_the_code(word), f"{word!r} names nothing in enablement_ext/: rename one of the two"


def test_a_word_that_nobody_uses_is_not_found() -> None:
    assert not in_the_code("cellar")
    assert not in_the_code("content digest")


def test_every_file_that_the_documents_name_is_there() -> None:
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in PRESENT
        for name in _NAMED_FILE.findall(page.read_text(encoding="utf-8"))
        if not any((base / name).exists() for base in (ROOT, PACKAGE, page.parent))
    ]
    assert missing == []


def test_each_promise_of_the_security_model_names_a_test() -> None:
    """A file, that is: a folder has tests of anything. That the files are there, the test above says."""
    page = (ROOT / "docs" / "explanation" / "security" / "model.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!property |---)(.+) \| (.+) \| ([^|]+) \|$", page.split("\n## ")[0], re.MULTILINE)
    assert len(rows) > 20
    for promise, _, tests in rows:
        named = [name for name in _NAMED_FILE.findall(tests) if "test" in name]
        assert named, f"no test is named for: {promise}"
        assert not re.search(r"`[^`]*/`", tests), f"a folder is no test: {promise}"
