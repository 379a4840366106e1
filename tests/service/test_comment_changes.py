"""One's own published comments: changed and deleted with their history, which the event log bears out."""

from __future__ import annotations

import json

from enablement_ext.core.review.discussion.revisions import text_sha256
from enablement_ext.core.review.event_log import verify
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Service

TWO = notebook(cell("load", "import pandas\nx = 1\ny = 2"), cell("plot", "x + y"))


async def thread(service: Service, number: int) -> int:
    new = {"version": 1, "anchor": {"cell": "load"}, "text": "Why?"}
    return int((await service.post(f"/api/v1/submissions/{number}/threads", people.REMY, new)).json["id"])


async def test_a_comment_is_changed_and_deleted_with_its_history(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(TWO)))["number"]
    about = await thread(service, number)
    before = await service.submission(number)
    one = "/api/v1/comments/1"
    edited = await service.post(one, people.REMY, {"revision": 0, "text": "Why so?"})
    assert (edited.status, edited.json["id"]) == (200, about)
    assert [(each["text"], each["revision"]) for each in edited.json["comments"]] == [("Why so?", 1)]
    same = await service.post(one, people.REMY, {"revision": 1, "text": "Why so?"})
    assert same.json["comments"][0]["revision"] == 1
    stale = await service.post(one, people.REMY, {"revision": 0, "text": "Late"})
    assert (stale.status, stale.code) == (409, "comment-changed")
    gone = await service.post(f"{one}/delete", people.REMY, {"revision": 1})
    assert [(each["text"], each["deleted"]) for each in gone.json["comments"]] == [("", True)]
    assert (await service.post(f"{one}/delete", people.REMY, {"revision": 1})).status == 200  # again
    assert (await service.post(one, people.REMY, {"revision": 2, "text": "x"})).code == "comment-changed"
    for reader in (people.DANA, people.RITA, people.REMY):
        told = (await service.get(one, reader)).json
        assert told["author"] == "remy"
        assert [(each["text"], each["deleted"]) for each in told["texts"]] == [
            ("Why?", False),
            ("Why so?", False),
            ("", True),
        ]
    assert (await service.get(one, people.OLGA)).status == 404
    assert await service.kinds(number) == ["sent", "commented", "comment_edited", "comment_deleted"]
    assert (await service.submission(number))["attention"] == before["attention"]
    await verified(service, number)


async def verified(service: Service, number: int) -> None:
    """The log holds together, and every text of the history is the one that it tells of."""
    with service.context.review.store.read() as reader:
        assert verify(reader.events_after(0, 1000), reader.chain_head()).intact
        told = [event.data for event in reader.events(number) if "comment" in event.data]
        texts = reader.comment_texts(1)
    hashes = [text_sha256(each.text) for each in texts]
    assert [each.get("sha256") for each in told] == [*hashes[:-1], None]
    assert [each.get("was_sha256") for each in told] == [None, *hashes[:-1]]
    assert "Why" not in json.dumps([dict(each) for each in told])


async def test_a_comment_is_its_authors(light: Service) -> None:
    found = await light.sent(SubmissionDraft(TWO))
    await thread(light, found["number"])
    for token in (people.DANA, people.RITA):
        for path, body in (("", {"revision": 0, "text": "x"}), ("/delete", {"revision": 0})):
            assert (await light.post(f"/api/v1/comments/1{path}", token, body)).status == 403
    await light.post(f"/api/v1/submissions/{found['number']}/withdraw", people.DANA, {"stamp": found["stamp"] + 1})
    late = await light.post("/api/v1/comments/1/delete", people.REMY, {"revision": 0})
    assert (late.status, late.code) == (409, "illegal-action")
    assert (await light.post("/api/v1/comments/99", people.REMY, {"revision": 0, "text": "x"})).status == 404
