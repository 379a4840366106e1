"""`enablement up --demo tour`: a queue with something in it, made by the demo's people; played once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import requests

from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.cli.demo_people import settled_people
from enablement_ext.cli.tour.play import MARK, Tour
from enablement_ext.cli.tour.stories import cell_id, read_stories
from enablement_ext.core.review.event_log import verify
from enablement_ext.core.review.models import State
from tests.polling import PATIENCE
from tests.servers.hub_session import HubSession
from tests.servers.up import ROOT, How, running_up

STORIES = read_stories(ROOT / "demo" / "tour.json")
# What can be reached with this version's buttons.
STATES = {
    State.SUBMITTED: 3,
    State.IN_REVIEW: 3,
    State.CHANGES_REQUESTED: 2,
    State.APPROVED: 2,
    State.WITHDRAWN: 1,
    State.REJECTED: 1,
}


def test_the_stories_are_a_dozen_by_several_people_and_say_that_they_are_examples(tmp_path: Path) -> None:
    people = {person.name for person in settled_people(tmp_path, "http://x", more=True)}
    assert len(STORIES) == 12
    assert len({story.title for story in STORIES}) == 12
    assert len({story.author for story in STORIES}) == 3
    assert all(story.title.endswith("(demo)") for story in STORIES)
    for story in STORIES:
        assert {story.author, *(step.who for step in story.steps)} <= people
        assert len(story.versions) == 1 + sum(step.what == "send" for step in story.steps)
        ids = [cell["id"] for cell in json.loads(story.notebook(1))["cells"]]
        assert {cell_id(step.cell) for step in story.steps if step.cell is not None} <= set(ids)


def test_people_are_added_to_those_of_an_earlier_start(tmp_path: Path) -> None:
    before = settled_people(tmp_path, "http://x")
    after = settled_people(tmp_path, "http://x", more=True)
    assert after[:3] == before
    assert [person.name for person in after[3:]] == ["olga", "rita"]
    assert settled_people(tmp_path, "http://x") == after


def test_a_demo_that_cannot_be_filled_says_why_and_goes_on(tmp_path: Path) -> None:
    said: list[str] = []
    Tour("http://127.0.0.1:1", tmp_path, dict.fromkeys(("dana", "olga", "remy"), "x"), said.append).play(STORIES)
    assert said[-1].startswith("the demo is not filled as it should be: /hub/login: ")
    assert not (tmp_path / MARK).exists()


@pytest.mark.slow
def test_the_queue_holds_a_dozen_submissions_in_every_state(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with running_up(state, How(options=("--demo", "tour"))) as hub:
        assert "12 of 12" in hub.said()
        assert "not filled" not in hub.said()
        assert (state / MARK).exists()
        assert set(hub.people) == {"dana", "remy", "petra", "olga", "rita"}
        session = HubSession(hub.url, "remy")
        session.log_in(hub.password("remy"))
        assert session.user()["servers"] in ({}, {"": session.server()}), "started by nobody but the author"
        token = session.hub_api("POST", "users/remy/tokens", json={}).json()
        listed = requests.get(
            f"{hub.url}/services/enablement/api/v1/submissions?filter=all&limit=50",
            headers={"Authorization": f"token {token['token']}"},
            timeout=PATIENCE,
        ).json()["items"]
        assert len(listed) == 10, "what was withdrawn or rejected is in no list but its author's"
        assert len(session.hub_api("GET", "users/remy/tokens").json()["api_tokens"]) >= 1
    _look_into(state)
    with running_up(state, How(options=("--demo", "tour"))) as again:
        assert "filling the demo" not in again.said(), "played once"
    _look_into(state)


def _look_into(state: Path) -> None:
    store = DatabaseReviewStore(f"sqlite:///{state / 'enablement.sqlite'}")
    try:
        with store.read() as reader:
            submissions = [reader.submission(number) for number in range(1, 13)]
            assert Counter(each.state for each in submissions) == STATES
            assert {each.author for each in submissions} == {"dana", "olga", "remy"}
            assert submissions[0].latest == 2
            assert len(reader.threads(1)[0].comments) == 2
            assert sum(each.open_threads for each in submissions) >= 4
            assert {d.by for n in range(1, 13) for d in reader.decisions(n)} == {"remy", "rita"}
            assert verify(reader.events_after(0, 1000), reader.chain_head(), ()).intact
    finally:
        store.close()
