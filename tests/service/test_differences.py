"""Differences between versions over HTTP: worked out in a checking process, kept by content, and what a person has seen of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from enablement_ext.service.checking.pool import CheckingPool
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Reply, Service
from tests.service.test_contract import SPEC

HOSTILE = "<script>alert(1)</script> \u202e x = 1 # <img src=x onerror=alert(1)>"


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


FIRST = SubmissionDraft(
    notebook(cell("load", "import pandas as pd\nx = 1\ny = 2", [stream("3\n")]), cell("plot", "x + y")),
    files={"work/features.py": b"a = 1\n"},
)
SECOND = notebook(
    cell("new-id", "import pandas as pd\nx = 10\ny = 2", [stream("12\n")]), cell("plot", "x + y"), cell("n", HOSTILE)
)
THIRD = notebook(cell("new-id", "import pandas as pd\nx = 11\ny = 2"), cell("plot", "x + y"), cell("n", HOSTILE))


async def versions(service: Service, *more: bytes) -> int:
    """A submission with these versions."""
    number: int = (await service.sent(FIRST))["number"]
    for each in more:
        stamp = (await service.submission(number))["stamp"]
        draft = SubmissionDraft(each, files={"work/features.py": b"a = 2\n"}, more={"stamp": stamp})
        assert (await service.send(draft, number=number)).status == 201
    return number


async def difference(service: Service, number: int, version: int, query: str = "", **headers: str) -> Reply:
    path = f"/api/v1/submissions/{number}/versions/{version}/difference{query}"
    return await service.get(path, people.REMY, **headers)


def shown(reply: Reply) -> list[tuple[str, int | None, int | None]]:
    assert reply.status == 200, reply.body
    cells = reply.json["difference"]["cells"]
    return [(each["standing"], each["old"], each["new"]) for each in cells]


async def test_two_versions_are_compared_as_the_contract_says(light: Service) -> None:
    number = await versions(light, SECOND)
    reply = await difference(light, number, 2, "?from=1")
    assert shown(reply) == [("changed", 0, 0), ("same", 1, 1), ("added", None, 2)]
    found = reply.json
    Draft202012Validator({"$ref": "#/components/schemas/ComparedVersions", "components": SPEC["components"]}).validate(
        found
    )
    first, _, added = found["difference"]["cells"]
    assert first["lines"][1] == {"old": ["x = ", "1"], "new": ["x = ", "10"]}
    assert first["outputs"][0]["findings"][0]["facts"] == {"old": "3", "new": "12"}
    assert (first["old_id"], first["new_id"]) == ("load", "new-id")
    assert added["lines"] == [{"old": None, "new": [HOSTILE]}]  # text, as it is
    (file,) = found["difference"]["files"]
    assert (file["standing"], file["lines"]) == ("changed", [{"old": ["a = ", "1"], "new": ["a = ", "2"]}, ""])
    back = await difference(light, number, 1, "?from=2")
    assert shown(back) == [("changed", 0, 0), ("same", 1, 1), ("removed", 2, None)]
    assert shown(await difference(light, number, 1, "?from=1")) == [("same", 0, 0)]


async def test_a_difference_is_worked_out_once_and_its_tag_spares_the_answer(
    light: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await versions(light, SECOND)
    asked = 0
    made = CheckingPool.difference

    def counted(pool: CheckingPool, *sides: Any) -> bytes:
        nonlocal asked
        asked += 1
        return made(pool, *sides)

    monkeypatch.setattr(CheckingPool, "difference", counted)
    replies = await asyncio.gather(*(difference(light, number, 2, "?from=1") for _ in range(8)))
    assert (asked, len({reply.body for reply in replies})) == (1, 1)
    tag = replies[0].headers["ETag"]
    again = await difference(light, number, 2, "?from=1", **{"If-None-Match": tag})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    other = await difference(light, number, 1, "?from=2", **{"If-None-Match": tag})
    assert other.status == 200


async def test_since_i_last_looked_is_since_what_i_read_to_its_end(light: Service) -> None:
    number = await versions(light, SECOND, THIRD)
    path = f"/api/v1/submissions/{number}/seen"
    assert (await difference(light, number, 3)).json["old"] == 2  # nothing read: the version before
    assert (await light.get(path, people.REMY)).json == {"version": None, "keys": []}
    await light.post(path, people.REMY, {"read": 1})
    since = await difference(light, number, 3)
    assert since.json["old"] == 1
    assert (await difference(light, number, 2)).json["old"] == 1
    keys = [each["seen_key"] for each in since.json["difference"]["cells"] if "seen_key" in each]
    marked = await light.post(path, people.REMY, {"keys": keys[:1]})
    assert marked.json == {"version": 1, "keys": keys[:1]}
    await light.post(path, people.REMY, {"keys": keys, "read": 3})
    await light.post(path, people.REMY, {"read": 2})  # an older one takes nothing back
    await light.post(path, people.REMY, {"keys": keys[:1], "seen": False})
    assert (await light.get(path, people.REMY)).json == {"version": 3, "keys": sorted(keys[1:])}
    assert (await light.get(path, people.DANA)).json == {"version": None, "keys": []}
    assert "seen" not in str(await light.kinds(number))


async def test_what_is_refused(light: Service) -> None:
    number = await versions(light, SECOND)
    assert (await difference(light, number, 1)).code == "not-found"  # nothing is before the first
    assert (await difference(light, number, 2, "?from=9")).code == "not-found"
    assert (await difference(light, number, 2, "?from=x")).code == "malformed-request"
    path = f"/api/v1/submissions/{number}/seen"
    for body in ({"keys": ["x"]}, {"keys": "a" * 40}, {"seen": 1}, {"read": 0}, {"who": "petra"}):
        reply = await light.post(path, people.REMY, body)
        assert (reply.status, reply.code) == (400, "malformed-request"), body
    assert (await light.post(path, people.REMY, {"read": 3})).status == 404
    assert (await light.post(path, people.OLGA, {"read": 1})).status == 404
    hidden = await light.get(f"/api/v1/submissions/{number}/versions/2/difference", people.OLGA)
    missing = await light.get("/api/v1/submissions/4711/versions/2/difference", people.OLGA)
    assert (hidden.status, hidden.body) == (missing.status, missing.body) == (404, hidden.body)


async def test_the_decision_page_shows_as_text_what_changed_since_the_last_decision(light: Service) -> None:
    number = await versions(light)
    first = await light.page(number)
    assert b'id="since"' not in first.body
    await light.decide(number, first, "request_changes", reason="Explain x.")
    stamp = (await light.submission(number))["stamp"]
    draft = SubmissionDraft(SECOND, files={"work/features.py": b"a = 2\n"}, more={"stamp": stamp})
    await light.send(draft, number=number)
    page = (await light.page(number)).body.decode()
    assert '<section id="since" data-since="1">' in page
    assert "1 file changed; cells: 1 changed, 1 new" in page
    assert '<span class="minus">- x = 1\n</span><span class="plus">+ x = 10\n</span>' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \ufffd x = 1" in page
    assert "<script>alert" not in page
    assert "<img" not in page
