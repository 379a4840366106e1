"""A docstring says something that the signature does not.

One is empty when it is among `PHRASES`, or when each of its words, small words aside, occurs in the definition it stands on: in the
name of the function, its class, its parameters or their types (`"The image with this slug."` on `def image(slug)`). Words are compared
without their endings, so "returns" is no news beside "return". What a port promises stands at the port: an implementation says what it
adds (how, how fast, what it leaves out).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "enablement_ext"

PHRASES = {"see the port.", "see the base class.", "the routes of this module.", "theirs.", "in memory.", "none."}
SMALL = frozenset(
    "a an the of its it their his this that these those is are be been was for with to and or in on at from by as into one what"
    " which who where whose they them all every any return returns get gets give gives make makes take takes do does"
    " how whether".split()
)

# Modules that still have such docstrings. The list only gets shorter: a module that is clean is taken off.
NOT_YET: frozenset[str] = frozenset(
    {
        "adapters/catalog_folder.py",
        "adapters/environments/containers.py",
        "adapters/environments/environment_manager.py",
        "adapters/environments/smoke_test.py",
        "adapters/environments/virtual_environments.py",
        "adapters/image_usage.py",
        "adapters/installed_packages.py",
        "adapters/memory/forge.py",
        "adapters/memory/images.py",
        "adapters/memory/packages.py",
        "adapters/memory/versions.py",
        "adapters/uv_solver.py",
        "core/git/setup/config_files.py",
        "core/images/catalog.py",
        "core/images/python/versions.py",
        "core/images/release_diff.py",
        "hub/spawner_form.py",
        "service/caches/credentials.py",
        "service/http/server.py",
        "service/use_cases/review_context.py",
        "web/messages.py",
    }
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def words(text: str) -> list[str]:
    """The words of a sentence or of identifiers in it, lower-case but for abbreviations (GET is no "get"), without endings."""
    found = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", text.replace("_", " "))
    return [word if len(word) > 1 and word.isupper() else _stem(word.lower()) for word in found]


def _stem(word: str) -> str:
    for ending in ("ies", "ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def signature(node: Definition, owner: str) -> set[str]:
    """The words a reader has seen before the docstring."""
    if isinstance(node, ast.ClassDef):
        return set(words(node.name))
    parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    types = [parameter.annotation for parameter in parameters] + [node.returns]
    names = [node.name, owner, *(parameter.arg for parameter in parameters)]
    return set(words(" ".join([*names, *(ast.unparse(kind) for kind in types if kind is not None)])))


def is_empty(docstring: str, seen: set[str]) -> bool:
    """Whether a docstring adds nothing to these words."""
    small = {_stem(word) for word in SMALL}
    return docstring.strip().lower() in PHRASES or set(words(docstring)) - small <= seen


def empty_docstrings(source: str) -> list[str]:
    """`name: docstring` of each definition whose docstring is empty."""
    return [
        f"{node.name}: {docstring}"
        for node, owner in _definitions(ast.parse(source), "")
        if (docstring := ast.get_docstring(node)) is not None and is_empty(docstring, signature(node, owner))
    ]


def _definitions(node: ast.AST, owner: str) -> Iterator[tuple[Definition, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield child, owner
        yield from _definitions(child, child.name if isinstance(child, ast.ClassDef) else owner)


def modules() -> dict[str, list[str]]:
    """{module: its empty docstrings} where there are any."""
    return {
        path.relative_to(PACKAGE).as_posix(): empty
        for path in sorted(PACKAGE.rglob("*.py"))
        if (empty := empty_docstrings(path.read_text()))
    }


def test_no_docstring_only_repeats_the_signature() -> None:
    assert {name: empty for name, empty in modules().items() if name not in NOT_YET} == {}


def test_the_list_of_modules_to_do_gets_shorter() -> None:
    assert NOT_YET - modules().keys() == set(), "these are clean now: take them off the list"


@pytest.mark.parametrize(
    ("source", "empty"),
    [
        ('def image(slug: str) -> Image:\n    """The image with this slug."""', True),
        ('def image(slug: str) -> Image:\n    """The image with this slug. Raises `NotFound`."""', False),
        ('class Version:\n    """A version."""', True),
        ('class Version:\n    """One immutable snapshot of a submission."""', False),
        ('def anything() -> None:\n    """See the port."""', True),
        ('class Store:\n    def closing(self) -> None:\n        """Closes the store."""', True),
        ('class Store:\n    def close(self) -> None:\n        """Give back connections."""', False),
        ("def undocumented() -> None: ...", False),
    ],
)
def test_what_counts_as_empty(source: str, empty: bool) -> None:
    assert bool(empty_docstrings(source)) is empty
