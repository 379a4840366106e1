"""Sending: exactly once, durable before acknowledged, recognised when sent again."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.errors import ArtifactDamaged
from enablement_ext.core.review.models import ChangeKind
from enablement_ext.core.review.policy import Policy
from enablement_ext.service.assembly import ServiceOptions
from tests.service import people
from tests.service.factories import TITLE, SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Service, running


async def test_a_notebook_becomes_a_submission_with_a_receipt(service: Service) -> None:
    reply = await service.send(SubmissionDraft(files={"work/features.py": b"def f():\n    return 1\n"}))
    assert reply.status == 201
    receipt = reply.json
    found = await service.submission(receipt["submission"])
    assert (found["author"], found["title"], found["state"]) == ("dana", TITLE, "submitted")
    assert found["image"]["release"] == people.IMAGE.release
    assert found["content_id"] == receipt["content_id"]
    assert found["attention"][0]["who"] == "track:technical"
    assert found["versions"][0]["notebook"]["sha256"] == receipt["notebook_sha256"]
    assert [file["path"] for file in found["versions"][0]["files"]] == ["work/features.py"]
    assert await service.kinds(receipt["submission"]) == ["sent"]


@pytest.mark.parametrize("unanswered", [{}, {"stage": None, "handed_over": None, "checklist": None}])
async def test_what_was_not_answered_is_kept_as_not_answered(service: Service, unanswered: dict[str, object]) -> None:
    found = await service.sent(SubmissionDraft(answers={"title": TITLE, **unanswered}))
    assert (found["stage"], found["handed_over"]) == (None, None)
    version = found["versions"][0]
    assert version["answers_recorded"]
    assert {name: version["answers"][name] for name in ("stage", "handed_over", "checklist")} == {
        "stage": None,
        "handed_over": None,
        "checklist": None,
    }


async def test_what_was_answered_is_kept_though_it_is_what_others_leave_out(service: Service) -> None:
    chosen = {"stage": "exploration", "handed_over": "prototype", "checklist": []}
    found = await service.sent(SubmissionDraft(answers={"title": TITLE, **chosen}))
    assert (found["stage"], found["handed_over"]) == ("exploration", "prototype")
    assert found["versions"][0]["answers"].items() >= chosen.items()
    draft = SubmissionDraft(notebook(cell("b", "y")), more={"stamp": found["stamp"]})
    reply = await service.send(draft, number=found["number"])
    assert reply.status == 201
    assert (await service.submission(found["number"]))["stage"] is None


async def test_fifty_at_once_with_one_key_become_one_item_with_one_receipt(service: Service) -> None:
    replies = await asyncio.gather(*(service.send(SubmissionDraft(), key="one-intent") for _ in range(50)))
    assert Counter(reply.status for reply in replies) == {201: 1, 200: 49}
    assert len({reply.body for reply in replies}) == 1
    assert sum(reply.headers.get("Idempotency-Replayed") == "true" for reply in replies) == 49
    listed = (await service.get("/api/v1/submissions?filter=all", people.REMY)).json["items"]
    assert len(listed) == 1


async def test_a_retry_after_a_lost_answer_is_answered_with_the_same_receipt(service: Service) -> None:
    first = await service.send(SubmissionDraft(), key="lost-answer")
    service.clock.advance(timedelta(minutes=5))
    second = await service.send(SubmissionDraft(), key="lost-answer")
    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body


async def test_a_retry_gets_its_receipt_where_it_would_be_refused_by_now(service: Service) -> None:
    """The submission has moved on, and the hub no longer says which image the server runs."""
    found = await service.sent()
    number, changed = found["number"], SubmissionDraft(notebook(cell("a", "1")), more={"stamp": found["stamp"]})
    first = await service.send(changed, key="lost-answer", number=number)
    assert first.status == 201, first.body
    service.hub.add_token(people.DANA, replace(await service.hub.principal(people.DANA), server="second"))
    second = await service.send(changed, key="lost-answer", number=number)
    assert (second.status, second.body, second.headers["Idempotency-Replayed"]) == (200, first.body, "true")
    again = await service.send(changed, number=number)
    assert (again.status, again.code) == (409, "stale-stamp")
    assert await service.kinds(number) == ["sent", "version_sent"]


async def test_a_known_key_answers_no_bytes_but_those_it_was_sent_with(service: Service) -> None:
    draft = SubmissionDraft()
    assert (await service.send(draft, key="one-intent")).status == 201
    claimed = {"path": draft.path, "sha256": hashlib.sha256(draft.notebook).hexdigest()}
    other = await service.send(SubmissionDraft(notebook(cell("a", "1")), more={"notebook": claimed}), key="one-intent")
    assert (other.status, other.code) == (422, "hash-mismatch")


async def test_what_is_wrong_with_a_bundle_is_said_before_what_is_wrong_with_the_server(light: Service) -> None:
    light.hub.add_token(people.DANA, replace(await light.hub.principal(people.DANA), server="second"))
    refused = await light.send(SubmissionDraft(b"{"))
    assert (refused.status, refused.code) == (422, "bad-notebook")


async def test_the_same_key_with_other_content_is_refused(service: Service) -> None:
    await service.send(SubmissionDraft(), key="one-intent")
    other = await service.send(SubmissionDraft(answers={"title": "Another"}), key="one-intent")
    assert (other.status, other.code) == (422, "key-reused")


async def test_two_people_may_use_the_same_key(service: Service) -> None:
    mine = await service.send(SubmissionDraft(), key="same-words")
    theirs = await service.send(SubmissionDraft(), people.OLGA, key="same-words")
    assert (mine.status, theirs.status) == (201, 201)


async def test_the_same_content_again_says_where_it_is(service: Service) -> None:
    first = await service.send(SubmissionDraft())
    again = await service.send(SubmissionDraft(answers={"title": "A better title"}))
    assert (again.status, again.code) == (409, "already-sent")
    assert again.json["facts"] == {"submission": first.json["submission"], "version": 1, "title": TITLE}


async def test_content_of_a_withdrawn_submission_can_be_sent_again(service: Service) -> None:
    found = await service.sent()
    path = f"/api/v1/submissions/{found['number']}/withdraw"
    assert (await service.post(path, people.DANA, {"stamp": found["stamp"]})).json["state"] == "withdrawn"
    assert (await service.send(SubmissionDraft())).status == 201


async def test_author_and_image_come_from_the_hub_whatever_the_body_says(service: Service) -> None:
    lying = SubmissionDraft(more={"author": "remy"})
    refused = await service.send(lying)
    assert (refused.status, refused.code, refused.json["facts"]["field"]) == (422, "bad-answers", "author")
    service.hub.put_image("dana", "", replace(people.IMAGE, slug="other"))
    assert (await service.sent())["image"]["slug"] == "other"


async def test_a_token_of_no_server_cannot_send(light: Service) -> None:
    refused = await light.send(SubmissionDraft(), people.DANA_BROWSER)
    assert (refused.status, refused.code) == (422, "unknown-image")


async def test_a_server_the_hub_recorded_nothing_for_cannot_send(light: Service) -> None:
    light.hub.add_token("lab2", replace(await light.hub.principal(people.DANA), server="second"))
    refused = await light.send(SubmissionDraft(), "lab2")
    assert (refused.status, refused.code) == (422, "unknown-image")


async def test_a_version_says_what_changed_and_keeps_the_history(service: Service) -> None:
    found = await service.sent()
    number, stamp = found["number"], found["stamp"]
    changed = SubmissionDraft(notebook(cell("load", "x = 2"), cell("plot", "x + y")), more={"stamp": stamp})
    receipt = (await service.send(changed, number=number)).json
    assert (receipt["submission"], receipt["version"]) == (number, 2)
    after = await service.submission(number)
    assert after["latest"] == 2
    assert after["versions"][1]["changes"] == ["code"]
    assert after["versions"][0] == found["versions"][0]
    assert await service.kinds(number) == ["sent", "version_sent"]


async def test_a_version_without_a_change_is_recognised(service: Service) -> None:
    found = await service.sent()
    again = await service.send(SubmissionDraft(more={"stamp": found["stamp"]}), number=found["number"])
    assert (again.status, again.code) == (409, "already-sent")


async def test_a_version_against_an_old_stamp_shows_the_present_state(service: Service) -> None:
    found = await service.sent()
    await service.post(f"/api/v1/submissions/{found['number']}/claim", people.REMY, {"stamp": found["stamp"]})
    late = await service.send(
        SubmissionDraft(notebook(cell("a", "1")), more={"stamp": found["stamp"]}), number=found["number"]
    )
    assert (late.status, late.code) == (409, "stale-stamp")
    assert late.json["facts"]["submission"]["state"] == "in_review"


async def test_only_the_author_sends_versions(service: Service) -> None:
    found = await service.sent()
    changed = SubmissionDraft(notebook(cell("a", "1")), more={"stamp": found["stamp"]})
    by_reviewer = await service.send(changed, people.REMY, number=found["number"])
    by_other = await service.send(changed, people.OLGA, number=found["number"])
    assert (by_reviewer.status, by_other.status) == (403, 404)


async def test_the_stored_bytes_are_the_canonical_ones_and_download_as_an_attachment(service: Service) -> None:
    found = await service.sent(SubmissionDraft(files={"work/“x”.csv": b"a,b\n1,2\n"}))
    base = f"/api/v1/submissions/{found['number']}/versions/1/files"
    stored = await service.get(f"{base}/1", people.REMY)
    assert stored.body == b"a,b\n1,2\n"
    assert stored.headers["Content-Disposition"].startswith("attachment;")
    assert stored.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in stored.headers["Content-Security-Policy"]
    assert stored.headers["Cache-Control"] == "no-store"
    assert (await service.get(f"{base}/2", people.REMY)).status == 404


@pytest.mark.parametrize("lost", ["missing", "damaged"])
async def test_what_is_lost_of_an_old_version_keeps_nobody_from_sending_the_next(lost: str) -> None:
    """And takes no thread with it: what changed, and where a thread stands, is told as unknown."""
    artifacts, draft = MemoryArtifactStore(), SubmissionDraft()
    policy = Policy(survive=frozenset(ChangeKind))
    async with running(
        MemoryReviewStore(), artifacts, ServiceOptions(KEY, policy=policy, small_bytes=0, cache_bytes=0)
    ) as service:
        found = await service.sent(draft)
        number = found["number"]
        for anchor in ({"cell": "load"}, {}):
            opened = {"version": 1, "anchor": anchor, "text": "why?"}
            assert (await service.post(f"/api/v1/submissions/{number}/threads", people.REMY, opened)).status == 201
        assert (await service.decide(number, await service.page(number), "approve")).status == 200
        _lose(artifacts, found["versions"][0]["notebook"]["sha256"], lost)
        stamp = (await service.submission(number))["stamp"]
        changed = replace(draft, notebook=notebook(cell("a", "another = 1")), more={"stamp": stamp})
        sent = await service.send(changed, number=number)
        assert sent.status == 201, sent.body
        after = await service.submission(number)
        assert after["versions"][1]["changes"] == ["unknown"]
        assert after["state"] == "submitted", "no approval survives what nobody can tell"
        fallen = [decision["fallen_because"] for decision in after["decisions"]]
        assert fallen == ["The new version changes what nobody can tell, because the version before is lost."]
        threads = (await service.get(f"/api/v1/submissions/{number}/threads", people.REMY)).json["threads"]
        assert [thread["placed"]["state"] for thread in threads] == ["unknown", "unchanged"]
        assert (await service.page(number)).status == 200
        old = await service.get(f"/api/v1/submissions/{number}/versions/1/notebook", people.REMY)
        assert (old.status, old.code) == (500, "artifact-damaged")


def _lose(artifacts: MemoryArtifactStore, sha256: str, how: str) -> None:
    artifacts.replace_bytes(sha256, b"flipped")
    if how == "missing":  # the damaged copy was set aside by somebody who read it
        with pytest.raises(ArtifactDamaged):
            artifacts.get(sha256)
