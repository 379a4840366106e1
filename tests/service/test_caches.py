"""Caches: bounded, and right for as long as they answer. Pages are answered from memory while nothing happened, and never a moment longer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from enablement_ext.adapters.memory import MemoryArtifactStore
from enablement_ext.adapters.memory.clock import ManualClock
from enablement_ext.core.errors import TooManyRequests
from enablement_ext.core.git.forges.ports import Credential
from enablement_ext.core.review.queue import QueueFilter
from enablement_ext.service.caches.credentials import CredentialCache
from enablement_ext.service.caches.notebooks import NotebookCache
from enablement_ext.service.caches.pages import CachedPage, PageCache
from enablement_ext.service.runtime.rate_limit import RateLimit
from enablement_ext.service.use_cases import queries
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Service, hours

ALL = "/api/v1/submissions?filter=all"


async def items(service: Service, token: str = people.REMY) -> list[dict[str, Any]]:
    reply = await service.get(ALL, token)
    assert reply.status == 200
    found: list[dict[str, Any]] = reply.json["items"]
    return found


async def test_every_change_is_seen_at_once(service: Service) -> None:
    sent = await service.sent()
    assert [item["claim"] for item in await items(service)] == [None]
    path = f"/api/v1/submissions/{sent['number']}/claim"
    claimed = await service.post(path, people.REMY, {"stamp": sent["stamp"]})
    assert [item["stamp"] for item in await items(service)] == [claimed.json["stamp"]]
    assert (await items(service))[0]["claim"]["by"] == "remy"
    await service.sent(SubmissionDraft(notebook(cell("b", "2"))))
    assert len(await items(service)) == 2


async def test_a_claim_that_ends_is_seen_without_an_event(service: Service) -> None:
    sent = await service.sent()
    await service.post(f"/api/v1/submissions/{sent['number']}/claim", people.REMY, {"stamp": sent["stamp"]})
    assert "claim" not in (await items(service))[0]["actions"]
    service.clock.advance(hours(4) + timedelta(seconds=1))
    assert "claim" in (await items(service))[0]["actions"]


async def test_everybody_has_pages_of_their_own(service: Service) -> None:
    await service.sent()
    for _ in range(2):
        assert "withdraw" in (await items(service, people.DANA))[0]["actions"]
        assert "claim" in (await items(service, people.REMY))[0]["actions"]


async def test_a_page_that_was_made_is_not_made_again(light: Service) -> None:
    await light.sent()
    first = (await light.get(ALL, people.REMY)).body
    store, who = light.context.review.store, await light.hub.principal(people.REMY)
    key = (who, queries.ListQuery(QueueFilter.ALL))
    assert light.context.page_cache.get(key, 1, light.clock.now()) == first
    light.context.page_cache.put(key, CachedPage(b"the cached one", 1, None))
    assert (await light.get(ALL, people.REMY)).body == b"the cached one"
    store.close()
    assert (await light.get(ALL, people.REMY)).status == 503  # a store that is away answers nothing, cached or not


def test_memory_is_bounded_and_the_least_recently_used_is_evicted() -> None:
    pages, now = PageCache(max_bytes=250), ManualClock().now()
    for key in range(3):
        pages.put(key, CachedPage(b"x" * 80, 1, None))
    assert pages.get(0, 1, now) is not None
    pages.put(3, CachedPage(b"y" * 80, 1, None))
    assert [pages.get(key, 1, now) is not None for key in range(4)] == [True, False, True, True]
    pages.put(3, CachedPage(b"z" * 20, 2, now))
    assert pages.get(3, 1, now) is None
    assert pages.get(3, 2, now) is None
    assert pages.get(3, 2, now - timedelta(seconds=1)) == b"z" * 20
    pages.put(4, CachedPage(b"w" * 60, 2, None))
    assert pages.get(0, 1, now) is not None


def test_a_page_larger_than_the_cache_is_left_out_and_takes_the_place_of_none() -> None:
    pages, now = PageCache(max_bytes=100), ManualClock().now()
    pages.put("small", CachedPage(b"x" * 80, 1, None))
    pages.put("large", CachedPage(b"x" * 101, 1, None))
    assert pages.get("large", 1, now) is None
    assert pages.get("small", 1, now) is not None
    pages.put("small", CachedPage(b"x" * 101, 2, None))
    assert pages.get("small", 2, now) is None
    assert pages.get("small", 1, now) is None


class Counting(MemoryArtifactStore):
    """Counts what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def get(self, sha256: str) -> bytes:
        self.reads += 1
        return super().get(sha256)


def test_notebooks_are_read_once_while_they_fit() -> None:
    artifacts, hits = Counting(), list[bool]()
    first, second, large = artifacts.put([b"a" * 60, b"b" * 60, b"c" * 101])
    notebooks = NotebookCache(artifacts, 100, hits.append)
    assert [len(notebooks(name)) for name in (first, first, large, large, first)] == [60, 60, 101, 101, 60]
    assert (artifacts.reads, hits) == (3, [False, True, False, False, True])
    notebooks(second)
    notebooks(first)
    assert artifacts.reads == 5


def test_a_credential_is_given_out_again_while_it_is_good_for_five_minutes() -> None:
    cache, now = CredentialCache(), ManualClock().now()
    key = ("dana", "git/user/dana/churn", True)
    cache.put(key, Credential("user", "secret", now + timedelta(minutes=10)))
    assert cache.get(key, now + timedelta(minutes=5)) is not None
    assert cache.get(key, now + timedelta(minutes=5, seconds=1)) is None
    assert cache.get(key, now) is None  # dropped, not only passed over
    cache.put(key, Credential("user", "secret", now + timedelta(minutes=10)))
    cache.drop("dana", key[1])
    assert cache.get(key, now) is None


def test_a_rate_limit_counts_each_name_and_each_minute() -> None:
    limit, now = RateLimit(per_minute=2), ManualClock().now()
    for name in ("dana", "olga", "dana", "olga"):
        limit.acquire(name, now)
    with pytest.raises(TooManyRequests):
        limit.acquire("dana", now)
    limit.acquire("dana", now + timedelta(minutes=1))


def test_a_rate_limit_loses_no_count_among_threads() -> None:
    limit, now = RateLimit(per_minute=1000), ManualClock().now()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: limit.acquire("dana", now), range(1000)))
    with pytest.raises(TooManyRequests):
        limit.acquire("dana", now)
