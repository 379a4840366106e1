"""A choice of release and size: anything unknown, old or hostile becomes something that starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.hub.choice import choose, split_form
from enablement_ext.hub.page import SpawnPage

CATALOG = read_catalog(Path(__file__).parents[2] / "images")
SIZES = {"small": {"title": "Small", "cpu": 1, "memory": "2G"}, "large": {"title": "Large", "cpu": 4, "memory": "8G"}}


def test_a_known_choice_is_taken() -> None:
    release = CATALOG.offered()[-1]
    options = {"enablement": {"image": release.image, "release": release.version, "size": "large"}}
    chosen = choose(CATALOG, SIZES, options)
    assert (chosen.release, chosen.size, chosen.asked_for) == (release, "large", None)


@pytest.mark.parametrize(
    "options",
    [
        None,
        {},
        {"enablement": None},
        {"enablement": "datascience"},
        {"enablement": ["datascience"]},
        {"enablement": {"image": "nothing", "release": "1999.1.0", "size": "giant"}},
        {"enablement": {"image": "datascience", "release": "1999.1.0", "size": None}},
        {"enablement": {"image": {"a": 1}, "release": ["x"], "size": {}}},
        {"enablement": {"image": "../../etc", "release": "<script>"}},
        {"image": "registry.example.org/other:1"},
    ],
)
def test_anything_else_becomes_the_default(options: dict[str, Any] | None) -> None:
    chosen = choose(CATALOG, SIZES, options)
    assert chosen.release == CATALOG.default
    assert chosen.size == "small"


def test_what_was_asked_for_is_named_when_it_is_not_what_starts() -> None:
    assert (
        choose(CATALOG, SIZES, {"enablement": {"image": "datascience", "release": "1999.1.0"}}).asked_for
        == "datascience 1999.1.0"
    )
    assert choose(CATALOG, SIZES, {}).asked_for is None


def test_without_sizes_none_is_chosen() -> None:
    assert choose(CATALOG, {}, {"enablement": {"size": "small"}}).size == ""


def test_our_fields_are_split_from_the_hubs() -> None:
    form = {
        "enablement-release": ["datascience/2026.11.0"],
        "enablement-size": ["large"],
        "profile": ["gpu"],
        "image": ["other"],
    }
    ours, rest = split_form(form)
    assert ours == {"image": "datascience", "release": "2026.11.0", "size": "large"}
    assert rest == {"profile": ["gpu"], "image": ["other"]}


def test_the_page_shows_what_the_lock_says_and_selects_one_of_each() -> None:
    page = SpawnPage(CATALOG, SIZES).render(choose(CATALOG, SIZES, {}), enforced=False, offers_releases=True)
    assert page.count(" checked") == 2
    assert page.count('type="radio"') == len(CATALOG.offered()) + len(SIZES)
    assert str(CATALOG.default.version_of("pandas")) in page
    assert "<legend>Image</legend>" in page
    assert "not held to it" in page
    assert "<script" not in page


def test_the_page_escapes_what_comes_from_outside() -> None:
    options = {"enablement": {"image": "datascience", "release": "<img src=x onerror=alert(1)>"}}
    page = SpawnPage(CATALOG, SIZES).render(choose(CATALOG, SIZES, options), enforced=True, offers_releases=True)
    assert "<img" not in page
    assert "&lt;img" in page
    assert "not held to it" not in page
