"""Whatever is asked of an operation, well or badly, the contract declares the answer: a success by its status, any other as a `Problem`.

Requests are drawn from a fixed seed: parameters that fit, nearly fit and do not fit, from everybody, with bodies of every kind. What a
property-based tool for contracts (Schemathesis) would hold, without the twenty packages it brings; a failure names the request.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from enablement_ext.core.errors import EnablementError
from tests.service import people
from tests.service.factories import SubmissionDraft
from tests.service.fixtures import NAVIGATION, TAR, Reply, Service
from tests.service.test_contract import SPEC, check

pytestmark = pytest.mark.slow
ROUNDS = 12  # requests an operation and seed
TOKENS = ("", "unknown", people.DANA, people.REMY, people.OLGA)
ODD = (
    "",
    "0",
    "-1",
    "1",
    "2",
    "999999999999999999999",
    "½",
    "a b",
    "../..",
    "%00",
    "x" * 300,
    "null",
    "[]",
    "🙂",
    "\u202e",
)
BODIES = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b"{",
    b'{"stamp": 1}',
    b'{"stamp": "1", "text": 5}',
    b"\xff\xfe",
    b"[" * 5000,
    b"a=b&a=c",
)
TYPES = ("application/json", TAR, "application/x-www-form-urlencoded", "text/plain", "")

Operation = tuple[str, str, Mapping[str, Any]]


def operations() -> Iterator[Operation]:
    for path, item in SPEC["paths"].items():
        for method in ("get", "post"):
            if method in item and path != "/api/v1/events":  # a stream does not end
                yield method.upper(), path, {**item[method], "parameters": _parameters(item, item[method])}


def _parameters(item: Mapping[str, Any], operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = [*item.get("parameters", []), *operation.get("parameters", [])]
    return [_followed(one) for one in listed]


def _followed(node: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = SPEC
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return _followed(found)


def value(chance: random.Random, parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    if chance.random() < 0.3:
        return chance.choice(ODD)
    if "enum" in schema:
        return str(chance.choice(schema["enum"]))
    return {"integer": "1", "boolean": "true"}.get(schema.get("type", ""), "datascience")


async def asked(service: Service, chance: random.Random, operation: Operation) -> tuple[str, Reply]:
    """One request, as text for whoever has to find it again, and what was answered."""
    method, path, facts = operation
    query = {}
    headers = dict(NAVIGATION) if chance.random() < 0.5 else {}
    for parameter in facts["parameters"]:
        text = value(chance, parameter)
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(text, safe="") or "-")
        elif parameter["in"] == "query" and chance.random() < 0.7:
            query[parameter["name"]] = text
        elif parameter["in"] == "header" and text.isascii() and text.isprintable():
            headers[parameter["name"]] = text
    token = chance.choice(TOKENS)
    if facts["x-session"] == "browser" and token and token != "unknown":
        headers, token = {**headers, **service.session(chance.choice((people.REMY_BROWSER, token)))}, ""
    body = None
    if method == "POST":
        body = SubmissionDraft().bundle() if chance.random() < 0.2 else chance.choice(BODIES)
        headers |= {"Content-Type": chance.choice(TYPES)}
    path += f"?{urlencode(query)}" if query else ""
    reply = await service.ask(method, path, token, body, headers)
    return f"{method} {path} {token} {headers} {body and body[:60]!r} -> {reply.status} {reply.body[:200]!r}", reply


def undeclared(facts: Mapping[str, Any], reply: Reply) -> str:
    """What is wrong with an answer, "" where the contract says it."""
    kind = reply.headers.get("Content-Type", "").partition(";")[0]
    own = facts["responses"].get(str(reply.status))
    if own is None and reply.status < 400:
        return "a success that is not declared"
    default = _followed(facts["responses"]["default"])
    declared = _followed(own) if own is not None else default
    pages = default["content"] if reply.status >= 400 else {}  # a browser gets a page of any error
    if reply.status == 500:
        return "an incident"
    if declared.get("content") and reply.body and kind not in {*declared["content"], *pages}:
        return f"{kind} is not declared"
    if kind == "application/problem+json":
        check("Problem", json.loads(reply.body))
        if json.loads(reply.body)["code"] not in CODES:
            return "a code that is no error's"
    return ""


def _codes(error: type[EnablementError]) -> set[str]:
    return {error.code}.union(*map(_codes, error.__subclasses__()))


CODES = _codes(EnablementError) | {"method-not-allowed", "bad-request", "internal"}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_answer_is_declared(light: Service, seed: int) -> None:
    await light.sent()
    chance, wrong = random.Random(seed), []
    for operation in operations():
        for _ in range(ROUNDS):
            said, reply = await asked(light, chance, operation)
            if problem := undeclared(operation[2], reply):
                wrong.append(f"{problem}: {operation[2]['operationId']}: {said}")
    assert not wrong, "\n".join(wrong[:40])


async def test_another_method_is_told_those_that_there_are(light: Service) -> None:
    for path in SPEC["paths"]:
        reply = await light.ask("PUT", path.replace("{", "").replace("}", ""), people.REMY)
        if reply.status != 404:  # the words in braces fit no number
            assert (reply.status, reply.headers["Allow"]) in {(405, "GET"), (405, "POST"), (405, "GET, POST")}, path


def test_every_operation_declares_what_else_may_be_answered() -> None:
    operations_without = [facts["operationId"] for _, _, facts in operations() if "default" not in facts["responses"]]
    assert not operations_without
