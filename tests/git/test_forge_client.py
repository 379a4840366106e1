"""What a forge may answer, and what becomes of it: one clear sentence, never later than in half a minute, and our key goes nowhere else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest

from enablement_ext.adapters.forges.client import ForgeClient, ForgeRequest, RequestLimits
from enablement_ext.core.errors import (
    EnablementError,
    ForgeAway,
    ForgeCannot,
    ForgeRefuses,
    NotFound,
    TooLarge,
    TooManyRequests,
)
from enablement_ext.core.git.forges.ports import Credential, Delivery, ForgeAccount, ForgeKind
from enablement_ext.core.git.repository_names import RepositoryId
from tests.git.fake_forge import FakeForge, FakeRequest, FakeResponse, says, serving, writes
from tests.git.forge_fixtures import QUICK, UNHURRIED
from tests.polling import PATIENCE

KEY = "the-service's-own-key"


class Plain(FakeForge):
    """Answers everything, or a list in pages."""

    api = "/api"

    @property
    def account(self) -> ForgeAccount:
        return ForgeAccount(ForgeKind.GITEA, self.url, f"{self.url}/api", "science")

    def opens(self, credential: Credential, repository: RepositoryId, write: bool) -> bool:
        return False

    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        return Delivery({}, b"", datetime.now(UTC))

    def answer(self, asked: FakeRequest) -> FakeResponse:
        if asked.path == "list":
            return self.page(asked, [{"n": n} for n in range(7)])
        return FakeResponse(200, {"fine": True, "method": asked.method})


@pytest.fixture
def plain() -> Iterator[FakeForge]:
    with serving(Plain()) as fake:
        yield fake


def client(fake: FakeForge, limits: RequestLimits = UNHURRIED) -> ForgeClient:
    return ForgeClient(f"{fake.url}/api", limits)


def call(method: str = "GET", path: str = "x", max_body: int = 1000) -> ForgeRequest:
    return ForgeRequest(method, path, {"Authorization": f"token {KEY}"}, max_body=max_body)


def refused(fake: FakeForge, asked: ForgeRequest, limits: RequestLimits = UNHURRIED) -> EnablementError:
    with pytest.raises(EnablementError) as caught:
        client(fake, limits).send_checked(asked)
    message = caught.value.message
    assert message.endswith(".")
    assert "\n" not in message
    assert KEY not in message
    assert KEY not in str(caught.value.facts)
    return caught.value


HALF = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"half": '
CHUNKS = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ha\r\n'
ANSWERS = {
    "400": (says(400), ForgeCannot),
    "401": (says(401), ForgeRefuses),
    "403": (says(403), ForgeRefuses),
    "404": (says(404), NotFound),
    "409": (says(409), ForgeCannot),
    "410": (says(410), NotFound),
    "413": (says(413), ForgeCannot),
    "422": (says(422), ForgeCannot),
    "429": (says(429), TooManyRequests),
    "500": (says(500, b"<html>oops</html>"), ForgeAway),
    "502": (says(502, b""), ForgeAway),
    "503": (says(503), ForgeAway),
    "418": (says(418), ForgeAway),
    "secondary rate limit": (says(403, Retry_After="60"), TooManyRequests),
    "secondary rate limit, in words": (
        says(403, b'{"message": "You have exceeded a secondary rate limit."}'),
        TooManyRequests,
    ),
    "primary rate limit": (says(403, X_RateLimit_Remaining="0", X_RateLimit_Reset="1900000000"), TooManyRequests),
    "garbage": (writes(b"\x00\x01\x02 nonsense\r\n\r\n"), ForgeAway),
    "half": (writes(HALF), ForgeAway),
    "half, in chunks": (writes(CHUNKS), ForgeAway),
    "nothing": (writes(b""), ForgeAway),
    "endless head": (writes(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n"), ForgeAway),
}


@pytest.mark.parametrize("kind", sorted(ANSWERS))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_answer_is_one_sentence(plain: FakeForge, kind: str, method: str) -> None:
    fault, wanted = ANSWERS[kind]
    plain.faults += [fault, fault]
    assert type(refused(plain, call(method))) is wanted


@pytest.mark.timing
@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_each_answer_is_understood_soon(plain: FakeForge, kind: str) -> None:
    began = time.monotonic()
    test_each_answer_is_one_sentence(plain, kind, "GET")
    assert time.monotonic() - began < 5


def test_what_a_forge_says_is_told_on_one_line_and_cut(plain: FakeForge) -> None:
    body = '{"message": "Validation Failed\\u0007\\nnext", "errors": [{"message": "No commits between main and work"}]}'
    plain.faults.append(says(422, body.encode()))
    error = refused(plain, call("POST"))
    assert "No commits between main and work" in error.message
    plain.faults.append(says(422, b'{"message": "' + b"x" * 100_000 + b'"}'))
    assert len(refused(plain, call("POST")).message) < 400


@pytest.mark.parametrize("body", [b"", b"[1, 2]", b'{"a": ', b"\xff\xfe", b"[" * 100_000, b'"text"', b"null"])
def test_what_is_no_answer_of_an_api_is_said(plain: FakeForge, body: bytes) -> None:
    plain.faults.append(says(200, body))
    with pytest.raises(ForgeAway):
        client(plain).send_checked(call(max_body=10**6)).model()


FOR_EVER = 3600.0
SLOW = {
    "silence": writes(b"", pause=FOR_EVER),
    "silence in the head": writes(b"HTTP/1.1 200 OK\r\nContent-", pause=FOR_EVER),
    "silence in the body": writes(HALF, pause=FOR_EVER),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(SLOW))
def test_silence_is_given_up(plain: FakeForge, kind: str) -> None:
    plain.faults += [SLOW[kind]] * 2
    assert type(refused(plain, call(), QUICK)) is ForgeAway


@pytest.mark.timing
@pytest.mark.parametrize("kind", sorted(SLOW))
def test_silence_is_given_up_in_time(plain: FakeForge, kind: str) -> None:
    began = time.monotonic()
    test_silence_is_given_up(plain, kind)
    assert time.monotonic() - began < QUICK.total + 3


@pytest.mark.slow
def test_drop_by_drop_is_given_up(plain: FakeForge) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        while True:
            handler.wfile.write(b"X")
            handler.wfile.flush()
            time.sleep(0.1)

    def fault(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            drip(handler)
        except OSError:
            handler.close_connection = True

    plain.faults.append(fault)
    assert (
        type(refused(plain, call(max_body=10**6), QUICK)) is ForgeAway
    )  # a smaller limit refuses the announced size at once


@pytest.mark.timing
def test_drop_by_drop_is_given_up_in_time(plain: FakeForge) -> None:
    began = time.monotonic()
    test_drop_by_drop_is_given_up(plain)
    assert time.monotonic() - began < QUICK.total + 3


@pytest.mark.timing
def test_the_shipped_patience_is_under_half_a_minute(plain: FakeForge) -> None:
    plain.faults += [SLOW["silence"]] * 2
    began = time.monotonic()
    with pytest.raises(ForgeAway):
        ForgeClient(f"{plain.url}/api").send_checked(call())
    assert 20 < time.monotonic() - began < 30


def test_nobody_there_is_said() -> None:
    with serving(Plain()) as gone:
        url = gone.url
    with pytest.raises(ForgeAway):
        ForgeClient(f"{url}/api", QUICK).send_checked(call())


@pytest.mark.timing
def test_nobody_there_is_said_at_once() -> None:
    began = time.monotonic()
    test_nobody_there_is_said()
    assert time.monotonic() - began < 3


@pytest.mark.slow
def test_asked_again_only_where_that_does_no_harm(plain: FakeForge) -> None:
    for status in (429, 503):
        for method in ("GET", "PUT", "DELETE"):
            plain.faults.append(says(status, Retry_After="1"))
            assert client(plain).send_checked(call(method)).model()["method"] == method
        plain.faults.append(says(status, Retry_After="1"))
        refused(plain, call("POST"))
        assert not plain.faults
    plain.faults.append(writes(b""))
    assert client(plain).send_checked(call()).status == 200
    plain.faults.append(writes(b""))
    assert type(refused(plain, call("POST"))) is ForgeAway
    plain.faults += [says(429, Retry_After="3600")] * 2
    error = refused(plain, call())
    assert type(error) is TooManyRequests
    assert len(plain.faults) == 1  # an hour is not waited for
    plain.faults.clear()


def test_a_redirect_is_followed_on_the_host_alone(plain: FakeForge) -> None:
    plain.faults.append(says(301, Location=f"{plain.url}/api/y"))
    assert client(plain).send_checked(call()).status == 200
    with serving(Plain()) as other:
        for target in (f"{other.url}/api/y", "//evil.example/api", "http://evil.example/", "file:///etc/passwd"):
            plain.faults.append(says(302, Location=target))
            assert type(refused(plain, call())) is ForgeAway
        assert other.asked == []
    plain.faults.append(says(307, Location=f"{plain.url}/api/y"))
    refused(plain, call("POST"))
    plain.faults += [says(302, Location=f"{plain.url}/api/y")] * 5
    refused(plain, call())


def test_pages_are_followed_on_the_host_alone(plain: FakeForge) -> None:
    asked = ForgeRequest("GET", "list", query={"per_page": "3"})
    assert [item["n"] for item in client(plain).pages(asked)] == list(range(7))
    with serving(Plain()) as other:
        link = f'<{other.url}/api/list?page=2>; rel="next"'
        plain.faults.append(says(200, b"[]", Link=link))
        with pytest.raises(ForgeAway):
            list(client(plain).pages(asked))
        assert other.asked == []
    forever = f'<{plain.url}/api/list?page=1>; rel="next"'
    plain.faults += [says(200, b"[]", Link=forever)] * 60
    assert list(client(plain).pages(asked)) == []
    assert len(plain.faults) == 10  # fifty pages are enough
    plain.faults.clear()


def test_no_more_is_taken_than_was_asked_for(plain: FakeForge) -> None:
    plain.faults.append(says(200, b"x" * 1001))
    assert type(refused(plain, call())) is TooLarge
    plain.faults += [writes(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100_000)] * 2
    assert type(refused(plain, call())) is TooLarge
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    plain.faults += [writes(endless + (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 40)] * 2
    with pytest.raises((TooLarge, ForgeAway)):
        client(plain).send_checked(call())


def test_many_threads_share_it(plain: FakeForge) -> None:
    one, seen = client(plain), list[int]()
    threads = [threading.Thread(target=lambda: seen.append(one.send_checked(call()).status)) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert seen == [200] * 40
