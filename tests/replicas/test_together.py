"""Two replicas are one service: races, keys, tickets, sign-ins and streams do not care which of them is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.review.event_log import verify
from tests.replicas.client import DANA, REMY, RITA, Client, Said, browser, draft
from tests.replicas.proxy import round_robin
from tests.replicas.replica import Replica, SharedServices, replicas

pytestmark = pytest.mark.slow
CLAIMS, DECISIONS = 700, 300


@pytest.fixture
def two(shared: SharedServices) -> Iterator[list[Replica]]:
    with replicas(shared) as made:
        yield made


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def at_once(pool: ThreadPoolExecutor, *works: Callable[[], Said]) -> list[Said]:
    """All at the same moment."""
    together = Barrier(len(works))

    def run(work: Callable[[], Said]) -> Said:
        together.wait()
        return work()

    return list(pool.map(run, works))


def kinds(shared: SharedServices) -> list[str]:
    """Every event; the chain holds."""
    store = DatabaseReviewStore(shared.database)
    with store.read() as reader:
        events = reader.events_after(0, 100_000)
        assert verify(events, reader.chain_head()).intact
    store.close()
    return [event.kind for event in events]


def test_a_thousand_races(shared: SharedServices, two: list[Replica], pool: ThreadPoolExecutor) -> None:
    """Two reviewers at two replicas want the same at the same moment: one gets it, the other is told, there is one event."""
    with round_robin([each.port for each in two]) as proxy:
        client = Client(proxy.port)
        number = client.send(draft("x = 0")).json["submission"]
        found = client.submission(number)
        for _ in range(CLAIMS):
            stamp = found["stamp"]
            said = at_once(
                pool,
                partial(two[0].client.act, number, "claim", REMY, stamp),
                partial(two[1].client.act, number, "claim", RITA, stamp),
            )
            assert sorted(each.status for each in said) == [200, 409]
            won = next(each.json for each in said if each.status == 200)
            winner = {"remy": REMY, "rita": RITA}[won["claim"]["by"]]
            found = client.act(number, "release", winner, won["stamp"]).json
        for index in range(DECISIONS):
            _race_of_decisions(client, two, pool, index)
    happened = kinds(shared)
    assert (happened.count("claimed"), happened.count("released")) == (CLAIMS, CLAIMS)
    assert happened.count("approved") + happened.count("changes_requested") == DECISIONS


def _race_of_decisions(client: Client, two: list[Replica], pool: ThreadPoolExecutor, index: int) -> None:
    """Each page is made by one replica and its form sent to the other."""
    number = client.send(draft(f"y = {index}")).json["submission"]
    cookies = [browser(name) for name in ("remy", "rita")]
    pages = [replica.client.page(number, cookie) for replica, cookie in zip(two, cookies, strict=True)]
    said = at_once(
        pool,
        partial(two[1].client.decide, number, pages[0], "approve", cookies[0]),
        partial(two[0].client.decide, number, pages[1], "request_changes", cookies[1]),
    )
    assert sorted(each.status for each in said) == [200, 409]


def test_one_key_at_two_replicas_at_once_makes_one_submission(
    shared: SharedServices, two: list[Replica], pool: ThreadPoolExecutor
) -> None:
    for index in range(50):
        sent = draft(f"x = {index}")
        said = at_once(pool, *(partial(each.client.send, sent, key=f"intent-{index}") for each in two))
        assert {each.status for each in said} <= {200, 201}
        assert said[0].json == said[1].json
    assert kinds(shared) == ["sent"] * 50


def test_a_sign_in_begins_at_one_replica_and_ends_at_another(two: list[Replica]) -> None:
    first, second = two[0].client, two[1].client
    number = first.send(draft("x = 1")).json["submission"]
    away = first.visit("GET", f"/decide/{number}")
    assert away.status == 302
    state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
    end = f"/oauth_callback?{urlencode({'state': state, 'code': 'remy'})}"
    back = second.visit("GET", end, None, {"Cookie": away.cookies})
    assert back.status == 302, back.body
    page = first.page(number, back.cookies)
    assert page.status == 200
    decided = second.decide(number, page, "approve", back.cookies)
    assert decided.status == 200
    again = first.decide(number, page, "reject", back.cookies)
    assert again.status in (403, 409), "a ticket is good once, wherever it is shown"


def test_a_stream_hears_at_once_of_what_happens_at_another_replica(two: list[Replica]) -> None:
    with two[0].client.events(REMY) as here, two[1].client.events(RITA) as there:
        assert next(here).name == next(there).name == "hello"
        numbers = [two[index % 2].client.send(draft(f"x = {index}"), DANA).json["submission"] for index in range(20)]
        heard = [[next(stream) for _ in numbers] for stream in (here, there)]
    for events in heard:
        assert [event.data["submission"] for event in events] == numbers
        assert [event.seq for event in events] == list(range(1, 21))


def test_a_stream_goes_on_at_another_replica_where_it_stopped(two: list[Replica]) -> None:
    sender = two[0].client
    with two[0].client.events(REMY) as stream:
        next(stream)
        sender.send(draft("x = 1"))
        seen = next(stream).seq
    for index in range(5):
        sender.send(draft(f"missed = {index}"))
    with two[1].client.events(REMY, last_seen=seen) as stream:
        assert next(stream).seq == seen
        assert [next(stream).seq for _ in range(5)] == [seen + 1 + index for index in range(5)]


def test_what_one_replica_acknowledged_every_other_shows(two: list[Replica]) -> None:
    """Also where a page of the list was made, and remembered, just before."""
    page = "/api/v1/submissions?filter=waiting&limit=50"
    for index in range(20):
        for each in two:
            assert len(each.client.get(page, REMY).json["items"]) == index
        two[index % 2].client.send(draft(f"x = {index}"), DANA)
        for each in two:
            assert len(each.client.get(page, REMY).json["items"]) == index + 1


def test_a_lease_runs_out_once(shared: SharedServices) -> None:
    """Both replicas look for claims that ran out, many times a second."""
    quick = ("--ReviewService.sweep_seconds=0.05", "--ReviewService.lease_hours=0.0002")
    with replicas(shared, 2, *quick) as two:
        client = two[0].client
        numbers = [client.send(draft(f"x = {index}")).json["submission"] for index in range(20)]
        with client.events(REMY) as stream:
            next(stream)
            for number in numbers:
                claimed = client.act(number, "claim", REMY, client.submission(number)["stamp"])
                assert claimed.status == 200
            lapsed: set[int] = set()
            while len(lapsed) < len(numbers):
                event = next(stream)
                if event.data["kind"] == "claim_lapsed":
                    assert event.data["submission"] not in lapsed
                    lapsed.add(event.data["submission"])
    assert kinds(shared).count("claim_lapsed") == len(numbers)
