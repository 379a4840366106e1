"""A replica is killed, or replaced, while people work: nothing that was acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import hashlib
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import pytest

from enablement_ext.adapters.artifacts_s3 import S3ArtifactStore, S3Place
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.review.event_log import verify
from tests.replicas.client import REMY, Client, parcel
from tests.replicas.proxy import RoundRobin, round_robin
from tests.replicas.replica import Ground, Replica, replicas
from tests.service.factories import Parcel, cell, notebook

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
                each.join(60)
            self._all_sent.set()
            listener.join(60)

    def _send(self, sender: int) -> None:
        for index in itertools.count():
            if self._stop.is_set():
                return
            key = f"intent-{sender}-{index}"
            big = {"data.bin": os.urandom(200_000)} if index % 5 == 0 else {}
            self._until_acknowledged(key, Parcel(notebook(cell("a", f"x = {sender}, {index}")), files=big))

    def _until_acknowledged(self, key: str, sent: Parcel) -> None:
        while key not in self.acknowledged:
            try:
                said = Client(self.port).send(sent, key=key)
            except (OSError, HTTPException) as problem:
                self.broken.append(type(problem).__name__)
                time.sleep(0.05)
                continue
            if said.status in (200, 201):
                self.acknowledged[key] = said.json
            else:
                self.refused.append((said.status, said.body))
                time.sleep(0.05)

    def _listen(self) -> None:
        """Comes back with the last number seen, until it has heard of everything that was acknowledged."""
        seen: int | None = None
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self._heard_all():
                return
            try:
                with Client(self.port).events(REMY, seen) as stream:
                    for event in stream:
                        seen = event.seq
                        if event.name == "change":
                            self.heard.append(event.seq)
                        if self._heard_all():
                            return
            except (OSError, HTTPException):
                time.sleep(0.05)

    def _heard_all(self) -> bool:
        return self._all_sent.is_set() and len(self.heard) >= len(self.acknowledged)


def check(shared: Ground, people: People) -> None:
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


def test_one_of_three_is_killed_under_load(shared: Ground) -> None:
    with replicas(shared, 3) as three, round_robin([each.port for each in three]) as proxy:
        people = People(proxy.port)
        with people.at_work():
            for victim in three[:2]:
                time.sleep(1.5)
                victim.kill()
                time.sleep(0.5)
                victim.start()
            time.sleep(1)
        check(shared, people)
    assert len(people.acknowledged) > 50
    assert not [status for status, _ in people.refused if status < 500]


def test_a_rolling_restart_fails_no_request(shared: Ground) -> None:
    drain = "--ReviewService.drain_seconds=1"
    with replicas(shared, 2, drain) as two, round_robin([each.port for each in two]) as proxy:
        people, fresh = People(proxy.port), list[Replica]()
        with people.at_work():
            time.sleep(1)
            for index, old in enumerate(two):
                new = Replica(shared, 10 + index, (drain,)).start()
                proxy.behind.append(new.port)
                fresh.append(new)
                _until(proxy, new.port)
                assert old.stop() == 0
                proxy.behind.remove(old.port)
            time.sleep(1)
        check(shared, people)
        for new in fresh:
            new.kill()
    assert people.broken == []
    assert people.refused == []
    assert len(people.acknowledged) > 50


def _until(proxy: RoundRobin, port: int) -> None:
    deadline = time.monotonic() + 30
    while port not in proxy.ready:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_told_to_stop_it_says_so_answers_on_and_sends_streams_away(shared: Ground) -> None:
    with replicas(shared, 1, "--ReviewService.drain_seconds=1.5") as (replica,):
        client = replica.client
        with client.events(REMY) as stream:
            next(stream)
            stopping = threading.Thread(target=replica.stop)
            stopping.start()
            time.sleep(0.3)
            assert not replica.ready()
            said = client.send(parcel("x = 1"))
            assert said.status == 201
            assert said.headers["connection"] == "close"
            assert [event.name for event in stream] == ["change"], "told of it, then sent away"
        stopping.join(30)
        assert replica.process is not None
        assert replica.process.returncode == 0


def test_a_request_that_is_inside_is_finished(shared: Ground) -> None:
    """A slow upload that began before the stop is acknowledged."""
    with replicas(shared, 1) as (replica,):
        body = Parcel(notebook(cell("a", "x = 1")), files={"data.bin": os.urandom(3_000_000)}).bundle()
        head = (
            "POST /services/enablement/api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: token dana@server\r\n"
            f"Content-Type: application/x-tar\r\nIdempotency-Key: slow-one\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", replica.port)) as wire:
            wire.sendall(head.encode() + body[:1_000_000])
            time.sleep(0.3)
            stopping = threading.Thread(target=replica.stop)
            stopping.start()
            time.sleep(0.5)
            wire.sendall(body[1_000_000:])
            wire.settimeout(20)
            assert b" 201 " in wire.recv(4096).split(b"\r\n", 1)[0]
        stopping.join(30)
