"""Pages are answered from memory while nothing happened, and never a moment longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from enablement_ext.adapters.memory.clock import ManualClock
from enablement_ext.core.review.ports import QueueFilter
from enablement_ext.service.caches.pages import CachedPage, PageCache
from enablement_ext.service.use_cases import queries
from tests.service import people
from tests.service.factories import Parcel, cell, notebook
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
    await service.sent(Parcel(notebook(cell("b", "2"))))
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
    assert light.context.page_cache.find(key, 1, light.clock.now()) == first
    light.context.page_cache.keep(key, CachedPage(b"the kept one", 1, None))
    assert (await light.get(ALL, people.REMY)).body == b"the kept one"
    store.close()
    assert (await light.get(ALL, people.REMY)).status == 503  # a store that is away answers nothing, kept or not


def test_memory_is_bounded_and_the_longest_unused_leaves_first() -> None:
    pages, now = PageCache(most=250), ManualClock().now()
    for key in range(3):
        pages.keep(key, CachedPage(b"x" * 80, 1, None))
    assert pages.find(0, 1, now) is not None
    pages.keep(3, CachedPage(b"y" * 80, 1, None))
    assert [pages.find(key, 1, now) is not None for key in range(4)] == [True, False, True, True]
    pages.keep(3, CachedPage(b"z" * 20, 2, now))
    assert pages.find(3, 1, now) is None
    assert pages.find(3, 2, now) is None
    assert pages.find(3, 2, now - timedelta(seconds=1)) == b"z" * 20
    pages.keep(4, CachedPage(b"w" * 60, 2, None))
    assert pages.find(0, 1, now) is not None
