"""The first look: the hub's home page leads to the queue, and the lab shows its buttons, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import PATIENCE, SERVER_START, Person, hook
from tests.servers.up import DemoHub, How, running_up

pytestmark = pytest.mark.browser
CARD = "[data-enablement-tour]"


@pytest.fixture(scope="module")
def touring_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """A hub whose servers show the tour, as `enablement up --demo tour` starts it."""
    how = How(environ={"ENABLEMENT_TOUR": "1"})
    with running_up(tmp_path_factory.mktemp("touring") / "state", how) as hub:
        yield hub


@pytest.fixture
def dana(chromium: Browser, touring_hub: DemoHub, shots: Path) -> Iterator[Person]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(PATIENCE)
    person = Person("dana", touring_hub.password("dana"), touring_hub.url, context.new_page(), shots)
    person.sign_in()
    yield person
    context.close()


def test_the_home_page_leads_to_the_queue_and_the_lab_shows_its_buttons_once(dana: Person) -> None:
    line = dana.page.locator(".announcement")
    expect(line).to_contain_text("send a notebook to engineering from JupyterLab")
    dana.shot("hub-home")
    line.get_by_role("link", name="Choose an image").click()
    expect(dana.page.locator('form[action*="spawn"]')).to_be_visible()
    dana.start_server()

    card = dana.page.locator(CARD)
    expect(card).to_have_attribute("data-enablement-tour", "send")
    dana.shot("tour-send")
    dana.page.locator(hook("tour-next")).click()
    expect(card).to_have_attribute("data-enablement-tour", "git")
    expect(dana.page.locator('[data-command="enablement:set-up-git"].enb-tour-target')).to_be_visible()
    dana.page.locator(hook("tour-next")).click()
    expect(dana.page.locator('.jp-SideBar [data-id="enablement-panel"].enb-tour-target')).to_be_visible()
    dana.shot("tour-queue")
    dana.page.locator(hook("tour-back")).click()
    dana.page.locator(hook("tour-end")).click()
    expect(card).to_have_count(0)
    expect(dana.page.locator(".enb-tour-target")).to_have_count(0)

    dana.page.goto(f"{dana.url}/hub/home")
    dana.page.locator(".announcement").get_by_role("link", name="Open the review queue").click()
    dana.page.wait_for_selector("#jp-main-dock-panel", timeout=SERVER_START)
    expect(dana.page.locator('[data-enablement-section="mine"]')).to_be_visible(timeout=SERVER_START)
    expect(card).to_have_count(0)
    dana.command("Enablement Tour")
    expect(card).to_have_attribute("data-enablement-tour", "send")
    for _ in range(4):
        dana.page.locator(hook("tour-next")).click()
    expect(card).to_have_count(0)
