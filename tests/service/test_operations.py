"""What those who run the service rely on: probes, metrics, logs that give nothing away, and a log of events that holds together."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest

from enablement_ext.adapters.artifacts_directory import DirectoryArtifactStore
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.core.review.event_log import verify
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.context import SizeLimits
from enablement_ext.service.use_cases import queries
from tests.polling import PATIENCE, until_async
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, Service, running


async def test_ready_follows_the_store(light: Service) -> None:
    assert (await light.get("/readyz")).status == 200
    light.context.review.store.close()
    gone = await light.get("/readyz")
    assert (gone.status, gone.code) == (503, "store-unavailable")
    assert (await light.get("/healthz")).status == 200
    sent = await light.send(SubmissionDraft())
    assert (sent.status, sent.code) == (503, "store-unavailable")
    assert int(sent.headers["Retry-After"]) > 0


async def test_ready_says_what_a_request_would_meet(tmp_path: Path) -> None:
    folder = tmp_path / "artifacts"
    artifacts = DirectoryArtifactStore(folder)
    async with running(MemoryReviewStore(), artifacts) as service:
        assert (await service.get("/readyz")).json["artifacts"] == "ok"
        folder.rename(tmp_path / "moved")
        assert (await service.get("/readyz")).json["artifacts"] == "away"
        (tmp_path / "moved").rename(folder)
        assert (await service.get("/readyz")).json["artifacts"] == "ok"
        artifacts.belong_to("another queue's id")
        strange = await service.get("/readyz")
        assert (strange.status, strange.code) == (503, "database-replaced")


async def test_metrics_count_what_was_answered_and_what_waits(light: Service) -> None:
    await light.sent()
    await light.get("/api/v1/submissions/1/versions/1/notebook", people.REMY)
    await light.get("/api/v1/submissions/1/versions/1/notebook", people.REMY)
    await light.get("/api/v1/submissions/999", people.REMY)
    text = (await light.get("/metrics")).body.decode()
    assert 'enablement_refusals_total{code="not-found"} 1.0' in text
    assert 'enablement_request_seconds_count{operation="sendSubmission",status="201"} 1.0' in text
    assert "enablement_submissions_waiting 1.0" in text
    assert 'enablement_notebook_cache_total{result="hit"} 1.0' in text

    async def counted() -> bool:
        return 'enablement_events_total{kind="sent"} 1.0' in (await light.get("/metrics")).body.decode()

    await until_async(counted, within=PATIENCE, what="the event is counted")  # when it is told, a moment later


async def test_an_unknown_error_is_an_incident_whose_log_has_no_secret(
    light: Service, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "s3cr3t-" + "A1b2C3d4" * 6

    def broken(*_: object) -> object:
        raise RuntimeError(
            f"connect postgresql://svc:{secret}@db/q failed; Authorization: token {secret}; password={secret}"
        )

    monkeypatch.setattr(queries, "counters", broken)
    caplog.set_level(logging.INFO)
    reply = await light.ask(
        "GET", f"/api/v1/whoami?x={secret}", people.REMY, headers={"Cookie": f"a={secret}", "X-Secret": secret}
    )
    assert (reply.status, reply.code) == (500, "internal")
    assert secret not in reply.body.decode()
    assert secret not in caplog.text
    assert people.REMY not in caplog.text
    incident = reply.json["facts"]["incident"]
    logged = [record for record in caplog.records if incident in record.getMessage()]
    assert len(logged) == 1
    line = json.loads(logged[0].getMessage())
    assert (line["event"], line["error"]) == ("incident", "RuntimeError")
    assert "broken" in line["where"]


async def test_a_name_of_a_megabyte_is_cut_and_a_line_end_stays_an_escape(
    light: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await light.send(SubmissionDraft(path="work/" + "x" * 200 + ".ipynb", answers={"title": "a\r\nevent: forged"}))
    long = await light.get("/api/v1/search?query=" + "%0d%0aforged" * 2000, people.REMY)
    assert long.status == 400
    for record in caplog.records:
        message = record.getMessage()
        assert "\n" not in message
        assert len(message) < 2000
        assert "forged" not in message


async def test_a_damaged_artifact_is_reported_and_others_are_served(tmp_path: Path) -> None:
    artifacts = MemoryArtifactStore()
    async with running(MemoryReviewStore(), artifacts, ServiceOptions(KEY, small_bytes=0)) as service:
        found = await service.sent()
        other = await service.sent(SubmissionDraft(notebook(cell("a", "1"))))
        artifacts.replace_bytes(found["versions"][0]["notebook"]["sha256"], b"flipped")
        path = "/api/v1/submissions/{}/versions/1/files/0"
        damaged = await service.get(path.format(found["number"]), people.REMY)
        assert (damaged.status, damaged.code) == (500, "artifact-damaged")
        assert damaged.json["facts"]["incident"]
        assert (await service.get(path.format(other["number"]), people.REMY)).status == 200


async def test_a_full_artifact_store_leaves_no_half_item(tmp_path: Path) -> None:
    artifacts = DirectoryArtifactStore(tmp_path / "artifacts")
    async with running(MemoryReviewStore(), artifacts, ServiceOptions(KEY, small_bytes=0)) as service:
        incoming = next(path for path in (tmp_path / "artifacts/incoming").iterdir())
        for entry in incoming.iterdir():
            entry.unlink()
        incoming.rmdir()
        refused = await service.send(SubmissionDraft())
        assert refused.status == 503
        assert (await service.get("/api/v1/submissions?filter=sent", people.DANA)).json["items"] == []
        incoming.mkdir()
        assert (await service.send(SubmissionDraft())).status == 201


async def test_the_log_of_events_holds_together(service: Service) -> None:
    found = await service.sent()
    number = found["number"]
    claimed = await service.post(f"/api/v1/submissions/{number}/claim", people.REMY, {"stamp": found["stamp"]})
    await service.post(f"/api/v1/submissions/{number}/release", people.REMY, {"stamp": claimed.json["stamp"]})
    await service.decide(number, await service.page(number), "approve")
    with service.context.review.store.read() as reader:
        report = verify(reader.events_after(0, 100))
    assert (report.intact, report.count) == (True, 4)


async def test_more_than_can_be_worked_on_is_refused_as_that_and_probes_are_answered() -> None:
    limits = SizeLimits(requests=3)
    async with running(MemoryReviewStore(), MemoryArtifactStore(), ServiceOptions(KEY, limits=limits)) as service:
        for token in (people.DANA, people.REMY):
            await service.get("/api/v1/whoami", token)  # seen for the first time, which is written down

        async def inside() -> bool:
            return service.context.draining.in_flight == len(waiting)

        with service.context.review.store.write():  # every other writer waits for this one
            drafts = [SubmissionDraft(notebook(cell("a", f"x = {number}"))) for number in range(3)]
            waiting = [asyncio.create_task(service.send(draft)) for draft in drafts]
            await until_async(inside, within=PATIENCE, what="the three are inside")

            async def refused() -> bool:
                return (await service.get("/api/v1/whoami", people.REMY)).code == "too-many-requests"

            await until_async(refused, within=PATIENCE, what="what comes beyond is refused")
            answer = await service.get("/api/v1/whoami", people.REMY)
            assert (answer.status, int(answer.headers["Retry-After"]) > 0) == (429, True)
            assert (await service.get("/readyz")).status == 200
            assert (await service.get("/metrics")).status == 200
        assert [reply.status for reply in await asyncio.gather(*waiting)] == [201, 201, 201]
        assert (await service.get("/api/v1/whoami", people.REMY)).status == 200, "what is over is not counted"
