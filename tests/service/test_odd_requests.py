"""Requests that are odd in themselves, whatever is in them: refused with a clear error, and nothing stored."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.polling import PATIENCE
from tests.service import people
from tests.service.factories import SubmissionDraft
from tests.service.fixtures import PREFIX, TAR, Service
from tests.service.test_ingress import KEY, post_bundle


async def test_a_compressed_body_is_refused(light: Service) -> None:
    reply = await post_bundle(light, SubmissionDraft().bundle(), Content_Encoding="gzip")
    assert (reply.status, reply.code) == (415, "unsupported-encoding")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json"]
)
async def test_another_content_type_is_refused(light: Service, kind: str) -> None:
    sent = {**KEY, "Content-Type": kind}
    reply = await light.ask("POST", "/api/v1/submissions", people.DANA, SubmissionDraft().bundle(), sent)
    assert (reply.status, reply.code) == (415, "unsupported-encoding")


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "with space", "line\tend-x"])
async def test_an_odd_key_is_refused(light: Service, key: str) -> None:
    sent = {"Content-Type": TAR, **({"Idempotency-Key": key} if key else {})}
    reply = await light.ask("POST", "/api/v1/submissions", people.DANA, SubmissionDraft().bundle(), sent)
    assert (reply.status, reply.code) == (400, "malformed-request")


async def raw(service: Service, head: str, body: bytes = b"") -> int:
    """The status of a request whose body may never come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
    status = int((await asyncio.wait_for(reader.readline(), PATIENCE)).split()[1])
    writer.close()
    return status


TWO_GIGABYTES = (
    f"POST {PREFIX}/api/v1/submissions HTTP/1.1\nHost: x\nAuthorization: token {people.DANA}\n"
    f"Content-Type: {TAR}\nIdempotency-Key: 12345678\nContent-Length: 2147483648\n"
)


@pytest.mark.timing
async def test_two_gigabytes_are_refused_at_once(light: Service) -> None:
    started = time.monotonic()
    assert await raw(light, TWO_GIGABYTES, b"x" * 65536) == 413
    assert time.monotonic() - started < 2


async def test_two_gigabytes_are_refused_before_they_are_read(light: Service) -> None:
    assert await raw(light, TWO_GIGABYTES, b"x" * 65536) == 413
    assert (await light.get("/healthz")).status == 200


async def test_a_large_body_of_nobody_is_refused_before_it_is_read(light: Service) -> None:
    head = (
        f"POST {PREFIX}/api/v1/submissions HTTP/1.1\nHost: x\nContent-Type: {TAR}\n"
        f"Idempotency-Key: 12345678\nContent-Length: 50000000\n"
    )
    assert await raw(light, head) == 401


async def test_a_body_without_a_length_is_bounded_too(light: Service) -> None:
    head = (
        f"POST {PREFIX}/api/v1/submissions/1/claim HTTP/1.1\nHost: x\nAuthorization: token {people.REMY}\n"
        f"Content-Type: application/json\nTransfer-Encoding: chunked\n"
    )
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    assert await raw(light, head, chunk + b"0\r\n\r\n") == 413


async def test_a_get_takes_no_body(light: Service) -> None:
    head = f"GET {PREFIX}/api/v1/whoami HTTP/1.1\nHost: x\nAuthorization: token {people.REMY}\nContent-Length: 2\n"
    assert await raw(light, head, b"{}") == 400


BAD_JSON = [
    b"",
    b"null",
    b"[]",
    b'{"stamp": 1, "stamp": 2}',
    b'{"stamp": NaN}',
    b'{"stamp": 1.5}',
    b'{"stamp": true}',
    b'{"stamp": "1"}',
    b'{"stamp": 0}',
    b'{"stamp": 99999999999999999999999}',
    b'{"stamp": 1, "more": 1}',
    b'{"stamp": 1, "reason": "\\ud800"}',
    b"\xff\xfe",
    b"[" * 50_000,
]


@pytest.mark.parametrize("body", BAD_JSON)
async def test_a_bad_body_is_a_bad_request(light: Service, body: bytes) -> None:
    found = await light.sent()
    path = f"/api/v1/submissions/{found['number']}/claim"
    reply = await light.ask("POST", path, people.REMY, body, {"Content-Type": "application/json"})
    assert (reply.status, reply.code) == (400, "malformed-request")


QUERIES = [
    "filter=other",
    "limit=0",
    "limit=201",
    "limit=x",
    "limit=%C2%B2",
    "cursor=x",
    "cursor=%00",
    "cursor=YWxsLjE",  # of another list
    "filter=sent&path=%00",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_a_bad_query_is_a_bad_request(service: Service, query: str) -> None:
    reply = await service.get(f"/api/v1/submissions?{query}", people.REMY)
    assert reply.status == 400
    assert reply.code in ("malformed-request", "bad-cursor")


NUMBERS = {
    "/api/v1/submissions?{}": ("limit", 200),
    "/api/v1/submissions/1/versions/1/notebook?{}": ("count", 500),
    "/api/v1/submissions/1/threads?{}": ("version", 10**9),
    "/api/v1/package-requests?{}": ("limit", 200),
    "/api/v1/package-requests?{}&limit=1": ("below", 10**15),
}


@pytest.mark.parametrize("path", NUMBERS)
async def test_a_number_of_a_query_is_read_in_one_way(light: Service, path: str) -> None:
    await light.sent()
    name, most = NUMBERS[path]
    assert (await light.get(path.format(f"{name}=1"), people.REMY)).status == 200
    assert (await light.get(path.format(f"{name}="), people.REMY)).status == 200
    for text in ("0", "-1", "+1", "x", "1.0", "1_0", "%201", "%D9%A3", str(most + 1), "9" * 30):
        reply = await light.get(path.format(f"{name}={text}"), people.REMY)
        assert (reply.status, reply.code) == (400, "malformed-request"), text
        assert reply.json["detail"] == f"“{name}” is not a number from 1 to {most}."
        assert reply.json["facts"] == {"field": name}


@pytest.mark.parametrize(
    "path", ["0", "-1", "1e3", "01", "x", "9" * 16, "1/versions/1/files/-1", "1/versions/0/notebook"]
)
async def test_a_path_that_is_no_number_is_not_there(service: Service, path: str) -> None:
    assert (await service.get(f"/api/v1/submissions/{path}", people.REMY)).status == 404


async def test_names_are_inert_text(service: Service) -> None:
    title = "=cmd()\u202e<script>\x1b[31m\r\nGET / HTTP/1.1\x00"
    found = await service.sent(SubmissionDraft(answers={"title": title}))
    assert found["title"] == "=cmd()<script> [31m GET / HTTP/1.1"
    page = await service.page(found["number"])
    assert b"<script>" not in page.body
    assert b"&lt;script&gt;" in page.body
