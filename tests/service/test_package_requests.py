"""Asking for a package, from the wish to the answer, with the solver beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.ports import LockRequest
from enablement_ext.core.images.releases import ReleaseClass
from enablement_ext.core.images.requests.package_requests import PackageRequest, Solved
from enablement_ext.core.images.requests.package_solving import work_out
from enablement_ext.core.review.event_log import verify
from enablement_ext.core.review.models import Principal
from enablement_ext.service.background.package_solving import PackageSolving
from enablement_ext.service.http.server import route_table
from enablement_ext.service.use_cases import package_requests
from enablement_ext.service.use_cases.review_context import looks_after_platform
from enablement_ext.web.auth import Scope, Session
from tests.polling import PATIENCE, until_async
from tests.service import catalog, people
from tests.service.fixtures import Reply, Service, form_of
from tests.service.test_contract import check

ASKED = "/api/v1/package-requests"
COW = {"package": "CowSay", "wanted": ">=6, <7", "why": "The report\u202e needs a cow."}


@asynccontextmanager
async def solving(service: Service) -> AsyncIterator[None]:
    task = asyncio.create_task(service.context.package_solving.run())
    try:
        yield
    finally:
        task.cancel()


async def solved(service: Service, number: int) -> dict[str, object]:
    """The request once the solver has answered."""

    async def answered() -> dict[str, object] | None:
        found: dict[str, object] = (await service.get(f"{ASKED}/{number}", people.DANA)).json
        return found if found["solver"]["solved"] != "waiting" else None  # type: ignore[index]

    return await until_async(answered, within=PATIENCE, what=f"the solver has answered request {number}")


async def answer(service: Service, page: Reply, number: int = 1, **fields: str) -> Reply:
    """Press the button of the page."""
    body = urlencode({**form_of(page), **fields}).encode()
    headers = service.form(service.reader_of(page))
    return await service.ask("POST", f"/package-requests/{number}", body=body, headers=headers)


async def shown(service: Service, path: str = "/package-requests/1", who: str = people.PETRA_BROWSER) -> Reply:
    return await service.ask("GET", path, headers=service.session(who))


async def test_from_the_wish_to_the_answer(service: Service) -> None:
    reply = await service.post(ASKED, people.DANA, COW)
    assert reply.status == 201, reply.body
    check("PackageRequest", reply.json)
    assert (reply.json["package"], reply.json["wanted"], reply.json["actions"]) == ("cowsay", ">=6,<7", ["withdraw"])
    assert (reply.json["image"], reply.json["why"]) == ("datascience", "The report needs a cow.")
    again = await service.post(ASKED, people.DANA, {**COW, "why": "again"})
    assert (again.status, again.json["number"]) == (200, 1)
    async with solving(service):
        found = await solved(service, 1)
    assert found["solver"] == {
        "solved": "possible",
        "detail": "",
        "against": "datascience/2026.11.0",
        "kind": "minor",
        "bytes": 25_560,
        "changes": [
            {"name": "cowsay", "old": None, "new": "6.1", "kind": "added", "direct": True},
            {"name": "tzdata", "old": "2026.1", "new": None, "kind": "removed", "direct": False},
        ],
    }
    listed = await shown(service, "/package-requests")
    assert b"cowsay&gt;=6,&lt;7" in listed.body
    page = await shown(service)
    assert b"Possible in a minor release after datascience/2026.11.0; 25 kB to download" in page.body
    done = await answer(service, page, verdict="decline", reason="No cows\u202e here.")
    assert done.status == 200, done.body
    found = (await service.get(f"{ASKED}/1", people.DANA)).json
    assert (found["state"], found["answer"], found["answered_by"]) == ("declined", "No cows here.", "petra")
    assert found["actions"] == []
    twice = await answer(service, page, verdict="accept")
    assert (twice.status, twice.code) == (409, "illegal-action")
    assert (await service.post(f"{ASKED}/1/withdraw", people.DANA, {"stamp": 3})).code == "illegal-action"
    with service.context.review.store.read() as reader:
        events = reader.events_after(0, 50)
        assert verify(events, reader.chain_head()).intact
    assert [(event.kind, event.actor) for event in events] == [
        ("package_requested", "dana"),
        ("package_solved", "service:enablement"),
        ("package_declined", "petra"),
    ]


async def test_who_sees_what(light: Service) -> None:
    await light.post(ASKED, people.DANA, COW)
    await light.post(ASKED, people.OLGA, {"package": "polars", "why": "speed"})
    own = (await light.get(ASKED, people.DANA)).json
    check("PackageRequests", own)
    assert ([item["number"] for item in own["items"]], own["open"], own["everybodys"]) == ([1], 1, False)
    every = (await light.get(f"{ASKED}?limit=1", people.PETRA)).json
    assert ([item["number"] for item in every["items"]], every["next"], every["open"]) == ([2], 2, 2)
    assert every["items"][0]["actions"] == ["answer"]
    rest = (await light.get(f"{ASKED}?below=2", people.PETRA)).json
    assert ([item["number"] for item in rest["items"]], rest["next"]) == ([1], None)
    assert (await light.get(f"{ASKED}/2", people.DANA)).status == 404
    assert (await shown(light, who=people.REMY_BROWSER)).status == 403


async def test_platform_engineers_are_known_by_name(light: Service) -> None:
    """The hub says of a server's token neither `admin` nor groups: it is asked by name, and what it said is remembered."""
    for token in (people.PETRA, people.DANA):
        await light.context.hub.principal(token)
    bare = Principal("petra", frozenset(), frozenset({"read"}), server="")
    assert looks_after_platform(await light.context.platform_group.recognised(bare))
    light.hub.away = True
    assert looks_after_platform(await light.context.platform_group.recognised(bare))
    unknown = await light.context.platform_group.recognised(replace(bare, name="pia"))
    assert not looks_after_platform(unknown)
    light.hub.away = False
    assert not looks_after_platform(await light.context.platform_group.recognised(replace(bare, name="dana")))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**COW, "package": "a b"}, "package"),
        ({**COW, "package": "--index-url=x"}, "package"),
        ({**COW, "package": "x @ file:///etc"}, "package"),
        ({**COW, "wanted": "latest"}, "wanted"),
        ({**COW, "wanted": "==1\n-r /etc/passwd"}, "wanted"),
        ({**COW, "why": " \u202e"}, "why"),
        ({**COW, "why": "x" * 5000}, "why"),
        ({**COW, "why": 7}, "why"),
        ({**COW, "image": "ml"}, "image"),
        ({}, "package"),
    ],
)
async def test_odd_wishes_are_refused_by_field(light: Service, body: dict[str, object], field: str) -> None:
    reply = await light.post(ASKED, people.DANA, body)
    assert (reply.status, reply.json["facts"]["field"]) == (400, field)
    assert (await light.get(ASKED, people.DANA)).json["items"] == []


async def test_taking_back_and_stamps(light: Service) -> None:
    await light.post(ASKED, people.DANA, COW)
    page = await shown(light)
    stale = await light.post(f"{ASKED}/1/withdraw", people.DANA, {"stamp": 9})
    assert (stale.status, stale.code) == (409, "stale-stamp")
    back = await light.post(f"{ASKED}/1/withdraw", people.DANA, {"stamp": 1})
    assert (back.status, back.json["state"]) == (200, "withdrawn")
    assert (await answer(light, page, verdict="accept")).code == "illegal-action"
    assert (await light.post(ASKED, people.DANA, COW)).json["number"] == 2


async def test_an_answer_needs_the_pages_own_ticket(light: Service) -> None:
    await light.post(ASKED, people.DANA, COW)
    await light.post(ASKED, people.OLGA, COW)
    page = await shown(light)
    assert (await answer(light, page, number=2, verdict="accept")).status == 403
    assert (await answer(light, page, verdict="accept", ticket="x")).status == 403
    assert (await answer(light, page, verdict="decline")).status == 400
    assert (await answer(light, page, verdict="decline", reason="\u200b\u2060 \u202e")).status == 400
    assert (await answer(light, page, verdict="maybe")).status == 400
    light.clock.advance(timedelta(seconds=601))
    assert (await answer(light, page, verdict="accept")).status == 403


async def test_who_left_the_platform_group_answers_no_longer(light: Service) -> None:
    """The page was served while they were in it; the hub is asked at the moment of the answer, past every cache."""
    await light.post(ASKED, people.DANA, COW)
    page = await shown(light)
    petra = Principal("petra", frozenset(), frozenset({"read"}), server="")
    assert looks_after_platform(await light.context.platform_group.recognised(petra))
    light.hub.put_groups("petra", frozenset({people.AUTHORS}))
    refused = await answer(light, page, verdict="accept")
    assert (refused.status, refused.code) == (403, "forbidden")
    assert (await light.get(f"{ASKED}/1", people.DANA)).json["state"] == "requested"
    light.hub.put_groups("petra", frozenset({people.PLATFORM}))
    assert (await answer(light, page, verdict="accept")).status == 200


async def test_who_has_no_account_any_more_answers_no_longer_and_a_hub_that_is_away_is_waited_for(
    light: Service,
) -> None:
    await light.post(ASKED, people.DANA, COW)
    page = await shown(light)
    light.hub.away = True
    assert (await answer(light, page, verdict="accept")).status == 503
    light.hub.away = False
    light.hub._groups.pop("petra")
    assert (await answer(light, page, verdict="accept")).code == "forbidden"


async def test_an_answer_with_a_field_that_stands_twice_is_refused(light: Service) -> None:
    await light.post(ASKED, people.DANA, COW)
    fields = urlencode({**form_of(await shown(light)), "verdict": "decline", "reason": "no"})
    headers = light.form(people.PETRA_BROWSER)
    body = f"{fields}&verdict=accept".encode()
    reply = await light.ask("POST", "/package-requests/1", body=body, headers=headers)
    assert (reply.status, reply.code) == (400, "malformed-request")
    assert (await light.get(f"{ASKED}/1", people.DANA)).json["state"] == "requested"


async def test_every_form_that_confirms_is_read_by_the_one_reader(light: Service) -> None:
    """Whatever page is added later: a doubled field and a form without a ticket come to nothing."""
    routes = [route for route in route_table(light.context).routes if route.session is Session.TICKET]
    assert {route.operation for route in routes} == {
        "decide",
        "answerPackageRequest",
        "disputeConfirmation",
        "settleHold",
        "changeRepositoryAccess",
        "saveNotifications",
        "retryUndelivered",
    }
    for route in routes:
        headers = light.form(people.REMY_BROWSER if route.scope is Scope.DECIDE else people.PETRA_BROWSER)
        path = route.path.replace("{number}", "1").replace("{space}/{owner}/{repository}", "user/dana/churn")
        doubled = await light.ask("POST", path, body=b"verdict=a&verdict=b", headers=headers)
        assert (doubled.status, doubled.code) == (400, "malformed-request"), route.operation
        bare = await light.ask("POST", path, body=b"verdict=accept", headers=headers)
        assert (bare.status, bare.code) == (403, "forbidden"), route.operation


REQUEST = PackageRequest(
    1,
    "dana",
    "cowsay",
    "",
    "",
    "datascience",
    "2026.9.0",
    "3.12",
    catalog.release("x", "2026.1.0", {}).published,  # type: ignore[arg-type]
)


def test_the_solver_is_asked_for_as_little_as_possible() -> None:
    known, solver = catalog.filled().read(), catalog.solver()
    today = known.default.published
    cases = {
        REQUEST: (Solved.POSSIBLE, ReleaseClass.MINOR),
        replace(REQUEST, package="numpy", wanted=">=2.4"): (Solved.POSSIBLE, ReleaseClass.MINOR),
        replace(REQUEST, package="pandas", wanted="==2.2.0"): (Solved.POSSIBLE, ReleaseClass.MINOR),
        replace(REQUEST, package="cowsay", wanted=">=7"): (Solved.IMPOSSIBLE, None),
        replace(REQUEST, package="pandas"): (Solved.POSSIBLE, None),
        replace(REQUEST, image="gone"): (Solved.UNKNOWN, None),
    }
    found = {request: work_out(known, request, solver, today) for request in cases}
    assert {request: (answer.solved, answer.kind) for request, answer in found.items()} == cases
    already = found[replace(REQUEST, package="pandas")]
    assert already.detail == "pandas 3.0.0 is in datascience/2026.11.0 already."
    moved = found[replace(REQUEST, package="numpy", wanted=">=2.4")]
    assert [change.name for change in moved.changes if change.kind != "removed"] == ["numpy"]
    assert moved.bytes is None
    first: LockRequest = solver.asked[0]
    assert (first.preferred, first.upgrade) == (known.default.lock, ("cowsay",))


class Away:
    """A solver that never gets anywhere, in one of two ways."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def lock(self, question: LockRequest) -> str:
        self.asked += 1
        raise self.error

    def download_bytes(self, pins: object, python: str) -> int | None:
        return None

    def stop(self) -> None:
        return None


async def test_no_network_is_an_answer(light: Service) -> None:
    await light.post(ASKED, people.DANA, COW)
    context = light.context
    work = PackageSolving(context.review, context.images, Away(EnvironmentUnavailable("the index does not answer")))
    task = asyncio.create_task(work.run())
    found = await solved(light, 1)
    task.cancel()
    assert found["solver"]["solved"] == "unknown"  # type: ignore[index]
    page = await shown(light)
    assert b"It could not be worked out: <bdi>the index does not answer" in page.body


async def test_a_solver_that_breaks_off_is_not_asked_for_ever(light: Service) -> None:
    await light.post(ASKED, people.DANA, COW)
    solver = Away(RuntimeError("nobody thought of this"))
    work = PackageSolving(light.context.review, light.context.images, solver)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await work.run()
    task = asyncio.create_task(work.run())
    found = await solved(light, 1)
    task.cancel()
    assert (found["solver"]["solved"], solver.asked) == ("unknown", 2)  # type: ignore[index]


async def test_what_is_stopped_is_left_for_the_next_start(light: Service) -> None:
    await light.post(ASKED, people.DANA, COW)
    light.context.package_solving.stop()
    assert package_requests.next_unsolved(light.context.review) is not None


async def test_a_service_that_asks_no_solver_says_so(light: Service) -> None:
    await light.post(ASKED, people.DANA, COW)
    task = asyncio.create_task(PackageSolving(light.context.review, light.context.images, None).run())
    found = await solved(light, 1)
    task.cancel()
    assert found["solver"]["detail"] == "This service does not ask a solver."  # type: ignore[index]
