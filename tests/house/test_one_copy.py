"""A rule that is needed in two languages, or in a document, stands once in Python; every other copy equals it."""

from __future__ import annotations

import json
import re
import unicodedata
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from enablement_ext.core.errors import BadBundle
from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.forges.ports import ForgeKind
from enablement_ext.core.review.models import (
    ChangeKind,
    FileRole,
    HandedOver,
    Ported,
    RequirementState,
    Stage,
    State,
    Verdict,
)
from enablement_ext.core.review.search.documents import PassageKind
from enablement_ext.core.review.version_changes import CHANGE_WORDS, FallReason
from enablement_ext.core.submission.bundle import check_path
from enablement_ext.core.submission.tar_format import shown_name
from enablement_ext.core.text.cleaning import clean
from enablement_ext.core.text.direction_marks import DIRECTION_MARKS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "enablement_ext"
BROWSER = ROOT / "labextension/src"

# Where the contract repeats the values of an enumeration: a path of keys into openapi.yaml's `components.schemas`.
CONTRACT: dict[str, type[StrEnum]] = {
    "Version.changes.items": ChangeKind,
    "Submission.state": State,
    "Submission.stage": Stage,
    "Submission.handed_over": HandedOver,
    "Answers.stage": Stage,
    "Answers.handed_over": HandedOver,
    "File.role": FileRole,
    "Forge.kind": ForgeKind,
    "Repository.access": Access,
    "RepositoryAccess.access": Access,
    "Decision.verdict": Verdict,
    "Decision.fallen.properties.reason": FallReason,
    "Decision.fallen.properties.changes.items": ChangeKind,
    "Requirement.state": RequirementState,
    "Excerpt.kind": PassageKind,
    "Thread.placed.allOf.1.properties.state": Ported,
}


def test_direction_marks_are_those_of_unicode() -> None:
    bidi_control = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    formatting = {mark for mark in map(chr, range(0x110000)) if unicodedata.bidirectional(mark) in bidi_control}
    assert formatting | {"\u061c", "\u200e", "\u200f", "\ufeff"} == DIRECTION_MARKS


def test_the_browser_has_the_same_direction_marks() -> None:
    source = (BROWSER / "plainName.ts").read_text()
    literal = re.search(r"const DIRECTION_MARKS =\s*'((?:\\u[0-9a-f]{4})+)';", source)
    assert literal is not None
    assert [chr(int(code, 16)) for code in literal[1].split(r"\u")[1:]] == sorted(DIRECTION_MARKS)
    assert "${DIRECTION_MARKS}" in source


@pytest.mark.parametrize("mark", sorted(DIRECTION_MARKS), ids=ascii)
def test_every_direction_mark_is_refused_in_paths_replaced_in_sentences_and_taken_out_of_texts(mark: str) -> None:
    with pytest.raises(BadBundle):
        check_path(f"a{mark}b.csv")
    assert shown_name(f"a{mark}b") == "“a\ufffdb”"
    assert clean(f"a{mark}b") == "ab"


def test_there_is_no_other_list_of_direction_marks() -> None:
    listing = re.compile(r"\\u202[a-e]|\\u206[6-9]", re.IGNORECASE)
    holders = {
        path.relative_to(ROOT).as_posix()
        for folder, pattern in ((PACKAGE, "*.py"), (BROWSER, "*.ts*"))
        for path in folder.rglob(pattern)
        if "labextension/static" not in path.as_posix() and listing.search(path.read_text())
    }
    assert holders == {"enablement_ext/core/text/direction_marks.py", "labextension/src/plainName.ts"}


@cache
def schemas() -> dict[str, Any]:
    """Of the contract, parsed once."""
    found: dict[str, Any] = yaml.safe_load((PACKAGE / "web/openapi.yaml").read_text())["components"]["schemas"]
    return found


@pytest.mark.parametrize("place", CONTRACT)
def test_the_contract_lists_the_values_of(place: str) -> None:
    name, *keys = place.split(".")
    schema = schemas()[name]["properties"]
    for key in keys:
        schema = schema[int(key) if key.isdecimal() else key]
    unanswered = [None] if "null" in schema["type"] else []
    assert schema["enum"] == [member.value for member in CONTRACT[place]] + unanswered


def test_the_chart_offers_every_forge_but_the_one_in_memory() -> None:
    values = json.loads((ROOT / "helm/enablement/values.schema.json").read_text())["properties"]["forge"]["properties"]
    assert values["kind"]["enum"] == [kind.value for kind in ForgeKind if kind is not ForgeKind.MEMORY]


def test_every_kind_of_change_has_one_word_for_people_in_one_place() -> None:
    assert list(CHANGE_WORDS) == list(ChangeKind)
    said = [path.name for path in PACKAGE.rglob("*.py") if "ChangeKind.MARKDOWN:" in path.read_text()]
    assert said == ["version_changes.py"]


def test_tests_get_their_ports_in_one_place() -> None:
    """A port that was free a moment ago is another process's by the time it is used."""
    found = [
        path for path in ROOT.glob("tests/**/*.py") if re.search(r"^ *def _?free_ports?\b", path.read_text(), re.M)
    ]
    assert [path.relative_to(ROOT).as_posix() for path in found] == ["tests/servers/ports.py"]
