"""A replica is killed, or replaced, while people work: nothing that was acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import hashlib
import itertools
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from typing import Any

import pytest

from enablement_ext.adapters.artifacts_s3 import S3ArtifactStore, S3Place
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.review.event_log import verify
from tests.polling import PATIENCE, until
from tests.replicas.client import REMY, Client, draft
from tests.replicas.proxy import RoundRobin, round_robin
from tests.replicas.replica import Replica, SharedServices, replicas
from tests.service.factories import SubmissionDraft, cell, notebook

pytestmark = pytest.mark.slow
SENDERS = 4


@dataclass
class People:
    """Senders who repeat what broke with the same key, as the lab does, and one who listens."""

    port: int
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[tuple[int, bytes]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    seen: int | None = None  # the last number of the stream
    _stop: threading.Event = field(default_factory=threading.Event)
    _all_sent: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """They work while the block runs; the listener then hears the rest."""
        senders = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        listener = threading.Thread(target=self._listen)
        for each in (*senders, listener):
            each.start()
        try:
            yield
        finally:
            self._stop.set()
            for each in senders:
                each.join(PATIENCE)
            self._all_sent.set()
            listener.join(PATIENCE)

    def until_more(self, count: int) -> None:
        """Returns when so many more were acknowledged than now."""
        before = len(self.acknowledged)
        until(lambda: len(self.acknowledged) >= before + count, within=PATIENCE, what=f"{count} more are acknowledged")

    def _send(self, sender: int) -> None:
        for index in itertools.count():
            if self._stop.is_set():
                return
            key = f"intent-{sender}-{index}"
            big = {"data.bin": os.urandom(200_000)} if index % 5 == 0 else {}
            draft = SubmissionDraft(notebook(cell("a", f"x = {sender}, {index}")), files=big)
            until(partial(self._acknowledged, key, draft), within=PATIENCE, what=f"{key} is acknowledged")

    def _acknowledged(self, key: str, sent: SubmissionDraft) -> bool:
        try:
            said = Client(self.port).send(sent, key=key)
        except (OSError, HTTPException) as problem:
            self.broken.append(type(problem).__name__)
            return False
        if said.status in (200, 201):
            self.acknowledged[key] = said.json
            return True
        self.refused.append((said.status, said.body))
        return False

    def _listen(self) -> None:
        """Comes back with the last number seen, until it has heard of everything that was acknowledged."""
        until(self._hear, within=2 * PATIENCE, what="everything that was acknowledged is heard of")

    def _hear(self) -> bool:
        """One stream to its end."""
        if self._heard_all():
            return True
        with Client(self.port).events(REMY, self.seen) as stream:
            for event in stream:
                self.seen = event.seq
                if event.name == "change":
                    self.heard.append(event.seq)
                if self._heard_all():
                    return True
        return False

    def _heard_all(self) -> bool:
        return self._all_sent.is_set() and len(self.heard) >= len(self.acknowledged)


def check(shared: SharedServices, people: People) -> None:
    """What was acknowledged is there once, with its bytes; the log holds; the listener heard everything once and in order."""
    store = DatabaseReviewStore(shared.database)
    place = S3Place(shared.bucket, shared.s3.endpoint, keys=shared.s3.keys(shared.folder / "keys"))
    artifacts = S3ArtifactStore(place)
    with store.read() as reader:
        events = reader.events_after(0, 100_000)
        assert verify(events, reader.chain_head()).intact
        numbers = [event.submission for event in events if event.submission is not None]
        assert len(numbers) == len(set(numbers)), "each was sent once"
        acknowledged = [receipt["submission"] for receipt in people.acknowledged.values()]
        assert sorted(acknowledged) == sorted(numbers), "every key was acknowledged in the end, and made one submission"
        for receipt in people.acknowledged.values():
            version = reader.version(receipt["submission"], 1)
            assert version.content_id == receipt["content_id"]
            for entry in (version.notebook, *version.files):
                assert hashlib.sha256(artifacts.get(entry.sha256)).hexdigest() == entry.sha256
    assert people.heard == [event.seq for event in events]
    artifacts.close()
    store.close()


def test_one_of_three_is_killed_under_load(shared: SharedServices) -> None:
    with replicas(shared, 3) as three, round_robin([each.port for each in three]) as proxy:
        people = People(proxy.port)
        with people.at_work():
            for victim in three[:2]:
                people.until_more(25)
                victim.kill()
                people.until_more(5)  # by the others
                victim.start()
            people.until_more(10)
        check(shared, people)
    assert len(people.acknowledged) > 50
    assert not [status for status, _ in people.refused if status < 500]


def test_a_rolling_restart_fails_no_request(shared: SharedServices) -> None:
    drain = "--ReviewService.drain_seconds=3"  # the proxy needs a fraction of a second, but shares two cores with everything else
    with replicas(shared, 2, drain) as two, round_robin([each.port for each in two]) as proxy:
        people = People(proxy.port)
        with people.at_work():
            people.until_more(25)
            for index, old in enumerate(tuple(two)):
                new = Replica(shared, 10 + index, (drain,))
                two.append(new)  # to be ended with the others, whatever comes
                new.start()
                proxy.behind.append(new.port)
                until(partial(_sent_to, proxy, new.port), within=PATIENCE, what="the proxy sends people to the new one")
                assert old.stop() == 0
                proxy.behind.remove(old.port)
            people.until_more(25)
        check(shared, people)
    assert people.broken == []
    assert people.refused == []
    assert len(people.acknowledged) > 50


def _sent_to(proxy: RoundRobin, port: int) -> bool:
    return port in proxy.ready


def test_told_to_stop_it_says_so_answers_on_and_sends_streams_away(shared: SharedServices) -> None:
    with replicas(shared, 1, "--ReviewService.drain_seconds=6") as (replica,):
        client = replica.client
        with client.events(REMY) as stream:
            next(stream)
            stopping = threading.Thread(target=replica.stop)
            stopping.start()
            until(lambda: client.get("/readyz").status == 503, within=PATIENCE, what="it says that it is not ready")
            said = client.send(draft("x = 1"))
            assert said.status == 201
            assert said.headers["connection"] == "close"
            assert [event.name for event in stream] == ["change"], "told of it, then sent away"
        stopping.join(PATIENCE)
        assert replica.process is not None
        assert replica.process.returncode == 0


def test_a_request_that_is_inside_is_finished(shared: SharedServices) -> None:
    """A slow upload that began before the stop is acknowledged."""
    with replicas(shared, 1) as (replica,):
        body = SubmissionDraft(notebook(cell("a", "x = 1")), files={"data.bin": os.urandom(3_000_000)}).bundle()
        head = (
            "POST /services/enablement/api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: token dana@server\r\n"
            "Expect: 100-continue\r\n"
            f"Content-Type: application/x-tar\r\nIdempotency-Key: slow-one\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", replica.port)) as wire:
            wire.settimeout(PATIENCE)
            wire.sendall(head.encode())
            assert b" 100 " in wire.recv(4096), "it is inside"
            wire.sendall(body[:1_000_000])
            stopping = threading.Thread(target=replica.stop)
            stopping.start()
            until(lambda: not replica.ready(), within=PATIENCE, what="it takes nothing new")
            wire.sendall(body[1_000_000:])
            assert b" 201 " in wire.recv(4096).split(b"\r\n", 1)[0]
        stopping.join(PATIENCE)
