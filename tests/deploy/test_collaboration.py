"""With jupyter-collaboration installed: a notebook that is edited through it is sent as it was typed, and shows comments."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.person import RECOVERY
from tests.deploy.conftest import Sitting
from tests.deploy.main_job import RISKS, addresses, fill_in_and_send
from tests.polling import PATIENCE, until
from tests.servers import collaboration
from tests.servers.hub_session import HubSession
from tests.servers.own_hub import HubSetup, OwnHub, own_hub
from tests.servers.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.browser]

TYPED = "# typed by several"
SAID = "Which customers are these?"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def hub(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnHub]:
    own = f"{addresses(port)}c.Spawner.environment = {collaboration.variables()}\n"
    with own_hub(tmp_path_factory.mktemp("together") / "state", HubSetup(own, RISKS)) as running:
        yield running


def test_what_is_typed_together_is_sent_and_shows_comments(port: int, hub: OwnHub, sit: Sitting) -> None:
    url = f"http://127.0.0.1:{port}"
    dana = sit("dana", hub, url)
    asked: list[str] = []
    dana.page.on("request", lambda request: asked.append(request.url))
    dana.open_notebook("churn/churn.ipynb")
    editor = dana.page.locator(".jp-CodeCell .cm-content").first
    editor.click()
    dana.page.keyboard.press("Control+End")
    dana.page.keyboard.type(f"\n{TYPED}")
    expect(editor).to_contain_text(TYPED)
    assert [address for address in asked if "/api/collaboration/session/" in address], "it is open for several"
    number = fill_in_and_send(dana)
    notebook = hub.state / "home" / "dana" / "churn" / "churn.ipynb"
    until(lambda: TYPED in notebook.read_text(), within=PATIENCE, what="what was typed is in the file")
    ask = as_reviewer(hub, url)
    stored = ask("GET", f"submissions/{number}/versions/1/notebook")
    assert TYPED in json.dumps(stored), "and in what was sent"
    cell = next(cell["id"] for cell in stored["cells"] if TYPED in json.dumps(cell))
    anchor = {"cell": cell, "lines": None, "output": None}
    ask("POST", f"submissions/{number}/threads", {"version": 1, "anchor": anchor, "text": SAID})
    said = dana.page.locator("[data-enablement-notes] [data-enablement-comment]", has_text=SAID)
    expect(said).to_be_visible(timeout=RECOVERY)


def as_reviewer(hub: OwnHub, url: str) -> Callable[..., dict[str, Any]]:
    """What the review service answers to remy, with a token of his own: method, path, body."""
    remy = HubSession(url, "remy")
    remy.log_in(hub.passwords["remy"])
    token = remy.hub_api("POST", "users/remy/tokens", json={"note": "a comment"}).json()["token"]

    def ask(method: str, path: str, body: object = None) -> dict[str, Any]:
        address, sent = f"{url}/services/enablement/api/v1/{path}", {"Authorization": f"token {token}"}
        answer = requests.request(method, address, headers=sent, json=body, timeout=PATIENCE)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return ask
