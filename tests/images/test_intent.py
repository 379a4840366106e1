"""Intents: every mistake is named with file, line and what to do; editors are told the same by the JSON schema."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

from enablement_ext.core.images.definition import (
    BASES,
    KEYS,
    OS_KEYS,
    PYTHONS,
    DefinitionError,
    mistakes_between,
    mistakes_in,
)
from enablement_ext.core.images.releases import SLUG, VERSION

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "images"
SCHEMA = json.loads((IMAGES / "image.schema.json").read_text())
GOOD = """\
slug = "ds"
title = "Data"
description = "For data."
python = ["3.11", "3.12"]

[os]
base = "debian-bookworm"
packages = ["git"]

[packages]
numpy = ">=2.2,<3"
scikit-learn = ">=1.6"
"""

# (what is replaced, by what, the line that is named, words of the message, whether a JSON schema can say it too)
MISTAKES = [
    ('title = "Data"', "title = Data", 2, "not TOML", False),
    ('title = "Data"', 'title = "Data"\ntitle = "Again"', 3, "not TOML", False),
    ('title = "Data"', 'titel = "Data"', 2, "Did you mean `title`", True),
    ('title = "Data"', 'title = ""', 2, "`title` is missing", True),
    ('title = "Data"', "title = 7", 2, "Put it in quotes", True),
    ("For data.", "For data. " * 40, 3, "at most 240", True),
    ('slug = "ds"', 'slug = "Data Science"', 1, "lower-case", True),
    ('slug = "ds"', 'slug = "other"', 1, "never changes", False),
    ('slug = "ds"', "", 1, "`slug` is missing", True),
    ('["3.11", "3.12"]', "[]", 4, "`python` is missing", True),
    ('["3.11", "3.12"]', "3.11", 4, "list of texts", True),
    ('["3.11", "3.12"]', '["3.11.7"]', 4, 'Write "3.11"', True),
    ('["3.11", "3.12"]', '["2.7"]', 4, "Take it away", True),
    ('["3.11", "3.12"]', '["3.11", "3.11"]', 4, "stands twice", True),
    ('"debian-bookworm"', '"alpine"', 7, "is no base", True),
    ('packages = ["git"]', 'package = ["git"]', 8, "Did you mean `packages`", True),
    ('packages = ["git"]', 'packages = "git"', 8, "list of texts", True),
    ('packages = ["git"]', 'packages = ["git=1:2"]', 8, "without a version", True),
    ('numpy = ">=2.2,<3"', "numpy = 2.2", 11, "Put it in quotes", True),
    ('numpy = ">=2.2,<3"', 'numpy = "2.2"', 11, "not like >=2.2", True),
    ('numpy = ">=2.2,<3"', 'numpy = ""', 11, "has no range", True),
    ('numpy = ">=2.2,<3"', 'numpy = ">=3,<2"', 11, "No version of numpy", False),
    ('numpy = ">=2.2,<3"', 'numpy = "git+https://example.org/numpy"', 11, "given by an address", True),
    ('numpy = ">=2.2,<3"', '"numpy!" = ">=2"', 11, "no name of a package", True),
    ('numpy = ">=2.2,<3"', 'scikit_learn = ">=1"', 12, "the same package", False),
    ('[packages]\nnumpy = ">=2.2,<3"\nscikit-learn = ">=1.6"\n', "", 1, "[packages] is missing", True),
    ("[packages]\n", 'extends = "ds"\n[packages]\n', 10, "`extends` is no key of [os]", True),
    ('title = "Data"', 'title = "Data"\nextends = "ds"', 3, "extends itself", False),
    ('title = "Data"', 'title = "Data"\nextends = ["a", "b"]', 3, "slug of one image", True),
    ('title = "Data"', 'title = "Data"\ngroups = "research"', 3, "JupyterHub groups", True),
    ('title = "Data"', 'title = "Data"\ncommand = "run"', 3, "list of texts", True),
    ('title = "Data"', 'title = "Data"\nsmoke = 1', 3, "smoke notebook", True),
    ("[packages]", '[exceptions]\nnumpy = "so"\n[packages]', 11, "gives no reason", True),
    ("[os]", 'exceptions = "none"\n[os]', 6, "is a table", True),
]


def mistakes(text: str) -> tuple[DefinitionError, ...]:
    return mistakes_in(text, "images/ds/image.toml", "ds")


def test_what_is_right_is_accepted() -> None:
    assert mistakes(GOOD) == ()
    jsonschema.validate(tomllib.loads(GOOD), SCHEMA)
    assert len(MISTAKES) > 20


@pytest.mark.parametrize(("old", "new", "line", "words", "schema_too"), MISTAKES, ids=[str(m[3]) for m in MISTAKES])
def test_a_mistake_is_named_with_file_line_and_what_to_do(
    old: str, new: str, line: int, words: str, schema_too: bool
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new)
    said = [str(mistake) for mistake in mistakes(text)]
    expected = f"images/ds/image.toml:{line}: "
    assert any(message.startswith(expected) and words in message for message in said), said
    if schema_too:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(tomllib.loads(text), SCHEMA)


def test_all_mistakes_are_found_at_once_in_order() -> None:
    text = GOOD.replace("Data", "").replace('"git"', "7").replace(">=1.6", "1.6").replace("debian-bookworm", "alpine")
    assert [mistake.line for mistake in mistakes(text)] == [2, 7, 8, 12]


def test_parents_must_be_there_and_no_circle() -> None:
    def intent(slug: str, parent: str) -> str:
        return GOOD.replace('slug = "ds"', f'slug = "{slug}"\nextends = "{parent}"')

    assert [str(m) for m in mistakes_between({"a": intent("a", "b"), "b": intent("b", "nothing")})] == [
        "b/image.toml:2: There is no image 'nothing'. Name one of a, b."
    ]
    assert len(mistakes_between({"a": intent("a", "b"), "b": intent("b", "a")})) == 2
    assert mistakes_between({"a": intent("a", "ds"), "ds": GOOD}) == ()


def test_schema_and_validator_know_the_same_words() -> None:
    properties = SCHEMA["properties"]
    assert set(properties) == set(KEYS)
    assert set(properties["os"]["properties"]) == set(OS_KEYS)
    assert properties["python"]["items"]["enum"] == list(PYTHONS)
    assert properties["os"]["properties"]["base"]["enum"] == list(BASES)


def test_the_schemas_hold_the_pattern_of_slugs_and_releases() -> None:
    """One constant in core; what editors, Helm and clients of the service read says the same."""
    slug, version = f"^{SLUG.pattern}$", VERSION.pattern.replace(r"\.", "[.]")
    intent = SCHEMA["properties"]
    assert intent["slug"]["pattern"] == intent["extends"]["pattern"] == slug
    chart = json.loads((ROOT / "helm" / "enablement" / "values.schema.json").read_text())["properties"]
    assert chart["images"]["propertyNames"]["pattern"] == slug
    assert chart["catalog"]["properties"]["default"]["pattern"] == f"^$|{slug}"
    contract = yaml.safe_load((ROOT / "enablement_ext" / "web" / "openapi.yaml").read_text())["components"][
        "parameters"
    ]
    assert contract["ImageSlug"]["schema"]["pattern"] == slug
    assert contract["ImageRelease"]["schema"]["pattern"] == f"^{version}$"


def test_names_and_numbers_are_judged_by_ascii_digits() -> None:
    """`\\d` is any script's digit: a release in Arabic ones would be another folder with the same number."""
    assert not VERSION.fullmatch("٢٠٢٦.11.0")
    searching = {"core/secrets/rules.py"}  # looks into texts; judges no name
    package = ROOT / "enablement_ext"
    written = {path.relative_to(package).as_posix() for path in package.rglob("*.py") if r"\d" in path.read_text()}
    assert written <= searching


def test_no_other_module_writes_the_pattern_of_slugs() -> None:
    modules = [*(ROOT / "enablement_ext").rglob("*.py"), *(ROOT / "labextension" / "src").rglob("*.ts")]
    assert [path.name for path in modules if SLUG.pattern in path.read_text(encoding="utf-8")] == ["releases.py"]


@pytest.mark.parametrize("path", sorted(IMAGES.rglob("image.toml")), ids=lambda path: path.parent.name)
def test_the_shipped_intents_are_right(path: Path) -> None:
    assert mistakes_in(path.read_text(), path.name, path.parent.name) == ()
    jsonschema.validate(tomllib.loads(path.read_text()), SCHEMA)
