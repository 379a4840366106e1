"""Drafts: private, kept, published together or not at all, with a verdict in the decision's transaction."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from enablement_ext.core.review.discussion.drafts import MOST_DRAFTS
from enablement_ext.core.review.discussion.revisions import text_sha256
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Reply, Service

TWO = notebook(cell("load", "import pandas\nx = 1\ny = 2"), cell("plot", "x + y"))
SECRET = "nobody has to know, ünïcode 🙂"


async def drafted(service: Service, number: int, token: str = people.REMY, **more: object) -> dict[str, Any]:
    """A comment on the cell `plot`, or what `more` says."""
    new = {"version": 1, "kind": "comment", "anchor": {"cell": "plot"}, "text": SECRET, **more}
    if new["kind"] != "comment":
        del new["anchor"]
    if new["kind"] in ("resolve", "reopen"):
        del new["text"]
    reply = await service.post(f"/api/v1/submissions/{number}/drafts", token, new)
    assert reply.status == 201, reply.body
    added: dict[str, Any] = reply.json
    return added


async def own(service: Service, number: int, token: str = people.REMY) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await service.get(f"/api/v1/submissions/{number}/drafts", token)).json["drafts"]
    return found


def refs(*drafts: dict[str, Any]) -> dict[str, Any]:
    return {"drafts": [{"id": draft["id"], "stamp": draft["stamp"]} for draft in drafts]}


async def publish(service: Service, number: int, *drafts: dict[str, Any], token: str = people.REMY) -> Reply:
    return await service.post(f"/api/v1/submissions/{number}/drafts/publish", token, refs(*drafts))


async def threads(service: Service, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await service.get(f"/api/v1/submissions/{number}/threads", people.DANA)).json[
        "threads"
    ]
    return found


async def thread(service: Service, number: int, token: str = people.REMY) -> int:
    new = {"version": 1, "anchor": {"cell": "load"}, "text": "Why?"}
    return int((await service.post(f"/api/v1/submissions/{number}/threads", token, new)).json["id"])


async def next_version(service: Service, number: int, first: str = "import os") -> None:
    stamp = (await service.submission(number))["stamp"]
    longer = notebook(cell("load", f"{first}\nimport pandas\nx = 1\ny = 2"), cell("plot", "x + y"))
    assert (await service.send(SubmissionDraft(longer, more={"stamp": stamp}), number=number)).status == 201


async def test_twenty_drafts_are_one_event_one_change_of_attention_and_one_renewal(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    mine = await thread(service, number)
    settled = await thread(service, number)
    before = await service.submission(number)
    for line in (1, 2, 3):
        await drafted(service, number, anchor={"cell": "load", "lines": [line, line]}, text=f"line {line}")
    await drafted(service, number, kind="reply", thread=mine, text="And this?")
    await drafted(service, number, kind="resolve", thread=settled)
    assert await service.submission(number) == before  # nothing tells of it: no stamp, no time, no open thread
    shown = await own(service, number)
    assert [draft["text"] for draft in shown] == ["line 1", "line 2", "line 3", "And this?", ""]
    reply = await publish(service, number, *shown)
    assert (reply.status, reply.json["kind"]) == (200, "review_published")
    assert await own(service, number) == []
    after = await threads(service, number)
    assert [[said["text"] for said in each["comments"]] for each in after] == [
        ["Why?", "And this?"],
        ["Why?"],
        ["line 1"],
        ["line 2"],
        ["line 3"],
    ]
    assert [each["resolved_by"] for each in after] == [None, "remy", None, None, None]
    now = await service.submission(number)
    assert (now["stamp"], now["open_threads"]) == (before["stamp"] + 1, 4)
    assert {entry["who"] for entry in now["attention"]} == {"user:dana", "track:technical"}
    assert await service.kinds(number) == ["sent", "commented", "commented", "review_published"]
    data = reply.json["data"]
    assert (data["opened"], data["resolved"]) == ([3, 4, 5], [settled])
    assert [told["sha256"] for told in data["comments"]] == [
        text_sha256(text) for text in ("line 1", "line 2", "line 3", "And this?")
    ]


async def test_nobody_else_learns_of_a_draft(service: Service) -> None:
    """Not its author's colleague, not the author of the submission, not an administrator: by no route, no event, no count, no page."""
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    draft = await drafted(service, number)
    last = (await service.get(f"/api/v1/submissions/{number}/events", people.REMY)).json["events"][-1]
    base = f"/api/v1/submissions/{number}"
    paths = [
        base,
        f"{base}/threads",
        f"{base}/drafts",
        f"{base}/events",
        "/api/v1/submissions?filter=all",
        "/api/v1/whoami",
    ]
    for token in (people.DANA, people.RITA, people.PETRA_BROWSER):
        for path in (*paths, f"/api/v1/search?query={SECRET.split(maxsplit=1)[0]}"):
            reply = await service.get(path, token)
            assert reply.status == 200, path
            assert str(draft["id"]).encode() not in reply.body
            assert b"nobody has" not in reply.body
        assert await own(service, number, token) == []
        edit = await service.post(f"/api/v1/drafts/{draft['id']}", token, {"stamp": 1, "text": "mine"})
        missing = await service.post("/api/v1/drafts/4711", token, {"stamp": 1, "text": "mine"})
        assert (edit.status, edit.body) == (missing.status, missing.body) == (404, missing.body)
        taken = await service.post(f"{base}/drafts/discard", token, refs(draft))
        assert (taken.status, taken.json) == (200, {"drafts": []})
        assert (await publish(service, number, draft, token=token)).status in {403, 409}
    assert last["kind"] == "sent"
    assert [each["text"] for each in await own(service, number)] == [SECRET]


async def test_a_draft_is_edited_and_discarded_by_whoever_saw_what_it_says(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    first, second = await drafted(service, number), await drafted(service, number, text="second")
    edited = await service.post(f"/api/v1/drafts/{first['id']}", people.REMY, {"stamp": 1, "text": "better"})
    assert (edited.status, edited.json["text"], edited.json["stamp"]) == (200, "better", 2)
    stale = await service.post(f"/api/v1/drafts/{first['id']}", people.REMY, {"stamp": 1, "text": "worse"})
    assert (stale.status, stale.code) == (409, "drafts-changed")
    path = f"/api/v1/submissions/{number}/drafts/discard"
    unread = await service.post(path, people.REMY, refs(first, second))
    assert (unread.status, unread.code) == (409, "drafts-changed")
    assert [each["text"] for each in await own(service, number)] == ["better", "second"]
    left = await service.post(path, people.REMY, refs(edited.json))
    assert [each["text"] for each in left.json["drafts"]] == ["second"]
    again = await service.post(path, people.REMY, refs(edited.json))
    assert (again.status, len(again.json["drafts"])) == (200, 1)
    assert await service.kinds(number) == ["sent"]


async def test_publishing_again_is_answered_with_the_same_event(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    drafts = [await drafted(service, number), await drafted(service, number)]
    answers = await asyncio.gather(*(publish(service, number, *drafts) for _ in range(4)))
    assert {reply.status for reply in answers} == {200}
    assert len({reply.json["seq"] for reply in answers}) == 1
    assert len(await threads(service, number)) == 2
    assert await service.kinds(number) == ["sent", "review_published"]
    later = await drafted(service, number)
    reply = await publish(service, number, *drafts, later)
    assert (reply.status, reply.code) == (409, "drafts-changed")
    assert len(await own(service, number)) == 1


async def test_what_was_edited_meanwhile_is_not_published_unseen(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    one, two = await drafted(service, number), await drafted(service, number)
    await service.post(f"/api/v1/drafts/{two['id']}", people.REMY, {"stamp": 1, "text": "other"})
    reply = await publish(service, number, one, two)
    assert (reply.status, reply.code) == (409, "drafts-changed")
    assert len(await own(service, number)) == 2
    assert await threads(service, number) == []


async def test_a_newer_version_takes_no_draft_away(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    await drafted(service, number, anchor={"cell": "load", "lines": [2, 2]})
    await next_version(service, number)
    shown = await own(service, number)
    assert [(each["standing"], each["placed"]["state"], each["version"]) for each in shown] == [
        ("older_version", "moved", 1)
    ]
    assert (await publish(service, number, *shown)).status == 200
    placed = (await threads(service, number))[0]
    assert (placed["version"], placed["quote"], placed["placed"]["cell"]) == (1, "x = 1", "load")


async def test_a_thread_that_somebody_resolved_stays_theirs(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    about = await thread(service, number)
    await drafted(service, number, kind="reply", thread=about, text="One more thing.")
    await drafted(service, number, kind="resolve", thread=about)
    await service.post(f"/api/v1/threads/{about}/resolve", people.DANA, {})
    shown = await own(service, number)
    assert [each["standing"] for each in shown] == ["resolved", "done"]
    assert (await publish(service, number, *shown)).status == 200
    after = (await threads(service, number))[0]
    assert (after["resolved_by"], [each["text"] for each in after["comments"]]) == ("dana", ["Why?", "One more thing."])


async def test_a_submission_that_ended_keeps_drafts_with_their_author(service: Service) -> None:
    found = await service.sent(SubmissionDraft(TWO))
    number = found["number"]
    draft = await drafted(service, number)
    await service.post(f"/api/v1/submissions/{number}/withdraw", people.DANA, {"stamp": found["stamp"]})
    reply = await publish(service, number, draft)
    assert (reply.status, reply.code) == (409, "illegal-action")
    shown = await own(service, number)
    assert [(each["standing"], each["text"]) for each in shown] == [("ended", SECRET)]
    left = await service.post(f"/api/v1/submissions/{number}/drafts/discard", people.REMY, refs(draft))
    assert left.json == {"drafts": []}


async def test_drafts_have_bounds_with_a_sentence(light: Service) -> None:
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    path = f"/api/v1/submissions/{number}/drafts"
    long = await light.post(path, people.REMY, {"version": 1, "kind": "comment", "anchor": {}, "text": "x" * 20_001})
    assert (long.status, "20000" in long.json["detail"]) == (400, True)
    for _ in range(MOST_DRAFTS):
        await drafted(light, number)
    new = {"version": 1, "kind": "comment", "anchor": {"cell": None}, "text": "one more"}
    full = await light.post(path, people.REMY, new)
    assert (full.status, full.code, full.json["facts"]) == (409, "too-many-drafts", {"most": MOST_DRAFTS})
    assert (await publish(light, number, *await own(light, number))).status == 200
    assert (await light.post(path, people.REMY, new)).status == 201


@pytest.mark.parametrize(
    "new",
    [
        {},
        {"version": 1, "kind": "suggestion", "anchor": {"cell": None}, "text": "x"},
        {"version": 1, "kind": "comment", "text": "x"},
        {"version": 1, "kind": "comment", "anchor": {"cell": None}},
        {"version": 1, "kind": "comment", "anchor": {"cell": None}, "thread": 1, "text": "x"},
        {"version": 1, "kind": "comment", "anchor": {"cell": "nowhere"}, "text": "x"},
        {"version": 3, "kind": "comment", "anchor": {"cell": None}, "text": "x"},
        {"version": 1, "kind": "reply", "thread": 1},
        {"version": 1, "kind": "reply", "thread": 99, "text": "x"},
        {"version": 1, "kind": "reply", "anchor": {"cell": None}, "text": "x"},
        {"version": 1, "kind": "resolve", "thread": 1, "text": "x"},
        {"version": 1, "kind": "resolve"},
        {"version": 1, "kind": "comment", "anchor": {"cell": None}, "text": "x", "more": 1},
        {
            "version": 1,
            "kind": "comment",
            "anchor": {"cell": None},
            "text": "AWS_SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz'",
        },
    ],
)
async def test_what_is_no_draft_is_refused(light: Service, new: dict[str, object]) -> None:
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    await thread(light, number)
    reply = await light.post(f"/api/v1/submissions/{number}/drafts", people.REMY, new)
    assert reply.status in {400, 404, 422}
    assert await own(light, number) == []


@pytest.mark.parametrize(
    "body",
    [
        {"drafts": []},
        {"drafts": [{"id": 1}]},
        {"drafts": [{"id": 2**60, "stamp": 1}]},
        {"drafts": [1]},
        {"drafts": [{"id": 1, "stamp": 1}, {"id": 1, "stamp": 2}]},
        {"drafts": [{"id": number, "stamp": 1} for number in range(1, 202)]},
    ],
)
async def test_what_names_no_drafts_publishes_nothing(light: Service, body: object) -> None:
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    await drafted(light, number)
    assert (await light.post(f"/api/v1/submissions/{number}/drafts/publish", people.REMY, body)).status == 400
    assert len(await own(light, number)) == 1


async def test_a_resolution_is_drafted_once(light: Service) -> None:
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    about = await thread(light, number)
    first = await drafted(light, number, kind="resolve", thread=about)
    assert await drafted(light, number, kind="resolve", thread=about) == first
    opposite = {"version": 1, "kind": "reopen", "thread": about}
    reply = await light.post(f"/api/v1/submissions/{number}/drafts", people.REMY, opposite)
    assert (reply.status, reply.code) == (409, "conflict")
    edit = await light.post(f"/api/v1/drafts/{first['id']}", people.REMY, {"stamp": 1, "text": "x"})
    assert edit.status == 400


async def test_the_decision_page_lists_the_drafts_and_publishes_them_with_the_decision(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    about = await thread(service, number)
    hostile = "<script>alert(1)</script> \u202eevil"
    await drafted(service, number, anchor={"cell": "load", "lines": [2, 3]}, text=hostile)
    await drafted(service, number, kind="resolve", thread=about)
    page = await service.page(number)
    body = page.body.decode()
    assert (page.status, re.findall(r'data-drafts="(\d+)"', body)) == (200, ["2"])
    assert "&lt;script&gt;alert(1)" in body
    assert "<script>alert" not in body
    assert "Comment on lines 2 to 3 of a cell" in body
    assert "Resolve the thread on a cell" in body
    assert 'id="open">Still open: 1 thread<' in body  # the new one; the other will be resolved
    done = await service.decide(number, page, "request_changes", reason="Look at the plot.")
    assert (done.status, b'data-published="2"' in done.body) == (200, True)
    assert await service.kinds(number) == ["sent", "commented", "changes_requested"]
    assert await own(service, number) == []
    after = await threads(service, number)
    assert [(each["resolved_by"], len(each["comments"])) for each in after] == [("remy", 1), (None, 1)]
    events = (await service.get(f"/api/v1/submissions/{number}/events", people.REMY)).json["events"]
    assert (events[-1]["data"]["opened"], events[-1]["data"]["resolved"]) == ([2], [about])
    assert {entry["who"] for entry in (await service.submission(number))["attention"]} == {"user:dana"}


async def test_a_doubled_click_decides_and_publishes_once(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    await drafted(service, number)
    page = await service.page(number)
    replies = await asyncio.gather(*(service.decide(number, page, "approve") for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 409, 409]
    assert len(await threads(service, number)) == 1
    assert await service.kinds(number) == ["sent", "approved"]


async def test_publishing_and_deciding_at_once_says_everything_once(light: Service) -> None:
    """Whichever is first: the other finds it done, or changed, and nobody's comment is there twice."""
    number = (await light.sent(SubmissionDraft(TWO)))["number"]
    for verdict in ("request_changes", "approve"):
        drafts = [await drafted(light, number), await drafted(light, number)]
        page = await light.page(number)
        before = len(await threads(light, number))
        published, decided = await asyncio.gather(
            publish(light, number, *drafts), light.decide(number, page, verdict, reason="Look at the plot.")
        )
        assert published.status == 200
        assert (decided.status, decided.code) in {(200, ""), (409, "drafts-changed")}
        assert len(await threads(light, number)) == before + 2
        assert await own(light, number) == []
        await next_version(light, number, f"verdict = '{verdict}'")


async def test_drafts_that_the_page_did_not_show_are_not_published_and_nothing_is_decided(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    first = await drafted(service, number)
    page = await service.page(number)
    for change in ("more", "edited", "fewer"):
        page = await service.page(number)
        if change == "more":
            await drafted(service, number, text="later")
        elif change == "edited":
            await service.post(f"/api/v1/drafts/{first['id']}", people.REMY, {"stamp": 1, "text": "other"})
        else:
            path = f"/api/v1/submissions/{number}/drafts/discard"
            await service.post(path, people.REMY, refs(*(await own(service, number))[:1]))
        reply = await service.decide(number, page, "approve")
        assert (change, reply.status, reply.code) == (change, 409, "drafts-changed")
    assert [each["text"] for each in await own(service, number)] == ["later"]
    assert await service.kinds(number) == ["sent"]
    assert (await service.decide(number, await service.page(number), "approve")).status == 200


async def test_neither_where_the_decision_is_refused(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    await drafted(service, number)
    page = await service.page(number)
    assert (await service.decide(number, page, "reject")).status == 400  # without a reason
    await next_version(service, number)
    reply = await service.decide(number, page, "approve")
    assert (reply.status, reply.code) == (409, "content-changed")
    assert len(await own(service, number)) == 1
    assert await threads(service, number) == []
