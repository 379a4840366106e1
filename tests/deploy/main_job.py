"""The main job, or parts of it: in a browser, and as plain HTTP where a browser would add nothing."""

from __future__ import annotations

from typing import Any

from enablement_ext.cli.tour.person import PersonAtWork
from enablement_ext.cli.tour.stories import Step, read_stories
from tests.browser.person import RECOVERY, Person
from tests.servers.own_hub import OwnHub
from tests.servers.ports import free_port
from tests.servers.up import ROOT

RISKS = ("one-account", "plain-http")  # for hubs without TLS in front of them


def addresses(port: int) -> str:
    """The configuration of a hub at this port, with the decision page at a port of its own."""
    pages = free_port()
    return (
        f'c.JupyterHub.bind_url = "http://127.0.0.1:{port}/"\n'
        f'c.Enablement.decision_url = c.Enablement.decision_listen = "http://127.0.0.1:{pages}"\n'
    )


def person_at_work(hub: OwnHub, url: str, name: str) -> PersonAtWork:
    """Somebody who is signed in."""
    person = PersonAtWork(url, name, hub.state / "home" / name)
    person.sign_in(hub.passwords[name])
    return person


def main_job(hub: OwnHub, url: str) -> dict[str, Any]:
    """dana sends from her server, remy claims, and approves on the decision page, all as plain HTTP.

    The submission as its author sees it in the end. Raises `TourFailed` at the step that fails."""
    story = read_stories(ROOT / "demo" / "tour.json")[0]
    dana, remy = (person_at_work(hub, url, name) for name in ("dana", "remy"))
    dana.ask_for_server()
    dana.open_lab(lambda: hub.process.poll() is not None)
    number = dana.send(story, 1, None)
    for what in ("claim", "approve"):
        remy.do(Step("remy", what), number)
    return next(item for item in dana.sent() if item["number"] == number)


def fill_in_and_send(dana: Person) -> int:
    """Of the notebook that is open; the submission's number."""
    dialog = dana.send_dialog(patience=RECOVERY)
    for field in ("problem", "value", "expected"):
        dialog.locator(f'[data-enablement-field="{field}"]').fill("Which customers are about to leave?")
    number, _ = dana.send(dialog)
    return number
