"""Suggested edits over HTTP: drafted, published, rejected, recognised in the next version, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine, event

from enablement_ext.adapters.memory import MemoryReviewStore
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Reply, Service
from tests.service.test_drafts import own, publish, refs, threads

LOAD = "import pandas\nx = 1\ny = 2"
TWO = notebook(cell("load", LOAD), cell("plot", "x + y"))
EDIT = "import pandas as pd\nx = 1\ny = 2"
SECRET = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"


async def draft(service: Service, number: int, /, **more: object) -> Reply:
    """A suggestion for the cell `load`, or what `more` says; None leaves a member out."""
    new = {"version": 1, "kind": "suggestion", "anchor": {"cell": "load"}, "replaces": LOAD, "source": EDIT, **more}
    body = {name: value for name, value in new.items() if value is not None}
    return await service.post(f"/api/v1/submissions/{number}/drafts", people.REMY, body)


async def suggested(service: Service, number: int, **more: object) -> dict[str, Any]:
    """The thread of a published suggestion."""
    reply = await draft(service, number, **more)
    assert reply.status == 201, reply.body
    assert (await publish(service, number, reply.json)).status == 200
    return (await threads(service, number))[-1]


async def next_version(service: Service, number: int, load: str, plot: str = "x + y") -> Reply:
    stamp = (await service.submission(number))["stamp"]
    content = notebook(cell("load", load), cell("plot", plot))
    return await service.send(SubmissionDraft(content, more={"stamp": stamp}), number=number)


async def test_a_suggestion_is_a_draft_and_then_a_thread_with_a_difference_by_words(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    added = (await draft(service, number, text="The usual name.")).json
    assert added["suggestion"]["lines"][0] == {
        "old": ["import pandas"],
        "new": ["import pandas", " as pd"],
    }
    assert await threads(service, number) == []  # nobody else sees it
    edited = await service.post(
        f"/api/v1/drafts/{added['id']}", people.REMY, {"stamp": 1, "text": "", "source": EDIT + "\n"}
    )
    assert (edited.json["suggestion"]["source"], edited.json["text"]) == (EDIT + "\n", "")
    told = (await publish(service, number, edited.json)).json
    assert told["data"]["suggested"][0].keys() == {"thread", "sha256"}
    (thread,) = await threads(service, number)
    assert thread["suggestion"]["source"] == EDIT + "\n"
    assert (thread["suggestion"]["state"], thread["anchor"]["cell"]) == ("open", "load")
    found = await service.submission(number)
    assert "user:dana" in [entry["who"] for entry in found["attention"]]
    assert await own(service, number) == []


WRONG: dict[str, tuple[dict[str, object], int]] = {
    "no source": ({"source": None}, 400),
    "no base": ({"replaces": None}, 400),
    "another cell's source": ({"replaces": "x + y"}, 422),
    "nothing new": ({"source": LOAD}, 422),
    "a cell that is not there": ({"anchor": {"cell": "gone"}}, 422),
    "no cell": ({"anchor": {"cell": None}}, 400),
    "some lines": ({"anchor": {"cell": "load", "lines": [1, 1]}}, 400),
    "a direction mark": ({"source": "x = 1 # \u202e"}, 400),
    "a control character": ({"source": "x\x00"}, 400),
    "a terminal's escape": ({"source": "x = '\x1b[2J'"}, 400),
    "half a character": ({"source": "x\ud800"}, 400),
    "too long": ({"source": "x" * 20_001}, 400),
    "a secret": ({"source": f"token = '{SECRET}'"}, 422),
    "a secret beside it": ({"text": f"use {SECRET}"}, 422),
    "a comment with a source": ({"kind": "comment", "text": "x"}, 400),
    "a version that is not there": ({"version": 2}, 404),
    "an unknown member": ({"apply": True}, 400),
}


@pytest.mark.parametrize("case", sorted(WRONG))
async def test_what_is_no_suggestion_is_refused(light: Service, case: str) -> None:
    more, status = WRONG[case]
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    assert (await draft(light, number, **more)).status == status
    assert await own(light, number) == []


async def test_a_draft_of_a_comment_takes_no_source_and_an_edit_is_looked_at_as_well(light: Service) -> None:
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    plain = {"version": 1, "kind": "comment", "anchor": {"cell": "load"}, "text": "x"}
    comment = (await light.post(f"/api/v1/submissions/{number}/drafts", people.REMY, plain)).json
    edit = (await draft(light, number)).json
    for one, body, status in (
        (comment, {"text": "x", "source": "y"}, 400),
        (comment, {"text": ""}, 400),
        (edit, {"text": "", "source": LOAD}, 422),
        (edit, {"text": "", "source": f"t = '{SECRET}'"}, 422),
        (edit, {"text": "", "source": "x \u2066 y"}, 400),
    ):
        reply = await light.post(f"/api/v1/drafts/{one['id']}", people.REMY, {"stamp": 1, **body})
        assert reply.status == status, body


async def test_only_the_author_rejects_once_and_says_why(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    thread = await suggested(service, number)
    path = f"/api/v1/threads/{thread['id']}/reject-suggestion"
    assert (await service.post(path, people.REMY, {"text": "no"})).status == 403
    assert (await service.post(path, people.DANA, {"text": " "})).status == 400
    rejected = await service.post(path, people.DANA, {"text": "We do not shorten it."})
    assert rejected.json["suggestion"]["state"] == "rejected"
    (reason,) = [each for each in rejected.json["comments"] if each["id"] == rejected.json["suggestion"]["rejected_in"]]
    assert (reason["author"], reason["text"]) == ("dana", "We do not shorten it.")
    assert (await service.post(path, people.DANA, {"text": "again"})).status == 409
    found = await service.submission(number)
    assert "user:dana" not in [entry["who"] for entry in found["attention"]]  # the turn passed on
    events = (await service.get(f"/api/v1/submissions/{number}/events", people.DANA)).json["events"]
    assert events[-1]["kind"] == "suggestion_rejected"
    assert "shorten" not in json.dumps(events)


async def test_the_next_version_says_what_it_holds_whatever_anybody_claims(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    held = await suggested(service, number)
    rejected = await suggested(service, number, source=LOAD.replace("y = 2", "y = 3"))
    await service.post(f"/api/v1/threads/{rejected['id']}/reject-suggestion", people.DANA, {"text": "no"})
    discussed = await suggested(service, number, anchor={"cell": "plot"}, replaces="x + y", source="x - y", text="?")
    await service.post(f"/api/v1/threads/{discussed['id']}/comments", people.DANA, {"text": "Why?"})
    missed = await suggested(service, number, source=LOAD.replace("x = 1", "x = 9"))
    both = EDIT.replace("y = 2", "y = 3")
    assert (await next_version(service, number, both, "x - y")).status == 201
    after = {thread["id"]: thread for thread in await threads(service, number)}
    states = [after[thread["id"]]["suggestion"]["state"] for thread in (held, rejected, discussed, missed)]
    assert states == ["applied", "applied", "applied", "outdated"]
    assert after[held["id"]]["suggestion"]["applied_in"] == 2
    resolved = [after[thread["id"]]["resolved_by"] for thread in (held, rejected, discussed, missed)]
    assert resolved == ["dana", None, None, None]  # where somebody said more, somebody has to look
    events = (await service.get(f"/api/v1/submissions/{number}/events", people.DANA)).json["events"]
    sent = [each for each in events if each["kind"] == "version_sent"][-1]
    assert sent["data"]["applied"] == sorted([held["id"], rejected["id"], discussed["id"]])
    path = f"/api/v1/threads/{held['id']}/reject-suggestion"
    assert (await service.post(path, people.DANA, {"text": "no"})).status == 409
    await next_version(service, number, LOAD)
    again = {thread["id"]: thread for thread in await threads(service, number)}
    assert again[held["id"]]["suggestion"]["applied_in"] == 2  # taken out later, it was applied all the same


async def test_who_deletes_the_comment_withdraws_the_suggestion(light: Service) -> None:
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    thread = await suggested(light, number)
    comment = thread["comments"][0]["id"]
    assert (await light.post(f"/api/v1/comments/{comment}/delete", people.REMY, {"revision": 0})).status == 200
    (after,) = await threads(light, number)
    assert after["suggestion"]["state"] == "withdrawn"
    path = f"/api/v1/threads/{thread['id']}/reject-suggestion"
    assert (await light.post(path, people.DANA, {"text": "no"})).status == 409
    await next_version(light, number, EDIT)
    assert (await threads(light, number))[0]["suggestion"]["state"] == "withdrawn"


async def test_the_decision_page_shows_what_is_suggested_as_text(light: Service) -> None:
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    hostile = LOAD.replace("import pandas", "<script>alert(1)</script>")
    await draft(light, number, source=hostile)
    page = (await light.page(number)).body.decode()
    assert "Suggest an edit of a cell" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert (await light.decide(number, await light.page(number), "request_changes", reason="See there.")).status < 400
    (thread,) = await threads(light, number)
    assert thread["suggestion"]["source"] == hostile
    assert refs()["drafts"] == []


async def test_ended_at_any_point_a_publication_is_whole_or_every_draft_is_there(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    for text in ("one", "two"):
        assert (await draft(service, number, text=text)).status == 201
    kept = await own(service, number)
    refused = 0
    for point in range(200):
        left = [point]

        def end(*_: object, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError("the process ends here")

        event.listen(Engine, "before_cursor_execute", end)
        event.listen(Engine, "commit", end)
        try:
            reply = await publish(service, number, *kept)
        finally:
            event.remove(Engine, "before_cursor_execute", end)
            event.remove(Engine, "commit", end)
        if reply.status == 200:
            break
        refused += 1
        assert (await own(service, number), await threads(service, number)) == (kept, []), point
    assert [each["suggestion"]["source"] for each in await threads(service, number)] == [EDIT, EDIT]
    assert await own(service, number) == []
    in_memory = isinstance(service.context.review.store, MemoryReviewStore)
    assert (refused == 0) if in_memory else (refused > 10)  # so many statements were tried, and the commit
