"""Threads on cells: they follow their cells, and they pass the turn."""

from __future__ import annotations

from typing import Any

import pytest

from enablement_ext.service.http.handlers.discussion.threads import new_thread_of
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Reply, Service

TWO = notebook(cell("load", "import pandas\nx = 1\ny = 2"), cell("plot", "x + y"))


async def opened(service: Service, number: int, anchor: dict[str, Any], token: str = people.REMY) -> Reply:
    new = {"version": 1, "anchor": anchor, "text": "Why?"}
    return await service.post(f"/api/v1/submissions/{number}/threads", token, new)


async def test_a_thread_stands_on_lines_and_quotes_them(service: Service) -> None:
    found = await service.sent(SubmissionDraft(TWO))
    reply = await opened(service, found["number"], {"cell": "load", "lines": [2, 3]})
    assert reply.status == 201
    thread = reply.json
    assert (thread["quote"], thread["placed"]["state"], thread["placed"]["lines"]) == (
        "x = 1\ny = 2",
        "unchanged",
        [2, 3],
    )
    assert thread["comments"][0]["text"] == "Why?"
    after = await service.submission(found["number"], people.DANA)
    assert (after["open_threads"], after["waiting_on_me"]) == (1, True)


async def test_threads_follow_their_cells_to_the_next_version(service: Service) -> None:
    found = await service.sent(SubmissionDraft(TWO))
    number = found["number"]
    await opened(service, number, {"cell": "load", "lines": [3, 3]})
    await opened(service, number, {"cell": "plot"})
    await opened(service, number, {"cell": None})
    stamp = (await service.submission(number))["stamp"]
    moved = notebook(cell("load", "import pandas\nimport os\nx = 1\ny = 2"))
    assert (await service.send(SubmissionDraft(moved, more={"stamp": stamp}), number=number)).status == 201
    found_threads = (await service.get(f"/api/v1/submissions/{number}/threads", people.DANA)).json["threads"]
    assert [thread["placed"]["state"] for thread in found_threads] == ["moved", "deleted", "unchanged"]
    assert found_threads[0]["placed"]["lines"] == [4, 4]
    before = (await service.get(f"/api/v1/submissions/{number}/threads?version=1", people.DANA)).json["threads"]
    assert {thread["placed"]["state"] for thread in before} == {"unchanged"}


async def test_a_remark_of_the_reviewer_puts_the_author_in_and_the_answer_passes_the_turn(service: Service) -> None:
    found = await service.sent(SubmissionDraft(TWO))
    number = found["number"]
    await service.post(f"/api/v1/submissions/{number}/claim", people.REMY, {"stamp": found["stamp"]})
    thread = (await opened(service, number, {"cell": "plot"})).json["id"]
    after = await service.submission(number)
    assert {entry["who"] for entry in after["attention"]} == {"user:dana", "user:remy"}
    reply = await service.post(f"/api/v1/threads/{thread}/comments", people.DANA, {"text": "Because."})
    assert [comment["author"] for comment in reply.json["comments"]] == ["remy", "dana"]
    after = await service.submission(number)
    assert [entry["who"] for entry in after["attention"]] == ["user:remy"]


async def test_the_author_still_owes_a_version_after_answering(service: Service) -> None:
    found = await service.sent(SubmissionDraft(TWO))
    number = found["number"]
    thread = (await opened(service, number, {"cell": "plot"})).json["id"]
    await service.decide(number, await service.page(number), "request_changes", reason="look at the plot")
    await service.post(f"/api/v1/threads/{thread}/comments", people.DANA, {"text": "Which plot?"})
    after = await service.submission(number)
    assert {entry["who"] for entry in after["attention"]} == {"user:dana", "track:technical"}


async def test_resolving_and_reopening(service: Service) -> None:
    found = await service.sent(SubmissionDraft(TWO))
    number = found["number"]
    thread = (await opened(service, number, {"cell": "plot"})).json["id"]
    resolved = await service.post(f"/api/v1/threads/{thread}/resolve", people.DANA, {})
    assert resolved.json["resolved_by"] == "dana"
    assert (await service.post(f"/api/v1/threads/{thread}/resolve", people.REMY, {})).json["resolved_by"] == "dana"
    assert (await service.submission(number))["open_threads"] == 0
    reopened = await service.post(f"/api/v1/threads/{thread}/reopen", people.REMY, {})
    assert reopened.json["resolved_by"] is None
    assert (await service.submission(number))["open_threads"] == 1
    assert await service.kinds(number) == ["sent", "commented", "resolved", "reopened"]


@pytest.mark.parametrize(
    "anchor",
    [
        {"cell": "nowhere"},
        {"cell": "load", "lines": [3, 4]},
        {"cell": "load", "output": 0},
        {"cell": "load", "lines": [2, 1]},
        {"cell": "load", "lines": [0, 1]},
        {"cell": "load", "lines": [1, 1], "output": 0},
        {"cell": None, "lines": [1, 1]},
        {"cell": 1},
        {"cell": "load", "more": 1},
    ],
)
async def test_a_place_that_is_not_there_is_refused(light: Service, anchor: dict[str, Any]) -> None:
    found = await light.sent(SubmissionDraft(TWO))
    assert (await opened(light, found["number"], anchor)).status in (400, 422)
    assert await light.kinds(found["number"]) == ["sent"]


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 20_001, 1, None, "\u202e"])
async def test_a_remark_has_a_text(light: Service, text: object) -> None:
    found = await light.sent()
    new = {"version": 1, "anchor": {"cell": None}, "text": text}
    assert (await light.post(f"/api/v1/submissions/{found['number']}/threads", people.REMY, new)).status == 400


async def test_a_thread_of_what_one_may_not_see_is_not_there(light: Service) -> None:
    found = await light.sent(SubmissionDraft(TWO))
    thread = (await opened(light, found["number"], {"cell": "plot"})).json["id"]
    hidden = await light.post(f"/api/v1/threads/{thread}/comments", people.OLGA, {"text": "hi"})
    missing = await light.post("/api/v1/threads/4711/comments", people.OLGA, {"text": "hi"})
    assert (hidden.status, hidden.body) == (missing.status, missing.body)


async def test_what_was_written_is_in_no_event(light: Service) -> None:
    found = await light.sent(SubmissionDraft(TWO))
    await opened(light, found["number"], {"cell": "plot"})
    events = await light.get(f"/api/v1/submissions/{found['number']}/events", people.REMY)
    assert b"Why?" not in events.body


def test_a_thread_on_lines_of_a_cell() -> None:
    new = new_thread_of({"version": 2, "anchor": {"cell": "a", "lines": [1, 2], "output": None}, "text": " x "})
    assert (new.version, new.anchor.lines, new.text) == (2, (1, 2), "x")
