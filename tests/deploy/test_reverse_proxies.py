"""The main job behind nginx and Apache, each with what docs/how-to/reverse-proxy.md shows, and a hub below a path of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.person import RECOVERY, Person, hook
from tests.deploy.conftest import Sitting, large_notebook
from tests.deploy.main_job import fill_in_and_send
from tests.deploy.reverse_proxies import PROXIES, Place, certificate, reverse_proxy, shown
from tests.servers.own_hub import HubSetup, OwnHub, own_hub
from tests.servers.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# What comes first of a stream that nothing is sent on for 15 seconds. A proxy that waits for a page of it gives nothing.
FIRST_EVENT = """
async address => {
  const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)[1];
  const answer = await fetch(address, {headers: {Accept: 'text/event-stream', 'X-XSRFToken': xsrf}});
  const reader = answer.body.getReader();
  const late = new Promise(resolve => setTimeout(() => resolve({value: new Uint8Array()}), 10000));
  const {value} = await Promise.race([reader.read(), late]);
  await reader.cancel();
  return new TextDecoder().decode(value);
}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("front")
    folder.chmod(0o755)
    certificate(folder)
    return Place(free_port(), free_port(), free_port(), folder)


@pytest.fixture(scope="module")
def hub(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnHub]:
    setup = HubSetup(place.filled(shown("python")[0]))
    with own_hub(tmp_path_factory.mktemp("proxied") / "state", setup) as running:
        yield running


@pytest.mark.parametrize("name", PROXIES)
def test_the_main_job(name: str, place: Place, hub: OwnHub, sit: Sitting) -> None:
    notebook = large_notebook(hub.state / "home" / "dana", name)
    with reverse_proxy(name, place):
        remy = sit("remy", hub, place.url)
        remy.show_panel()
        events = f"{place.url}/user/remy/enablement/api/v1/events"
        assert "event: hello" in remy.page.evaluate(FIRST_EVENT, events)
        dana = sit("dana", hub, place.url)
        number = sends(dana, notebook)
        expect(remy.row(number)).to_be_visible(timeout=RECOVERY)  # it came by itself
        remy.open_submission(number)
        remy.press_until(remy.page.locator(hook("claim")), remy.page.locator(hook("release")))
        remy.decide("approve", "", f"decided-behind-{name}")
        remy.expect_state(number, "approved")
        dana.show_panel()
        expect(dana.row(number)).to_contain_text("Approved", timeout=RECOVERY)


def sends(dana: Person, notebook: str) -> int:
    """She changes the notebook, which is saved and sent; the number of the submission."""
    dana.open_notebook(notebook)
    editor = dana.page.locator(".jp-CodeCell .cm-content").first
    editor.click()
    dana.page.keyboard.press("Control+End")
    dana.page.keyboard.type(f"\n# of {notebook}")
    return fill_in_and_send(dana)
