"""The lists of the lab's panel: who sees what, in which order, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Service


async def listed(service: Service, query: str, token: str = people.REMY) -> list[int]:
    reply = await service.get(f"/api/v1/submissions?{query}", token)
    assert reply.status == 200, reply.body
    return [item["number"] for item in reply.json["items"]]


async def send_some(service: Service, count: int) -> list[int]:
    return [
        (await service.sent(SubmissionDraft(notebook(cell("a", f"{index}")), answers={"title": f"Notebook {index}"})))[
            "number"
        ]
        for index in range(count)
    ]


async def test_pages_follow_each_other_without_gap_or_repetition(service: Service) -> None:
    numbers = await send_some(service, 7)
    found: list[int] = []
    query = "filter=waiting&limit=3"
    pages = 0
    while True:
        page: dict[str, Any] = (await service.get(f"/api/v1/submissions?{query}", people.REMY)).json
        found += [item["number"] for item in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        query = f"filter=waiting&limit=3&cursor={page['next']}"
    assert (found, pages) == (numbers, 3)


async def test_a_clock_that_jumps_changes_no_order(service: Service) -> None:
    first = (await send_some(service, 1))[0]
    service.clock.advance(timedelta(hours=-1))
    second = (await service.sent(SubmissionDraft(notebook(cell("b", "2")))))["number"]
    assert await listed(service, "filter=waiting") == [first, second]
    assert await listed(service, "filter=sent", people.DANA) == [second, first]


async def test_each_list_holds_what_its_name_says(service: Service) -> None:
    first, second, third = await send_some(service, 3)
    found = await service.submission(second)
    await service.post(f"/api/v1/submissions/{second}/claim", people.REMY, {"stamp": found["stamp"]})
    assert await listed(service, "filter=unclaimed") == [first, third]
    assert await listed(service, "filter=mine") == [second]
    assert await listed(service, "filter=all") == [first, third, second]  # a claim passes the turn: it waits since then
    assert await listed(service, "filter=all", people.RITA) == [first, third, second]
    assert await listed(service, "filter=waiting", people.RITA) == [first, third]
    assert await listed(service, "filter=sent", people.DANA) == [second, third, first]
    assert await listed(service, "filter=sent&path=elsewhere.ipynb", people.DANA) == []
    me = (await service.get("/api/v1/whoami", people.REMY)).json
    assert me["counters"] == {"waiting": 3, "unclaimed": 2, "claimed": 1}
    assert me["tracks"] == ["technical"]


async def test_an_author_sees_only_his_own_and_an_administrator_everything(service: Service) -> None:
    numbers = await send_some(service, 2)
    assert await listed(service, "filter=all", people.DANA) == numbers
    assert await listed(service, "filter=all", people.OLGA) == []
    assert await listed(service, "filter=all", people.PETRA_BROWSER) == numbers
    assert await listed(service, "filter=waiting", people.PETRA_BROWSER) == []


async def test_actions_are_what_the_viewer_can_do(service: Service) -> None:
    found = await service.sent()
    number = found["number"]
    assert found["actions"] == ["claim", "approve", "request_changes", "reject", "comment", "resolve"]
    assert (await service.submission(number, people.DANA))["actions"] == [
        "send_version",
        "withdraw",
        "comment",
        "resolve",
    ]
    assert (await service.submission(number, people.PETRA_BROWSER))["actions"] == []


async def test_a_notebook_is_found_by_its_path_however_the_path_is_composed(service: Service) -> None:
    number = (await service.sent(SubmissionDraft(path="work/caf\u00e9.ipynb")))["number"]
    for path in ("work/caf\u00e9.ipynb", "work/cafe\u0301.ipynb"):
        assert await listed(service, f"filter=sent&path={quote(path)}", people.DANA) == [number]
    assert await listed(service, "filter=sent&path=work/cafe.ipynb", people.DANA) == []


async def test_a_method_that_a_path_has_not_is_told_which_it_has(service: Service) -> None:
    reply = await service.ask("PUT", "/api/v1/submissions/1/claim", people.REMY)
    assert (reply.status, reply.json["code"], reply.headers["Allow"]) == (405, "method-not-allowed", "POST")
