from __future__ import annotations

import pytest

from enablement_ext.core.errors import BadRequest, Forbidden, NotFound, ServiceAway
from enablement_ext.lab.proxy_rules import answer_headers, request_headers, service_path


@pytest.mark.parametrize(
    ("rest", "query", "path"),
    [
        ("whoami", "", "/api/v1/whoami"),
        ("submissions", "filter=mine&search=a%26b&1764000000000", "/api/v1/submissions?filter=mine&search=a%26b"),
        ("submissions", "token=s3cret&filter=mine&no_track_activity=1", "/api/v1/submissions?filter=mine"),
        ("submissions/12/versions/1/files/0", "", "/api/v1/submissions/12/versions/1/files/0"),
        ("openapi.yaml", "", "/api/v1/openapi.yaml"),
        ("submissions", "search=%0d%0aX-Evil:%201", "/api/v1/submissions?search=%0D%0AX-Evil%3A+1"),
    ],
)
def test_paths(rest: str, query: str, path: str) -> None:
    assert service_path("GET", rest, query) == path


@pytest.mark.parametrize(
    "rest",
    ["", "..", "a/../b", "a//b", "a/", "/a", "%2e%2e", "a b", "a?b", "a#b", "a\r\nb", ".a", "a:80", "a@b", "x" * 101],
)
def test_odd_paths(rest: str) -> None:
    with pytest.raises(NotFound):
        service_path("GET", rest, "")


def test_bundles_go_another_way() -> None:
    for rest in ("submissions", "submissions/12/versions"):
        with pytest.raises(Forbidden):
            service_path("POST", rest, "")
    assert service_path("POST", "submissions/12/claim", "") == "/api/v1/submissions/12/claim"


def test_request_headers() -> None:
    theirs = {"Cookie": "a", "Authorization": "token x", "X-XSRFToken": "x", "Last-Event-ID": "7"}
    assert request_headers("GET", theirs, stream=False) == {"Accept": "application/json"}
    assert request_headers("POST", theirs, stream=False) == {
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    assert request_headers("GET", theirs, stream=True) == {"Accept": "text/event-stream", "Last-Event-ID": "7"}
    with pytest.raises(BadRequest):
        request_headers("GET", {"Last-Event-ID": "7\r\nX: 1"}, stream=True)


def test_answer_headers() -> None:
    passed = answer_headers(
        200,
        {
            "Content-Type": "application/json; charset=utf-8",
            "Transfer-Encoding": "chunked",
            "Connection": "close",
            "Set-Cookie": "a",
        },
    )
    assert passed == {
        "Content-Type": "application/json; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "Cache-Control": "no-store",
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "text/html"),
        (200, ""),
        (200, "text/plain"),
        (302, "application/json"),
        (304, "application/json"),
        (101, "application/json"),
    ],
)
def test_what_is_not_the_service(status: int, kind: str) -> None:
    with pytest.raises(ServiceAway):
        answer_headers(status, {"Content-Type": kind})
