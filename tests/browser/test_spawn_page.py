"""The spawn page in a real browser: found by name, used by keyboard, sent without JavaScript, readable light and dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser


def open_page(browser: Browser, hub: DemoHub, name: str, *, dark: bool = False, scripts: bool = True) -> Page:
    """The spawn page, after logging in."""
    context = browser.new_context(
        color_scheme="dark" if dark else "light", java_script_enabled=scripts, viewport={"width": 1100, "height": 1300}
    )
    page = context.new_page()
    page.goto(f"{hub.url}/hub/login?next=/hub/spawn")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(hub.password(name))
    page.get_by_role("button", name="Sign in").click()
    return page


def test_cards_are_radio_buttons_with_names_in_groups_with_names(chromium: Browser, demo_hub: DemoHub) -> None:
    page = open_page(chromium, demo_hub, "petra")
    images, sizes = page.get_by_role("group", name="Image"), page.get_by_role("group", name="Size")
    recommended = images.get_by_role("radio", name=re.compile(r"^Data science 2026\.11\.0 recommended"))
    expect(recommended).to_be_checked()
    expect(sizes.get_by_role("radio", name=re.compile("^Small"))).to_be_checked()
    recommended.focus()
    page.keyboard.press("ArrowDown")
    expect(recommended).not_to_be_checked()
    page.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_on_the_cards_can_be_read(chromium: Browser, demo_hub: DemoHub, dark: bool) -> None:
    page = open_page(chromium, demo_hub, "petra", dark=dark)
    for selector in (".card-title", ".card-text", ".card-badge", "dt", "dd"):
        ratio = page.locator(f".enablement .card-choice {selector}").first.evaluate(CONTRAST)
        assert ratio >= 4.5, f"{selector}: {ratio:.1f}"
    page.context.close()


def test_a_server_starts_without_javascript(chromium: Browser, demo_hub: DemoHub) -> None:
    page = open_page(chromium, demo_hub, "petra", scripts=False)
    page.get_by_role("radio", name=re.compile("^Medium")).check()
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_url(re.compile("/hub/spawn-pending/petra|/user/petra/"))
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
