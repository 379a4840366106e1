"""The main job as plain HTTP: dana sends from her server, remy claims, and approves on the decision page."""

from __future__ import annotations

from typing import Any

from enablement_ext.cli.tour.person import PersonAtWork
from enablement_ext.cli.tour.stories import Step, read_stories
from tests.servers.own_hub import OwnHub
from tests.servers.up import ROOT


def person_at_work(hub: OwnHub, url: str, name: str) -> PersonAtWork:
    """Somebody who is signed in."""
    person = PersonAtWork(url, name, hub.state / "home" / name)
    person.sign_in(hub.passwords[name])
    return person


def main_job(hub: OwnHub, url: str) -> dict[str, Any]:
    """The submission as its author sees it in the end. Raises `TourFailed` at the step that fails."""
    story = read_stories(ROOT / "demo" / "tour.json")[0]
    dana, remy = (person_at_work(hub, url, name) for name in ("dana", "remy"))
    dana.ask_for_server()
    dana.open_lab(lambda: hub.process.poll() is not None)
    number = dana.send(story, 1, None)
    for what in ("claim", "approve"):
        remy.do(Step("remy", what), number)
    return next(item for item in dana.sent() if item["number"] == number)
