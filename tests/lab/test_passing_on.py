from __future__ import annotations

import json
import socket
import time

import pytest
import requests

from tests.lab.fake_service import FakeService
from tests.lab.lab_server import OWN_TOKEN, SERVICE_TOKEN, Lab
from tests.polling import PATIENCE

pytestmark = pytest.mark.slow


def test_a_question_is_passed_on_with_the_servers_token_and_nothing_else(lab: Lab, service: FakeService) -> None:
    response = lab.get(
        f"api/v1/submissions/12/threads?version=2&token={OWN_TOKEN}&1764000000000",
        headers={
            "Cookie": "a=b",
            "X-Forwarded-For": "1.2.3.4",
            "Connection": "keep-alive, X-Evil",
            "X-Evil": "1",
            "Accept": "text/html",
        },
    )
    assert response.json() == {"path": "/services/enablement/api/v1/submissions/12/threads?version=2"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert service.seen[0].headers == {
        "host": f"127.0.0.1:{service.port}",
        "authorization": f"token {SERVICE_TOKEN}",
        "accept": "application/json",
        "accept-encoding": "identity",
        "connection": "close",
    }


def test_an_action_is_passed_on_with_its_body(lab: Lab, service: FakeService) -> None:
    assert lab.post("api/v1/submissions/12/claim", {"stamp": 3}).status_code == 200
    assert (service.seen[0].method, service.seen[0].body) == ("POST", b'{"stamp": 3}')
    assert service.seen[0].headers["content-type"] == "application/json"
    assert lab.post("api/v1/threads/1/resolve", None).status_code == 200


def test_a_problem_is_passed_back_as_it_is(lab: Lab, service: FakeService) -> None:
    body = b'{"type":"x","title":"x","status":409,"code":"stale-stamp","detail":"d","facts":{}}'
    service.answers["submissions/12/claim"] = (
        409,
        {"Content-Type": "application/problem+json", "Retry-After": "5", "Set-Cookie": "a=b", "Server": "x"},
        body,
    )
    response = lab.post("api/v1/submissions/12/claim", {"stamp": 3})
    assert (response.status_code, response.content, response.headers["Content-Type"]) == (
        409,
        body,
        "application/problem+json",
    )
    assert response.headers["Retry-After"] == "5"
    assert "a=b" not in response.headers.get("Set-Cookie", "")
    assert response.headers["Server"] != "x"


def test_a_download_keeps_its_security_headers(lab: Lab, service: FakeService) -> None:
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "attachment; filename=\"a.html\"; filename*=UTF-8''a.html",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    content = b"<script>" * 1_000_000
    service.answers["submissions/12/versions/1/files/0"] = (200, headers, content)
    response = lab.get("api/v1/submissions/12/versions/1/files/0")
    assert response.content == content
    assert {name: response.headers[name] for name in headers} == headers


@pytest.mark.parametrize("claimed", [100, 100_000])
def test_a_download_that_breaks_off_is_seen_to(lab: Lab, service: FakeService, claimed: int) -> None:
    service.answers["submissions/12/versions/1/files/0"] = (
        200,
        {"Content-Type": "application/octet-stream", "Content-Length": str(claimed + 5)},
        b"x" * claimed,
    )
    with pytest.raises(requests.RequestException):
        lab.get("api/v1/submissions/12/versions/1/files/0")


@pytest.mark.parametrize(
    "answer",
    [
        (302, {"Location": "http://127.0.0.1:1/hub/login?secret=x"}, b""),
        (200, {"Content-Type": "text/html"}, b"<script>alert(1)</script>"),
        (200, {"Content-Type": "image/svg+xml"}, b"<svg/>"),
        (200, {"Content-Type": ""}, b"<script>alert(1)</script>"),
        (403, {"Content-Type": "text/html; charset=utf-8"}, b"<!DOCTYPE HTML><title>Our network</title>403"),
        (401, {"Content-Type": "text/html"}, b"Sign in to the network"),
        (403, {"Content-Type": "application/json"}, b'{"message": "Forbidden"}'),
        (511, {"Content-Type": "text/html"}, b"Network authentication required"),
    ],
)
def test_what_is_not_the_service_never_becomes_a_page_here(
    lab: Lab, service: FakeService, answer: tuple[int, dict[str, str], bytes]
) -> None:
    service.answers["whoami"] = answer
    response = lab.get("api/v1/whoami", allow_redirects=False)
    assert (response.status_code, response.json()["code"]) == (503, "foreign-answer")
    assert response.json()["facts"] == {
        "status": answer[0],
        **({"host": "127.0.0.1"} if "Location" in answer[1] else {}),
    }
    assert response.headers["Retry-After"]
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        # A proxy that was started again, and does not know the way to the service: its own page, then what the hub says in the service's place.
        (404, {"Content-Type": "text/html; charset=utf-8"}, b"<!DOCTYPE HTML><title>JupyterHub</title>404"),
        (403, {"Content-Type": "text/html", "X-JupyterHub-Version": "6.1.1"}, b"<title>JupyterHub</title>403"),
        (302, {"Location": "/hub/services/enablement/", "X-JupyterHub-Version": "6.1.1"}, b""),
        (
            404,
            {"Content-Type": "application/json", "X-JupyterHub-Version": "6.1.1"},
            b'{"status": 404, "message": "Not Found"}',
        ),
    ],
)
def test_a_hub_that_answers_in_the_services_place_is_a_service_that_is_away(
    lab: Lab, service: FakeService, answer: tuple[int, dict[str, str], bytes]
) -> None:
    service.answers["whoami"] = answer
    response = lab.get("api/v1/whoami", allow_redirects=False)
    assert (response.status_code, response.json()["code"]) == (503, "service-away")
    assert response.headers["Retry-After"]


def test_a_token_that_was_revoked_is_told_as_the_servers_matter(lab: Lab, service: FakeService) -> None:
    problem = json.dumps({"code": "not-signed-in", "detail": "Sign in again.", "status": 401}).encode()
    service.answers["whoami"] = (401, {"Content-Type": "application/problem+json"}, problem)
    response = lab.get("api/v1/whoami")
    assert (response.status_code, response.json()["code"]) == (403, "server-unknown")
    assert "ign in" not in response.text
    assert "WWW-Authenticate" not in response.headers


PROXY_CODES = {413: "proxy-too-large", 502: "proxy-away", 504: "proxy-away", 503: "service-away"}


@pytest.mark.parametrize("status", PROXY_CODES)
@pytest.mark.parametrize(
    ("media_type", "body"), [("text/html", b"<h1>no</h1>"), ("application/json", b'{"message": "no"}')]
)
def test_what_a_proxy_says_is_told_as_its_word(
    lab: Lab, service: FakeService, status: int, media_type: str, body: bytes
) -> None:
    service.answers["whoami"] = (status, {"Content-Type": media_type}, body)
    response = lab.get("api/v1/whoami")
    assert response.status_code == (413 if status == 413 else 503)
    assert (response.json()["code"], response.json()["facts"]["status"]) == (PROXY_CODES[status], status)


@pytest.mark.parametrize(
    "path",
    [
        "../../../hub/api/users", "..%2f..%2fhub/api/users", "%2e%2e/%2e%2e/decide/12", "submissions/../../../decide/12", "submissions//12", "submissions/12/",
        "/decide/12", "submissions%3ffilter=all", "submissions/12%0d%0aX-Evil:1", "", ".", "a\\b", "submissions;x", "@evil.example/", "%00", "submissions/é",
    ],
)  # fmt: skip
def test_only_paths_of_the_contract_pass(lab: Lab, service: FakeService, path: str) -> None:
    host, port = lab.url.removeprefix("http://").partition("/")[0].split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as browser:
        request = f"GET /user/dana/enablement/api/v1/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {OWN_TOKEN}\r\nConnection: close\r\n\r\n"
        browser.sendall(request.encode())
        assert browser.recv(30).split()[1] in (b"404", b"400", b"403")
    assert not service.seen


def test_a_bundle_is_not_passed_on(lab: Lab, service: FakeService) -> None:
    for path in ("api/v1/submissions", "api/v1/submissions/12/versions"):
        response = lab.post(path, {})
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert not service.seen


def test_a_large_body_is_refused_here(lab: Lab, service: FakeService) -> None:
    response = lab.post("api/v1/threads/1/comments", {"text": "x" * 2_000_000})
    assert (response.status_code, response.json()["code"]) == (413, "too-large")
    assert not service.seen


def test_only_get_and_post_pass(lab: Lab, service: FakeService) -> None:
    for method in ("PUT", "DELETE", "PATCH", "HEAD"):
        response = requests.request(
            method,
            f"{lab.url}/enablement/api/v1/whoami",
            headers={"Authorization": f"token {OWN_TOKEN}"},
            timeout=PATIENCE,
        )
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")
    assert not service.seen


def test_events_pass_as_they_come_and_go_on_where_they_ended(lab: Lab, service: FakeService) -> None:
    with lab.get("api/v1/events", stream=True, headers={"Last-Event-ID": "40"}) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        lines = response.iter_lines()
        ids = [line for line in (next(lines) for _ in range(12)) if line.startswith(b"id:")]
        assert ids == [b"id: 41", b"id: 42", b"id: 43"]
    assert service.seen[0].headers["last-event-id"] == "40"
    assert service.seen[0].headers["accept"] == "text/event-stream"


def test_the_stream_to_the_service_closes_when_the_browser_goes_away(lab: Lab, service: FakeService) -> None:
    _seconds_until_closed(lab, service)
    assert lab.get("api/v1/whoami").status_code == 200


@pytest.mark.timing
def test_the_stream_to_the_service_closes_at_once_when_the_browser_goes_away(lab: Lab, service: FakeService) -> None:
    assert _seconds_until_closed(lab, service) < 3


def _seconds_until_closed(lab: Lab, service: FakeService) -> float:
    streams = [lab.get("api/v1/events", stream=True) for _ in range(20)]
    for response in streams:
        next(response.iter_lines())
    began = time.monotonic()
    for response in streams:
        response.close()
    assert all(seen.closed.wait(PATIENCE) for seen in service.seen)
    return time.monotonic() - began


def test_an_odd_last_event_id_is_refused(lab: Lab, service: FakeService) -> None:
    assert lab.get("api/v1/events", headers={"Last-Event-ID": "1 OR 1"}).status_code == 400
    assert not service.seen


def test_a_service_that_is_away_is_said_so(lab: Lab, service: FakeService) -> None:
    service.stop()
    try:
        for path in ("api/v1/whoami", "api/v1/events", "candidates?path=work/churn.ipynb"):
            response = lab.get(path)
            assert (response.status_code, response.json()["code"]) == (503, "service-away")
    finally:
        service.start()
    assert lab.get("api/v1/whoami").status_code == 200
