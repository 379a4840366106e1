"""The spawn page in a real browser: found by name, used by keyboard, sent without JavaScript, readable light and dark, with 3 images and with 100."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.person import PATIENCE
from tests.hub.catalogs import big_catalog, release_of, write_catalog, write_release
from tests.servers.up import ROOT, DemoHub, How, running_up

pytestmark = pytest.mark.browser
IMAGES, RELEASES = 100, 20


@dataclass(frozen=True)
class Looking:
    """How somebody looks at the page."""

    dark: bool = False
    scripts: bool = True
    path: str = ""
    height: int = 1300


LIGHT = Looking()
NEW = Looking(path="petra/second")  # a server that no test starts: where one runs, the page leads into it


def open_page(browser: Browser, hub: DemoHub, name: str, how: Looking = LIGHT) -> Page:
    """The spawn page, after logging in."""
    context = browser.new_context(
        color_scheme="dark" if how.dark else "light",
        java_script_enabled=how.scripts,
        viewport={"width": 1100, "height": how.height},
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{hub.url}/hub/login?next=/hub/spawn/{how.path or name}")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(hub.password(name))
    page.get_by_role("button", name="Sign in").click()
    page.locator(".enablement").wait_for()
    return page


@pytest.fixture(scope="module")
def rich_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """A hub whose catalog has releases in every state, a preview image and one of other groups."""
    folder = tmp_path_factory.mktemp("rich")
    images = folder / "images"
    shutil.copytree(ROOT / "images", images, ignore=shutil.ignore_patterns("servers"))
    write_release(images, release_of("datascience", "2026.12.0"), status="preview")
    write_release(
        images, release_of("datascience", "2026.5.0"), status="withdrawn", more='reason = "numpy was wrong"\n'
    )
    (images / "vision").mkdir()
    (images / "vision" / "image.toml").write_text(
        'slug = "vision"\ntitle = "Vision"\ndescription = "Pictures and video."\n[packages]\nnumpy = ">=2"\n'
    )
    write_release(images, release_of("vision", "2026.11.0"), status="preview")
    with running_up(folder / "state", How(environ={"ENABLEMENT_CATALOG": str(images)})) as hub:
        yield hub


@pytest.fixture(scope="module")
def big_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """A hub with a hundred images of twenty releases each, beside the one that its servers really start in."""
    folder = tmp_path_factory.mktemp("big")
    images = folder / "images"
    write_catalog(images, big_catalog(IMAGES - 2, RELEASES))
    for slug in ("minimal", "datascience"):
        shutil.copytree(ROOT / "images" / slug, images / slug)
    (images / "catalog.toml").write_text('default = "datascience"\n')
    with running_up(folder / "state", How(environ={"ENABLEMENT_CATALOG": str(images)})) as hub:
        yield hub


def test_cards_are_radio_buttons_with_names_in_groups_with_names(chromium: Browser, demo_hub: DemoHub) -> None:
    page = open_page(chromium, demo_hub, "petra", NEW)
    images, sizes = page.get_by_role("group", name="Image"), page.get_by_role("group", name="Size")
    recommended = images.get_by_role("radio", name=re.compile(r"^Data science 2026\.11\.0 recommended"))
    expect(recommended).to_be_checked()
    expect(sizes.get_by_role("radio", name=re.compile("^Small Explore"))).to_be_checked()
    expect(recommended).to_have_accessible_description(re.compile("pandas.*Python 3.*Support until"))
    recommended.focus()
    page.keyboard.press("ArrowDown")
    expect(recommended).not_to_be_checked()
    page.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_on_the_cards_can_be_read(chromium: Browser, rich_hub: DemoHub, dark: bool, shots: Path) -> None:
    page = open_page(chromium, rich_hub, "petra", Looking(dark=dark))
    for summary in page.locator("summary").all():
        summary.click()
    page.screenshot(path=shots / f"spawn-page-{'dark' if dark else 'light'}.png", full_page=True)
    for selector in (
        ".card-title",
        ".card-text",
        ".card-badge-recommended",
        ".card-badge-deprecated",
        ".card-badge-preview",
        "summary",
        "dt",
        "dd",
        ".packages li",
        ".packages b",
        ".row-gone",
    ):
        ratio = page.locator(f".enablement .card-choice {selector}").first.evaluate(CONTRAST)
        assert ratio >= 4.5, f"{selector}: {ratio:.1f}"
    page.context.close()


def test_a_server_starts_without_javascript(chromium: Browser, demo_hub: DemoHub, shots: Path) -> None:
    page = open_page(chromium, demo_hub, "petra", Looking(scripts=False))
    expect(page.get_by_label("Find an image or a package")).to_be_hidden()
    inside = page.locator(".inside").first
    inside.locator("summary").click()
    expect(inside.get_by_text("numpy", exact=False).first).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Medium")).check()
    page.screenshot(path=shots / "spawn-page-without-javascript.png", full_page=True)
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_url(re.compile("/hub/spawn-pending/petra|/user/petra/"))
    page.context.close()


def test_a_package_is_found_and_what_is_chosen_stays_in_sight(
    chromium: Browser, rich_hub: DemoHub, shots: Path
) -> None:
    page = open_page(chromium, rich_hub, "petra")
    box = page.get_by_role("searchbox", name="Find an image or a package")
    box.fill("xgboost")
    cards = page.locator("article.card-choice:visible")
    expect(cards).to_have_count(2)
    expect(cards.nth(1)).to_contain_text(re.compile(r"Machine learning.*Has xgboost-cpu \d", re.DOTALL))
    expect(cards.nth(0).get_by_role("radio").first).to_be_checked()
    expect(page.get_by_text("1 of 4 images")).to_be_visible()
    page.screenshot(path=shots / "spawn-page-search.png", full_page=True)
    box.press("Enter")
    expect(page).to_have_url(re.compile("/hub/spawn/petra"))
    box.fill("pictures and")
    expect(page.get_by_role("radio", name=re.compile("^Vision"))).to_be_visible()
    box.fill("no such thing")
    expect(page.get_by_text("0 of 4 images")).to_be_visible()
    box.fill("")
    expect(page.locator("article.card-choice:visible")).to_have_count(3)
    page.context.close()


def test_previews_and_retired_releases_are_folded_and_withdrawn_ones_are_no_choice(
    chromium: Browser, rich_hub: DemoHub
) -> None:
    page = open_page(chromium, rich_hub, "petra")
    card = page.locator('[data-image="datascience"]')
    deprecated = card.get_by_role("radio", name=re.compile(r"2026\.9\.0 deprecated"))
    expect(deprecated).to_be_hidden()
    card.get_by_text("Other releases (3)").press("Enter")
    expect(deprecated).to_be_visible()
    expect(card).to_contain_text("is being retired and is kept until 2027-01-31; 2026.11.0 takes its place")
    expect(card).to_contain_text("2026.5.0 was withdrawn: numpy was wrong")
    expect(card.get_by_role("radio", name=re.compile(r"2026\.5\.0"))).to_have_count(0)
    expect(page.get_by_role("radio", name=re.compile("^Vision"))).to_be_hidden()
    page.get_by_text("Images in preview (1)").click()
    expect(page.get_by_role("radio", name=re.compile("^Vision"))).to_be_visible()
    page.context.close()


def test_a_click_anywhere_on_a_card_chooses_it_and_unfolding_does_not(chromium: Browser, demo_hub: DemoHub) -> None:
    page = open_page(chromium, demo_hub, "petra", NEW)
    minimal = page.locator('[data-image="minimal"]')
    minimal.locator(".inside summary").click()
    expect(minimal.get_by_role("radio").first).not_to_be_checked()
    fact = minimal.locator("dd").first.bounding_box()
    assert fact is not None
    page.mouse.click(fact["x"] + 5, fact["y"] + 5)
    expect(minimal.get_by_role("radio").first).to_be_checked()
    page.context.close()


def test_a_named_server_has_the_same_page(chromium: Browser, demo_hub: DemoHub) -> None:
    page = open_page(chromium, demo_hub, "petra", NEW)
    expect(page.get_by_role("radio", name=re.compile("^Data science"))).to_be_checked()
    page.context.close()


def test_a_hundred_images_can_be_searched_and_the_button_stays_near(
    chromium: Browser, big_hub: DemoHub, shots: Path
) -> None:
    page = open_page(chromium, big_hub, "petra")
    expect(page.locator("article.card-choice")).to_have_count(IMAGES)
    button = page.get_by_role("button", name="Start").bounding_box()
    assert button is not None
    assert button["y"] < 1300
    page.screenshot(path=shots / "spawn-page-100-images.png", full_page=True)
    page.get_by_role("searchbox").fill("team 42")
    found = page.locator("article.card-choice:visible").filter(has_text="Team 42")
    expect(found).to_have_count(1)
    found.get_by_text("Other releases (19)").click()
    older = found.get_by_role("radio").nth(7)
    older.check()
    page.screenshot(path=shots / "spawn-page-100-images-search.png", full_page=True)
    page.get_by_role("searchbox").fill("team 7")
    expect(older).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("width", [360, 1600])
def test_the_page_fits_narrow_and_wide_windows(chromium: Browser, rich_hub: DemoHub, width: int, shots: Path) -> None:
    page = open_page(chromium, rich_hub, "petra")
    page.set_viewport_size({"width": width, "height": 900})
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.screenshot(path=shots / f"spawn-page-{width}.png", full_page=True)
    page.context.close()


# WCAG's contrast of an element's text to the first opaque background behind it.
CONTRAST = """element => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  let behind = element;
  let ground = [255, 255, 255];
  while (behind) {
    const found = parse(getComputedStyle(behind).backgroundColor);
    if (found.length === 3 || found[3] === 1) { ground = found; break; }
    behind = behind.parentElement;
  }
  const ink = parse(getComputedStyle(element).color);
  const alpha = ink.length === 4 ? ink[3] : 1;
  const mixed = ink.slice(0, 3).map((v, i) => v * alpha + ground[i] * (1 - alpha));
  const [high, low] = [light(mixed), light(ground)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}"""
