"""Server-sent events: live, resumable, private, bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryReviewStore
from enablement_ext.service.assembly import ServiceOptions
from enablement_ext.service.background.event_stream import StreamIntervals
from tests.polling import PATIENCE, until_async
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import KEY, PREFIX, Service, running
from tests.service.test_contract import check


@dataclass
class Listener:
    """An open stream."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def event(self) -> tuple[str, int, dict[str, Any]]:
        """The next event: its name, id and data. Comments are passed over."""
        while True:
            lines: list[str] = []
            while line := (await asyncio.wait_for(self.reader.readline(), PATIENCE)).decode().rstrip("\r\n"):
                lines.append(line)
            fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":") and ": " in line)
            if "event" in fields:
                return fields["event"], int(fields["id"]), json.loads(fields["data"])

    async def ended(self) -> bool:
        """Whether the service ends the stream."""
        await asyncio.wait_for(self.reader.read(), PATIENCE)
        return self.reader.at_eof()


@asynccontextmanager
async def listening(service: Service, token: str, last_seen: int | None = None) -> AsyncIterator[Listener]:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    resume = "" if last_seen is None else f"Last-Event-ID: {last_seen}\r\n"
    writer.write(
        f"GET {PREFIX}/api/v1/events HTTP/1.0\r\nHost: x\r\nAuthorization: token {token}\r\n{resume}\r\n".encode()
    )
    status = (await reader.readline()).decode()
    assert " 200 " in status, status
    while (await reader.readline()).strip():
        pass
    yield Listener(reader, writer)
    writer.close()


async def test_a_reviewer_hears_of_what_is_sent_at_once(service: Service) -> None:
    async with listening(service, people.REMY) as remy:
        name, _, data = await remy.event()
        assert (name, data["counters"]["waiting"]) == ("hello", 0)
        found = await service.sent()
        name, seq, data = await remy.event()
        assert name == "change"
        assert data == {
            "seq": seq,
            "kind": "sent",
            "submission": found["number"],
            "actor": "dana",
            "attention": True,
            "counters": {"waiting": 1, "unclaimed": 1, "claimed": 0},
        }
        check("Change", data)


async def test_each_hears_only_of_what_they_may_see(service: Service) -> None:
    async with listening(service, people.OLGA) as olga, listening(service, people.DANA) as dana:
        await olga.event()
        await dana.event()
        await service.sent()
        mine = await service.send(SubmissionDraft(notebook(cell("a", "1"))), people.OLGA)
        assert (await olga.event())[2]["submission"] == mine.json["submission"]
        assert (await dana.event())[2]["attention"] is False


async def test_a_stream_resumes_where_it_broke_off(service: Service) -> None:
    first = await service.sent()
    async with listening(service, people.REMY, last_seen=0) as remy:
        assert (await remy.event())[0] == "hello"
        assert (await remy.event())[2]["submission"] == first["number"]
        second = await service.sent(SubmissionDraft(notebook(cell("a", "1"))))
        seq = (await remy.event())[1]
    async with listening(service, people.REMY, last_seen=seq - 1) as remy:
        name, kept, _ = await remy.event()
        assert (name, kept) == ("hello", seq - 1)
        assert (await remy.event())[2]["submission"] == second["number"]


async def test_without_a_place_to_resume_it_starts_now(light: Service) -> None:
    await light.sent()
    for last_seen in (None, 10**9):
        async with listening(light, people.REMY, last_seen) as remy:
            name, seq, data = await remy.event()
            assert (name, seq, data["seq"]) == ("hello", 1, 1)


async def test_changes_of_another_process_are_heard(service: Service) -> None:
    """Another replica commits, and nothing notifies this process."""
    async with listening(service, people.REMY) as remy:
        await remy.event()
        async with running(service.context.review.store, service.context.review.artifacts) as replica:
            found = await replica.sent()
        assert (await remy.event())[2]["submission"] == found["number"]


async def test_a_revoked_token_ends_the_stream() -> None:
    intervals = StreamIntervals(heartbeat=0.05, recheck=0.05)
    async with (
        running(MemoryReviewStore(), MemoryArtifactStore(), ServiceOptions(KEY, intervals=intervals)) as service,
        listening(service, people.REMY) as remy,
    ):
        await remy.event()
        service.hub.revoke(people.REMY)
        assert await remy.ended()


async def test_one_who_left_the_group_hears_no_more() -> None:
    intervals = StreamIntervals(heartbeat=0.05, recheck=0.05)
    async with (
        running(MemoryReviewStore(), MemoryArtifactStore(), ServiceOptions(KEY, intervals=intervals)) as service,
        listening(service, people.REMY) as remy,
    ):
        await remy.event()
        service.hub.put_groups("remy", frozenset())
        assert await remy.ended()


async def test_a_silent_stream_is_kept_open_by_comments() -> None:
    options = ServiceOptions(KEY, intervals=StreamIntervals(heartbeat=0.05))
    async with (
        running(MemoryReviewStore(), MemoryArtifactStore(), options) as service,
        listening(service, people.REMY) as remy,
    ):
        await remy.event()
        assert (await asyncio.wait_for(remy.reader.readline(), PATIENCE)).startswith(b":")


async def test_streams_are_bounded_for_each_person() -> None:
    options = ServiceOptions(KEY, intervals=StreamIntervals(most_each=2))
    async with (
        running(MemoryReviewStore(), MemoryArtifactStore(), options) as service,
        listening(service, people.REMY),
        listening(service, people.REMY),
    ):
        reply = await service.get("/api/v1/events", people.REMY)
        assert (reply.status, reply.code) == (429, "too-many-requests")


@pytest.mark.slow
async def test_five_hundred_abandoned_streams_cost_nothing() -> None:
    intervals = StreamIntervals(most_each=1000)
    async with running(MemoryReviewStore(), MemoryArtifactStore(), ServiceOptions(KEY, intervals=intervals)) as service:
        opened = []
        for _ in range(500):
            context = listening(service, people.REMY)
            await context.__aenter__()
            opened.append(context)
        assert service.context.metrics.streams._value.get() == 500
        await service.sent()
        for context in opened:
            await context.__aexit__(None, None, None)

        async def ended() -> bool:
            return bool(service.context.metrics.streams._value.get() == 0)

        await until_async(ended, within=PATIENCE, what="the service has ended all streams")
        assert (await service.get("/api/v1/whoami", people.REMY)).status == 200
