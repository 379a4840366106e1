"""A choice of release and size, as it is read and as the page shows it: anything unknown, old or hostile becomes something that starts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.hub.image_cards import CardContext
from enablement_ext.hub.spawn_page import SpawnPage, SpawnPageState
from enablement_ext.hub.spawn_policy import SpawnChoice
from enablement_ext.hub.user_options import RequestedOptions, parse_user_options, split_form, split_query
from tests.hub.catalogs import catalog_of, release_of
from tests.hub.factories import NOW, HubSettings, policy_of

CATALOG = read_catalog(Path(__file__).parents[2] / "images")
RULES = policy_of(HubSettings())
NOBODY: frozenset[str] = frozenset()


def choose(options: dict[str, Any] | None, catalog: Catalog = CATALOG) -> SpawnChoice:
    return RULES.resolve(catalog, parse_user_options(options), NOBODY, NOW.date())


def render(catalog: Catalog, options: dict[str, Any] | None = None, **more: Any) -> str:
    selected = RULES.preselect(catalog, parse_user_options(options), NOBODY, NOW.date())
    known: dict[str, Any] = {"enforced": False, "offers_releases": True} | more
    view = CardContext(selected, known.pop("last", {}), NOW.date())
    return SpawnPage(RULES).render(SpawnPageState(catalog, RULES.sizes, view, **known))


def test_a_known_choice_is_taken() -> None:
    release = CATALOG.offered()[-1]
    chosen = choose({"enablement": {"image": release.image, "release": release.version, "size": "large"}})
    assert chosen.size is not None
    assert (chosen.release, chosen.size.key, chosen.note) == (release, "large", "")


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
        {"enablement": {"image": {"a": 1}, "release": ["x"], "size": {}, "exact": "no", "purpose": ["reading"]}},
        {"enablement": {"image": "../../etc", "release": "<script>"}},
        {"image": "registry.example.org/other:1"},
        {"profile": "gone", "release": "v1999-1-0-py311"},
    ],
)
def test_anything_else_becomes_the_default(options: dict[str, Any] | None) -> None:
    chosen = choose(options)
    assert chosen.release == CATALOG.default
    assert chosen.size is not None
    assert (chosen.size.key, chosen.purpose) == ("small", "")


def test_what_was_asked_for_is_named_when_it_is_not_what_starts() -> None:
    note = choose({"enablement": {"image": "datascience", "release": "1999.1.0"}}).note
    assert note == "Data science has no release '1999.1.0'. You get Data science 2026.11.0."
    assert choose({}).note == ""


def test_without_sizes_none_is_chosen() -> None:
    policy = policy_of(HubSettings(sizes={}))
    assert (
        policy.resolve(CATALOG, parse_user_options({"enablement": {"size": "small"}}), NOBODY, NOW.date()).size is None
    )


def test_our_fields_are_split_from_the_hubs() -> None:
    form = {
        "enablement-release": ["datascience/2026.11.0/3.12"],
        "enablement-size": ["large"],
        "profile": ["gpu"],
        "image": ["other"],
        "release": ["x"],
    }
    ours, rest = split_form(form)
    assert ours == {"image": "datascience", "release": "2026.11.0", "python": "3.12", "size": "large"}
    assert rest == {"profile": ["gpu"], "image": ["other"], "release": ["x"]}


def test_a_link_may_say_everything_that_options_may() -> None:
    query = {
        key: [value]
        for key, value in {"image": "ds", "release": "2026.11.0", "exact": "1", "purpose": "reading"}.items()
    }
    ours, rest = split_query(query | {"queue": ["fast"]})
    asked = parse_user_options({"enablement": ours})
    assert (asked.release_request.image, asked.release_request.exact, asked.purpose, rest) == (
        "ds",
        True,
        "reading",
        {"queue": ["fast"]},
    )


def test_kubespawners_words_are_understood_where_its_profiles_are_ours() -> None:
    options = {"profile": "ds", "release": "v2026-11-0-py312", "size": "large"}
    asked = parse_user_options(options, profiles=True)
    assert (asked.release_request.image, asked.release_request.release, asked.python, asked.size) == (
        "ds",
        "2026.11.0",
        "3.12",
        "large",
    )
    assert parse_user_options(options) == RequestedOptions()


def test_the_page_shows_what_the_lock_says_and_selects_one_of_each() -> None:
    page = render(CATALOG)
    startable = [r for image in CATALOG.images for r in image.releases if r.status != "withdrawn"]
    assert page.count(" checked") == 2
    assert page.count('type="radio"') == len(startable) + len(RULES.sizes)
    assert str(CATALOG.default.version_of("pandas")) in page
    assert "<legend>Image</legend>" in page
    assert "not held to it" in page
    assert "<dt>Python</dt><dd>3.11</dd><dt>Support</dt><dd>until 2027-11-30</dd>" in page


def test_everything_that_is_inside_stands_in_the_page_without_a_script() -> None:
    page = render(CATALOG)
    for package in CATALOG.default.packages_for("3.11"):
        assert f"<li>{package.name} <b>{package.version}</b></li>" in page


def test_the_page_escapes_what_comes_from_outside() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    options = {"enablement": {"image": "datascience", "release": hostile}}
    page = render(CATALOG, options, enforced=True, problem=hostile, quota_message=hostile)
    assert "<img" not in page
    assert page.count("&lt;img") == 3
    assert "not held to it" not in page


STATES = catalog_of(
    release_of("ds", "2026.11.0", status="recommended"),
    release_of("ds", "2026.10.0", status="preview"),
    release_of("ds", "2026.9.0", status="deprecated", redirect="2026.11.0", until=date(2027, 1, 31)),
    release_of("ds", "2026.8.0", status="deprecated", redirect="2026.11.0", until=date(2026, 10, 31)),
    release_of("ds", "2026.7.0", status="withdrawn", reason="numpy was wrong"),
    release_of("new", "2026.11.0", status="preview", support_end=date(2026, 11, 1)),
)


def test_previews_and_deprecated_ones_are_folded_and_withdrawn_ones_explained_but_not_offered() -> None:
    page = render(STATES)
    folded = page[page.index('<details class="others"') : page.index('<details class="previews"')]
    assert 'value="ds/2026.10.0"' in folded
    assert 'value="ds/2026.9.0"' in folded
    assert "is being retired and is kept until 2027-01-31; 2026.11.0 takes its place" in folded
    assert "was retired on 2026-10-31" in folded
    assert "was withdrawn: numpy was wrong" in folded
    assert 'value="ds/2026.8.0"' not in page
    assert 'value="ds/2026.7.0"' not in page
    previews = page[page.index('<details class="previews"') :]
    assert "Images in preview (1)" in previews
    assert 'value="new/2026.11.0"' in previews
    assert "ended on 2026-11-01" in previews


def test_a_chosen_release_that_is_folded_is_unfolded_and_its_card_comes_first() -> None:
    page = render(STATES, {"enablement": {"image": "ds", "release": "2026.10.0"}})
    assert '<details class="others" open>' in page
    first = render(STATES, {"enablement": {"image": "new", "release": "2026.11.0"}})
    assert first.index('value="new/2026.11.0"') < first.index('value="ds/2026.11.0"')
    assert "previews" not in first.partition("<script>")[0].partition("</style>")[2]


def test_a_lock_that_was_tampered_with_costs_its_list_and_nothing_else() -> None:
    damaged = replace(release_of("ds", "2026.11.0", status="recommended"), digest="sha256:" + "0" * 64)
    older = release_of("ds", "2026.9.0")
    catalog = Catalog((replace(STATES.images[0], releases=(damaged, older)),))
    page = render(catalog, last={"ds": "2026.9.0"})
    assert 'value="ds/2026.11.0"' in page
    assert "What is inside" not in page
    assert "Since your" not in page
