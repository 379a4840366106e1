"""Finding: who finds what, in which words, and what comes with it. What a query means: `tests/adapters/contract/test_search.py`."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import quote

import pytest

from enablement_ext.service.use_cases.search import find
from enablement_ext.service.use_cases.search.indexing import AT_ONCE, index_some
from tests.adapters.factories import send as put
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Service


async def found(service: Service, query: str, token: str = people.REMY) -> list[int]:
    reply = await service.get(f"/api/v1/search?query={quote(query)}", token)
    assert reply.status == 200, reply.body
    assert reply.json["indexing"] is None
    return [item["submission"]["number"] for item in reply.json["items"]]


async def send(service: Service, title: str, source: str = "x = 1", token: str = people.DANA, **more: Any) -> int:
    own = cell("own", f"{len(title)}, {title.encode().hex()!r}")  # the same content is not sent twice
    draft = SubmissionDraft(notebook(cell("a", source), own), answers={"title": title}, **more)
    reply = await service.send(draft, token)
    assert reply.status == 201, reply.body
    return int(reply.json["submission"])


async def test_what_was_sent_is_found_at_once_by_those_who_may_see_it(service: Service) -> None:
    own = await send(service, "Churn", "import pandas as pd\npd.read_csv('x')")
    other = await send(service, "Churn of olga", "import pandas", people.OLGA)
    assert await found(service, "churn package:pandas") == [other, own]
    assert await found(service, "churn", people.PETRA_BROWSER) == [other, own]
    assert await found(service, "churn", people.DANA) == await found(service, "", people.DANA) == [own]
    assert await found(service, "author:olga", people.DANA) == await found(service, "-author:dana", people.DANA) == []
    assert await found(service, f"#{other}", people.DANA) == []
    assert await found(service, "author:@me churn", people.OLGA) == [other]


async def test_an_excerpt_says_where_and_is_text(service: Service) -> None:
    await send(service, "<b>Churn</b>", "# <script>alert(1)</script>\nmodel = RandomForest(depth=3)")
    [item] = (await service.get("/api/v1/search?query=forest", people.REMY)).json["items"]
    assert item["excerpt"] == {
        "kind": "code",
        "where": "1",
        "pieces": [
            {"text": "…model = Random", "found": False},
            {"text": "Forest", "found": True},
            {"text": "(depth=3)", "found": False},
        ],
    }
    [item] = (await service.get("/api/v1/search?query=state:submitted", people.REMY)).json["items"]
    assert item["excerpt"] is None


async def test_what_is_withdrawn_or_another_persons_draft_is_not_found(service: Service) -> None:
    number = await send(service, "Churn", "rare_word = 1")
    said = {"version": 1, "kind": "comment", "anchor": {"cell": "a"}, "text": "unpublished heron"}
    draft = await service.post(f"/api/v1/submissions/{number}/drafts", people.REMY, said)
    assert draft.status == 201, draft.body
    assert await found(service, "heron") == []
    refs = {"drafts": [{"id": draft.json["id"], "stamp": draft.json["stamp"]}]}
    assert (await service.post(f"/api/v1/submissions/{number}/drafts/publish", people.REMY, refs)).status == 200
    assert await found(service, '"unpublished heron"', people.DANA) == [number]
    stamp = (await service.submission(number))["stamp"]
    gone = await service.post(f"/api/v1/submissions/{number}/withdraw", people.DANA, {"stamp": stamp})
    assert gone.status == 200, gone.body
    for token in (people.DANA, people.REMY):
        assert await found(service, "rare_word", token) == await found(service, "", token) == []


async def test_a_new_version_is_found_and_the_one_before_is_not(service: Service) -> None:
    number = await send(service, "Churn", "import oldthing")
    stamp = (await service.submission(number))["stamp"]
    draft = SubmissionDraft(notebook(cell("a", "import newthing")), answers={"title": "Better"}, more={"stamp": stamp})
    assert (await service.send(draft, number=number)).status == 201
    assert (await found(service, "oldthing"), await found(service, "package:newthing better")) == ([], [number])


async def test_a_large_notebook_is_found_a_moment_later_and_the_search_says_so(service: Service) -> None:
    number = await send(service, "Large", "needle = 1\n" + "# padding of a cell\n" * 60_000)
    reply = await service.get("/api/v1/search?query=needle", people.REMY)
    assert (reply.json["items"], reply.json["indexing"]) == ([], {"done": 0, "total": 1})
    await service.context.workers.run(service.context.search_indexing.index_all)
    assert await found(service, "needle") == [number]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("colour:red", "There is no filter colour: here. Those that are known: author:, image:, package:, "),
        ("state:odd", "state: is one of submitted, in_review"),
        ("sent:yesterday", "A date is like 2026"),
        ("author:", "Write what author: should be"),
        ("a* OR b", "Write at least 3 letters before the *."),
        ("*", "A * stands at the end of a word only"),
        ("p*d", "A * stands at the end of a word only"),
        ("package:pan*", "A filter takes a whole value"),
        ("this OR that", "Leave out OR"),
        ("!!", "“!!” has no letter and no digit to look for."),
        ('""', "Write something between the quotes."),
        ("x" * 10_000, "A search has at most 500 characters."),
        (" ".join(f"w{number}" for number in range(21)), "A search has at most 20 words and filters."),
    ],
)
async def test_what_cannot_be_understood_is_said_in_a_sentence(light: Service, query: str, says: str) -> None:
    reply = await light.get(f"/api/v1/search?query={quote(query)}", people.REMY)
    assert (reply.status, reply.code) == (400, "bad-search"), reply.body
    assert says in reply.json["detail"]
    assert "author" in reply.json["facts"]["filters"]


@pytest.mark.parametrize(
    "query",
    [
        '"" OR 1=1; DROP TABLE search_index; --x',
        "NEAR(churn model)",
        'words:"churn"',
        "^churn",
        "'churn':*",
        "churn & !model | (x)",
        "chu\0rn",
        "\u202echurn\u2069",
        "\ud7ff churn",
        "{words talk} : churn",
    ],
)
async def test_what_means_something_to_an_engine_means_nothing_here(service: Service, query: str) -> None:
    number = await send(service, "Churn")
    reply = await service.get(f"/api/v1/search?query={quote(query)}", people.REMY)
    assert reply.status in {200, 400}, reply.body
    assert reply.code in {"", "bad-search"}
    assert await found(service, "churn") == [number]


async def test_pages_follow_each_other(service: Service) -> None:
    numbers = [await send(service, f"Churn {index}") for index in range(5)]
    pages, cursor = list[list[int]](), ""
    while True:
        page = (await service.get(f"/api/v1/search?query=churn&limit=2{cursor}", people.REMY)).json
        pages.append([item["submission"]["number"] for item in page["items"]])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == [numbers[4:2:-1], numbers[2:0:-1], numbers[:1]]
    for wrong in ("x", "d2FpdGluZy4x", "Zm91bmQu", "Zm91bmQuLTE"):
        assert (await service.get(f"/api/v1/search?query=churn&cursor={wrong}", people.REMY)).code == "bad-cursor"


FORMULAS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", " =1", "plain, “quoted”"]


async def test_an_export_is_a_table_without_formulas_of_what_one_may_see(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "_EXPORTED_AT_ONCE", 2)
    numbers = [await send(service, title) for title in FORMULAS]
    await send(service, "olga's", token=people.OLGA)
    reply = await service.get("/api/v1/search/export?query=author:dana", people.REMY)
    assert reply.headers["Content-Disposition"].startswith('attachment; filename="submissions.csv"')
    assert reply.body.startswith(b"\xef\xbb\xbfnumber,title,author,state")
    rows = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert [int(row["number"]) for row in rows] == numbers[::-1]
    assert not [value for row in rows for value in row.values() if value.lstrip(" ").startswith(("=", "+", "-", "@"))]
    assert {row["title"].removeprefix("'").strip() for row in rows} == {title.strip() for title in FORMULAS}
    body = (await service.get("/api/v1/search/export?query=&format=json", people.DANA)).json
    assert [item["number"] for item in body["items"]] == numbers[::-1]
    assert body["complete"]
    monkeypatch.setattr(find, "MOST_EXPORTED", 3)
    body = (await service.get("/api/v1/search/export?query=&format=json", people.REMY)).json
    assert (len(body["items"]), body["complete"]) == (3, False)
    cut = (await service.get("/api/v1/search/export?query=", people.REMY)).body.decode()
    assert cut.rstrip().splitlines()[-1].startswith(",There are more than")
    empty = (await service.get("/api/v1/search/export?query=nothing&format=json", people.REMY)).json
    assert empty == {"items": [], "complete": True}
    assert (await service.get("/api/v1/search/export?query=x:y", people.REMY)).code == "bad-search"
    assert (await service.get("/api/v1/search/export?query=&format=xls", people.REMY)).status == 400


async def test_searches_are_kept_for_oneself(service: Service) -> None:
    path = "/api/v1/saved-searches"
    kept = await service.post(path, people.REMY, {"name": " My turn ", "query": "reviewer:@me -state:rejected"})
    assert kept.json == {"searches": [{"name": "My turn", "query": "reviewer:@me -state:rejected"}]}
    assert (await service.get(path, people.RITA)).json == {"searches": []}
    assert (await service.post(path, people.REMY, {"name": "bad", "query": "x:y"})).code == "bad-search"
    assert (await service.post(path, people.REMY, {"name": " ", "query": ""})).status == 400
    gone = await service.post(f"{path}/delete", people.REMY, {"name": "My turn"})
    assert gone.json == {"searches": []}


async def test_filters_are_told_with_what_they_take(light: Service) -> None:
    told = {each["name"]: each for each in (await light.get("/api/v1/search/filters", people.DANA)).json["filters"]}
    assert told["track"]["values"] == ["technical"]
    assert "in_review" in told["state"]["values"]
    assert "withdrawn" not in told["state"]["values"]
    assert json.dumps(told["author"]["values"]) == '["@me"]'
    for each in told.values():
        assert (
            await light.get(f"/api/v1/search?query={quote(each['example'].split(' ')[0])}", people.DANA)
        ).status == 200


async def test_what_was_stored_before_is_indexed_in_steps_and_whoever_is_killed_loses_none(service: Service) -> None:
    """As after an upgrade: nothing is indexed, everything waits, the bytes of some are lost."""
    with service.context.review.store.write() as transaction:
        for number in range(AT_ONCE + 5):
            put(transaction, title=f"Stored {number}", content=f"{number}")
    told = (await service.get("/api/v1/search?query=churn", people.REMY)).json
    assert (told["items"], told["indexing"]) == ([], {"done": 0, "total": AT_ONCE + 5})
    assert index_some(service.context.review, None, lambda _: False) == 6, "the newest first, some at a time"
    told = (await service.get("/api/v1/search?query=churn&limit=100", people.REMY)).json
    assert (len(told["items"]), told["indexing"]) == (AT_ONCE, {"done": AT_ONCE, "total": AT_ONCE + 5})
    service.context.search_indexing.index_all()  # another process, from the beginning
    assert len(await found(service, "churn image:datascience -sent:2025")) == AT_ONCE + 5
