"""The contract is law: routes and openapi.yaml are the same, and what is answered has the shapes it promises."""

from __future__ import annotations

from typing import Any

import jsonschema
import yaml
from openapi_spec_validator import validate

from enablement_ext.service.http.handlers.submissions import CONTRACT
from enablement_ext.service.http.server import route_table
from tests.service import people
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import Service

SPEC: dict[str, Any] = yaml.safe_load(CONTRACT)


def check(name: str, value: object) -> None:
    """The value has the shape of this schema."""
    jsonschema.validate(value, {"$ref": f"#/components/schemas/{name}", "components": SPEC["components"]})


def test_the_contract_is_a_valid_openapi_document() -> None:
    validate(SPEC)


async def test_every_route_is_in_the_contract_and_nothing_else_is(light: Service) -> None:
    promised = {
        (method.upper(), path, operation["operationId"], operation["x-scope"], operation["x-session"])
        for path, item in SPEC["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post")
    }
    served = {
        (route.method, route.path, route.operation, route.scope.value, route.session.value)
        for route in route_table(light.context).routes
    }
    assert served == promised


async def test_answers_have_the_promised_shapes(service: Service) -> None:
    plot = cell("plot", "x", [{"output_type": "stream", "name": "stdout", "text": "hello\n"}])
    git = {"commit": "c", "branch": "b", "remote": "https://u:p@forge.example/r", "dirty": False}
    reply = await service.send(SubmissionDraft(notebook(plot), files={"work/a.py": b"a = 1\n"}, more={"git": git}))
    check("Receipt", reply.json)
    number = reply.json["submission"]
    base = f"/api/v1/submissions/{number}"
    new = {"version": 1, "anchor": {"cell": "plot", "lines": [1, 1]}, "text": "why?"}
    check("Thread", (await service.post(f"{base}/threads", people.REMY, new)).json)
    detail = await service.submission(number)
    check("SubmissionDetail", detail)
    assert detail["versions"][0]["git"]["remote"] == "https://forge.example/r"
    check("Page", (await service.get("/api/v1/submissions?filter=all", people.REMY)).json)
    check("SendLimits", (await service.get("/api/v1/send-limits", people.DANA)).json)
    check("Me", (await service.get("/api/v1/whoami", people.REMY)).json)
    check("NotebookView", (await service.get(f"{base}/versions/1/notebook", people.REMY)).json)
    check("CellView", (await service.get(f"{base}/versions/1/cells/0", people.REMY)).json)
    for event in (await service.get(f"{base}/events", people.REMY)).json["events"]:
        check("Event", event)
    for thread in (await service.get(f"{base}/threads", people.DANA)).json["threads"]:
        check("Thread", thread)
    claimed = await service.post(f"{base}/claim", people.REMY, {"stamp": detail["stamp"]})
    check("Submission", claimed.json)
    await service.decide(number, await service.page(number), "approve")
    check("SubmissionDetail", await service.submission(number))
    check("Problem", (await service.get("/api/v1/submissions/99", people.REMY)).json)
