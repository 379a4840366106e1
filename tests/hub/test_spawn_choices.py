"""Choices of a server at a real hub whose catalog changes while it runs: links, programs, groups, withdrawn releases, broken catalogs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.hub.catalogs import release_of, write_release
from tests.polling import PATIENCE, until
from tests.servers.hub_session import HubSession
from tests.servers.up import ROOT, DemoHub, How, running_up

pytestmark = pytest.mark.slow
PREFIX = "import os, sys; print(sys.prefix)"


@dataclass(slots=True)
class ChangingHub:
    """A demo hub and the catalog folder it reads."""

    hub: DemoHub
    images: Path

    def session(self, name: str) -> HubSession:
        session = HubSession(self.hub.url, name)
        session.log_in(self.hub.password(name))
        return session

    def spawn_page(self, name: str, path: str = "") -> requests.Response:
        return self.session(name).browser.get(f"{self.hub.url}/hub/spawn/{path or name}", timeout=PATIENCE)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChangingHub]:
    folder = tmp_path_factory.mktemp("changing")
    images = folder / "images"
    shutil.copytree(ROOT / "images", images, ignore=shutil.ignore_patterns("servers"))
    intent = images / "ml" / "image.toml"
    intent.write_text(intent.read_text().replace('slug = "ml"', 'slug = "ml"\ngroups = ["enablement-reviewers"]'))
    write_release(images, release_of("minimal", "2026.5.0"), status="withdrawn", more='reason = "numpy was wrong"\n')
    with running_up(folder / "state", How(environ={"ENABLEMENT_CATALOG": str(images)})) as hub:
        yield ChangingHub(hub, images)


@pytest.fixture
def as_published(changing: ChangingHub) -> Iterator[ChangingHub]:
    """The hub, with its catalog as it was before and after."""
    before = {path: path.read_text() for path in changing.images.glob("*/releases/*/release.toml")}
    yield changing
    for path in set(changing.images.glob("*/releases/*/release.toml")) - before.keys():
        shutil.rmtree(path.parent)
    for path, text in before.items():
        path.write_text(text)


def eventually(page: Callable[[], str], text: str) -> None:
    """The catalog is looked at no more often than every second."""
    until(lambda: text in page(), within=PATIENCE, what=f"the page says {text!r}")


def test_an_image_of_other_groups_is_refused_by_the_hub_itself(changing: ChangingHub) -> None:
    dana = changing.session("dana")
    dana.stop_servers()
    assert "ml/2026.11.0" not in changing.spawn_page("dana").text
    answer = dana.hub_api("POST", "users/dana/server", json={"image": "ml", "release": "2026.11.0"})
    assert (answer.status_code, answer.json()["message"]) == (
        403,
        "The image ml is for other groups than yours. Choose another image.",
    )
    page = dana.browser.post(
        f"{changing.hub.url}/hub/spawn/dana",
        params={"_xsrf": dana._xsrf("/hub/")},
        data={"enablement-release": "ml/2026.11.0"},
        timeout=PATIENCE,
    )
    assert page.status_code == 403
    assert "The image ml is for other groups than yours" in page.text
    assert 'value="datascience/2026.11.0"' in page.text, "and the form is there to choose another one"
    assert "ml/2026.11.0" in changing.spawn_page("remy").text


def test_whose_server_it_is_decides_not_who_starts_it(changing: ChangingHub) -> None:
    page = changing.spawn_page("petra", "remy").text
    assert "Spawning server for remy" in page
    assert "ml/2026.11.0" in page
    assert "ml/2026.11.0" not in changing.spawn_page("petra", "dana").text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"image": "minimal", "release": "2026.5.0"}, "Minimal 2026.5.0 was withdrawn: numpy was wrong."),
        ({"image": "minimal", "release": "1999.1.0"}, "Minimal has no release '1999.1.0'."),
        ({"image": "nothing", "release": "2026.11.0"}, "There is no image 'nothing' here."),
    ],
)
def test_who_asks_exactly_for_what_cannot_be_had_is_told_why(
    changing: ChangingHub, options: dict[str, str], said: str
) -> None:
    dana = changing.session("dana")
    answer = dana.hub_api("POST", "users/dana/servers/again", json={**options, "exact": True})
    assert answer.status_code == 422
    assert answer.json()["message"] == f"{said} Exactly this one was asked for, so nothing else was started."


def test_a_link_to_what_is_gone_starts_what_replaces_it_and_says_so(changing: ChangingHub) -> None:
    dana = changing.session("dana")
    dana.stop_servers()
    link = f"{changing.hub.url}/hub/spawn/dana?opt-image=datascience&opt-release=2026.9.0"
    assert dana.browser.get(link, timeout=PATIENCE).status_code == 200
    dana.wait_for_server()
    assert "datascience-2026.11.0-" in dana.run(PREFIX)
    assert "Data science 2026.9.0 is being retired" in (changing.hub.state / "hub.log").read_text()
    stored = dana.server()["user_options"]
    assert stored == {"enablement": {"image": "datascience", "release": "2026.11.0"}}


def test_a_catalog_that_changes_is_offered_without_a_restart(as_published: ChangingHub) -> None:
    dana = as_published.session("dana")
    dana.stop_servers()
    assert "2026.12.0" not in dana.spawn_page()
    write_release(as_published.images, release_of("minimal", "2026.12.0"), status="preview")
    eventually(dana.spawn_page, 'value="minimal/2026.12.0"')
    record = as_published.images / "minimal" / "releases" / "2026.9.0" / "release.toml"
    record.write_text(record.read_text().replace('status = "supported"', 'status = "withdrawn"\nreason = "a hole"'))
    eventually(dana.spawn_page, "was withdrawn: a hole")
    assert 'value="minimal/2026.9.0"' not in dana.spawn_page()


def test_a_broken_catalog_is_shown_to_who_runs_the_hub_and_harms_nobody(as_published: ChangingHub) -> None:
    record = as_published.images / "minimal" / "releases" / "2026.9.0" / "release.toml"
    record.write_text('status = "suported"\n')
    dana, petra = as_published.session("dana"), as_published.session("petra")
    for session in (dana, petra):
        session.stop_servers()
    eventually(petra.spawn_page, "the last valid one is shown")
    assert "minimal 2026.9.0: `published` is missing" in petra.spawn_page()
    page = dana.spawn_page()
    assert "the last valid one" not in page
    assert 'value="datascience/2026.11.0"' in page
    assert (
        "The image catalog is not valid; the last valid one stays in use."
        in (as_published.hub.state / "hub.log").read_text()
    )


def test_what_was_last_started_is_compared_with_what_is_recommended(changing: ChangingHub) -> None:
    remy = changing.session("remy")
    remy.stop_servers()
    eventually(remy.spawn_page, 'value="minimal/2026.9.0"')
    remy.spawn({"enablement-release": "minimal/2026.9.0", "enablement-size": "small"})
    remy.stop_servers()
    page = remy.spawn_page()
    assert "Since your 2026.9.0:" in page
    assert '<details class="others" open>' in page, "what is remembered is in sight"
    named = remy.browser.get(f"{changing.hub.url}/hub/spawn/remy/second", timeout=PATIENCE).text
    assert "Since your 2026.9.0:" in named, "also on the page of another server"
    state = changing.session("petra").hub_api("GET", "users/remy?include_stopped_servers").json()
    started = state["servers"][""]["state"]["enablement_started"]
    assert json.dumps(started["minimal"]["release"]) == '"2026.9.0"'
