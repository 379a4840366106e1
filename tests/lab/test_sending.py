from __future__ import annotations

import json
import os
import socket
import threading
import time
from typing import Any

import pytest

from enablement_ext.core.submission.bundle import read_bundle
from tests.lab.conftest import LIMITS, sha256
from tests.lab.fake_service import RECEIPT, FakeService
from tests.lab.lab_server import OWN_TOKEN, SERVICE_TOKEN, Lab
from tests.polling import PATIENCE, until

pytestmark = pytest.mark.slow
BASE = "/services/enablement/api/v1"


def problem(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The problem of the last line; all lines before it are progress."""
    assert all(line.keys() == {"progress"} for line in lines[:-1])
    assert lines[-1].keys() == {"problem"}
    found = lines[-1]["problem"]
    assert isinstance(found, dict)
    assert found["detail"]
    return found


def test_a_notebook_with_its_files_arrives_byte_for_byte(
    lab: Lab, service: FakeService, intent: dict[str, object]
) -> None:
    lines = lab.send(intent)
    assert lines[-1] == {"receipt": RECEIPT, "replayed": False}
    assert [line["progress"]["phase"] for line in lines[:-1]] == ["reading", "sending", "waiting"]
    assert lines[-2]["progress"]["bytes"] == lines[-2]["progress"]["total"] == len(service.seen[0].body)
    seen = service.seen[0]
    assert (seen.method, seen.path) == ("POST", "/services/enablement/api/v1/submissions")
    assert seen.headers["authorization"] == f"token {SERVICE_TOKEN}"
    assert seen.headers["idempotency-key"] == intent["key"]
    assert "cookie" not in seen.headers
    bundle = read_bundle(seen.body)
    assert bundle.sending == {
        "answers": {"title": "Churn"},
        "notebook": {"path": "work/churn.ipynb", "sha256": intent["sha256"]},
        "files": [{"path": "work/data/churn.csv", "role": "data"}, {"path": "work/features.py", "role": "module"}],
        "git": None,
        "stamp": None,
    }
    assert {path: bytes(content) for path, content in bundle.files.items()} == {
        path: (lab.home / path).read_bytes() for path in ("work/churn.ipynb", "work/data/churn.csv", "work/features.py")
    }


def test_a_new_version_goes_to_its_submission(lab: Lab, service: FakeService, intent: dict[str, object]) -> None:
    assert "receipt" in lab.send({**intent, "submission": 12, "stamp": 7})[-1]
    assert service.seen[0].path == "/services/enablement/api/v1/submissions/12/versions"
    assert read_bundle(service.seen[0].body).sending["stamp"] == 7


def test_the_same_key_is_a_replay(lab: Lab, service: FakeService, intent: dict[str, object]) -> None:
    assert not lab.send(intent)[-1]["replayed"]
    assert lab.send(intent)[-1] == {"receipt": RECEIPT, "replayed": True}
    assert service.seen[0].body == service.seen[1].body


def test_what_git_says_does_not_change_the_bytes_of_a_second_try(
    lab: Lab, service: FakeService, intent: dict[str, object]
) -> None:
    lab.send(intent)
    git = lab.home / "work" / ".git"
    git.mkdir()
    git.rmdir()
    assert lab.send(intent)[-1]["replayed"]


def test_what_the_browser_did_not_see_is_not_sent(lab: Lab, service: FakeService, intent: dict[str, object]) -> None:
    (lab.home / "work" / "churn.ipynb").write_text("{}")
    assert problem(lab.send(intent))["code"] == "hash-mismatch"
    assert not service.seen


@pytest.mark.parametrize(
    ("mode", "code"),
    [("early", "too-large"), *((mode, "service-away") for mode in ("cut", "reset", "gone", "half", "silent"))],
)
def test_faults_on_the_way_are_said_and_the_next_try_succeeds(
    lab: Lab, service: FakeService, intent: dict[str, object], mode: str, code: str
) -> None:
    (lab.home / "work" / "data" / "churn.csv").write_bytes(bytes(20_000_000))
    service.mode = mode
    assert problem(lab.send(intent))["code"] == code
    service.mode = "good"
    assert lab.send(intent)[-1]["receipt"] == RECEIPT


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "foreign-answer"),
        ((200, {"Content-Type": "text/html"}, b"<html>a proxy's page</html>"), "foreign-answer"),
        ((201, {}, b"{}"), "service-away"),
        ((201, {}, b'{"submission": "12"}'), "service-away"),
        ((201, {}, b"[]"), "foreign-answer"),
        ((201, {}, b"[" * 100_000), "foreign-answer"),
        ((502, {}, b"Bad gateway"), "proxy-away"),
        ((504, {}, b'{"message": "Gateway timeout"}'), "proxy-away"),
        ((503, {}, b"Service unavailable"), "service-away"),
        ((204, {}, b""), "foreign-answer"),
    ],
)
def test_only_a_receipt_is_a_receipt(
    lab: Lab, service: FakeService, intent: dict[str, object], answer: tuple[int, dict[str, str], bytes], code: str
) -> None:
    service.mode, service.answers["strange"] = "strange", answer
    assert problem(lab.send(intent))["code"] == code


def test_a_token_that_was_revoked_is_told_as_the_servers_matter(
    lab: Lab, service: FakeService, intent: dict[str, object]
) -> None:
    refusal = b'{"code": "not-signed-in", "detail": "Sign in again.", "status": 401}'
    service.mode, service.answers["strange"] = "strange", (401, {"Content-Type": "application/problem+json"}, refusal)
    assert problem(lab.send(intent))["code"] == "server-unknown"


def test_a_proxy_that_takes_less_is_told_from_the_services_own_limit(
    lab: Lab, service: FakeService, intent: dict[str, object]
) -> None:
    service.mode, service.answers["strange"] = "strange", (413, {"Content-Type": "text/html"}, b"<h1>Too large</h1>")
    found = problem(lab.send(intent))
    assert (found["status"], found["code"]) == (413, "proxy-too-large")
    assert found["facts"] == {"status": 413, "bytes": len(service.seen[-1].body)}


def test_a_refusal_keeps_its_code_and_facts(lab: Lab, service: FakeService, intent: dict[str, object]) -> None:
    lab.send(intent)
    found = problem(lab.send({**intent, "answers": {"title": "Other"}}))
    assert (found["code"], found["status"], found["facts"]) == ("key-reused", 422, {"n": 1})


def test_a_file_that_cannot_go_along_says_why(lab: Lab, service: FakeService, intent: dict[str, object]) -> None:
    (lab.home / "work" / "linked.csv").symlink_to("/etc/hostname")
    (lab.home / "work" / ".env").write_text("x")
    for name, why in (
        ("linked.csv", "“work/linked.csv” is a symbolic link that leads out of your home"),
        ("gone.csv", "cannot be read: No such file or directory"),
        ("data", "cannot be read: Is a directory"),
        (".env", "is hidden or not in your home"),
    ):
        found = problem(lab.send({**intent, "files": [f"work/{name}"]}))
        assert (found["code"], found["facts"]["path"]) == ("file-unreadable", f"work/{name}")
        assert why in found["detail"]
    assert service.seen == []


def test_a_service_that_is_killed_in_mid_send_and_comes_back(
    lab: Lab, service: FakeService, intent: dict[str, object]
) -> None:
    (lab.home / "work" / "data" / "churn.csv").write_bytes(bytes(50_000_000))

    def kill() -> None:
        until(lambda: service.seen[1:], within=PATIENCE, what="the service is sent something")
        service.stop()

    killer = threading.Thread(target=kill)
    service.mode = "silent"
    killer.start()
    first = lab.send(intent)
    killer.join()
    assert problem(first)["code"] == "service-away"
    assert problem(lab.send(intent))["code"] == "service-away"
    service.mode = "good"
    service.start()
    assert lab.send(intent)[-1]["receipt"] == RECEIPT


@pytest.mark.parametrize("name", LIMITS)
def test_what_the_service_would_not_take_is_not_sent(
    lab: Lab, service: FakeService, intent: dict[str, object], name: str
) -> None:
    (lab.home / "work" / "data" / "churn.csv").write_bytes(bytes(2_000_000))
    service.answers["send-limits"] = (200, {}, json.dumps({**LIMITS, name: 1}).encode())
    found = problem(lab.send(intent))
    assert (found["code"], found["facts"]["limit"]) == ("too-large", 1)
    assert [(seen.method, seen.path) for seen in service.seen] == [("GET", f"{BASE}/send-limits")]


def test_what_is_small_is_sent_without_asking(lab: Lab, service: FakeService, intent: dict[str, object]) -> None:
    service.answers["send-limits"] = (200, {}, json.dumps({**LIMITS, "body_bytes": 1}).encode())
    assert lab.send(intent)[-1]["receipt"] == RECEIPT
    assert [seen.method for seen in service.seen] == ["POST"]


@pytest.mark.parametrize(
    ("answered", "code"),
    [
        ((401, b'{"code": "not-signed-in", "detail": "Sign in again."}'), "server-unknown"),
        ((403, b'{"code": "forbidden", "detail": "No."}'), "forbidden"),
        ((200, b"<html>another page</html>"), "foreign-answer"),
        ((200, b"{}"), "service-away"),
        ((200, json.dumps({**LIMITS, "files": "many"}).encode()), "service-away"),
    ],
)
def test_nothing_large_leaves_before_the_service_has_said_yes(
    lab: Lab, service: FakeService, intent: dict[str, object], answered: tuple[int, bytes], code: str
) -> None:
    (lab.home / "work" / "data" / "churn.csv").write_bytes(bytes(2_000_000))
    service.answers["send-limits"] = (answered[0], {}, answered[1])
    assert problem(lab.send(intent))["code"] == code
    assert [seen.method for seen in service.seen] == ["GET"]


def test_a_service_that_does_not_know_the_question_is_sent_to(
    lab: Lab, service: FakeService, intent: dict[str, object]
) -> None:
    (lab.home / "work" / "data" / "churn.csv").write_bytes(bytes(2_000_000))
    service.answers["send-limits"] = (404, {}, b'{"code": "not-found", "detail": "Not found."}')
    assert lab.send(intent)[-1]["receipt"] == RECEIPT


def test_a_sending_goes_on_when_the_browser_goes_away(
    lab: Lab, service: FakeService, intent: dict[str, object]
) -> None:
    (lab.home / "work" / "data" / "churn.csv").write_bytes(bytes(30_000_000))
    host, port = lab.url.removeprefix("http://").partition("/")[0].split(":")
    body = json.dumps(intent).encode()
    with socket.create_connection((host, int(port))) as browser:
        browser.sendall(
            b"POST /user/dana/enablement/send HTTP/1.1\r\nHost: %s\r\nAuthorization: token %s\r\nContent-Length: %d\r\n\r\n%s"
            % (host.encode(), OWN_TOKEN.encode(), len(body), body)
        )
        browser.recv(100)
    until(lambda: service.receipts, within=PATIENCE, what="the service has acknowledged it")
    assert lab.send(intent)[-1] == {"receipt": RECEIPT, "replayed": True}


@pytest.mark.parametrize(
    "files",
    [
        ["../secret"],
        ["/etc/passwd"],
        ["work/.hidden"],
        ["work/gone"],
        ["work"],
        ["work/link"],
        ["work/pipe"],
        ["a\0b"],
        ["work/data/../../../secret"],
    ],
)
def test_only_files_below_the_home_are_read(
    lab: Lab, service: FakeService, intent: dict[str, object], files: list[str]
) -> None:
    (lab.home.parent / "secret").write_text("secret")
    (lab.home / "work" / ".hidden").write_text("secret")
    for name, make in (("link", lambda path: path.symlink_to(lab.home.parent / "secret")), ("pipe", os.mkfifo)):
        path = lab.home / "work" / name
        if not os.path.lexists(path):
            make(path)
    assert problem(lab.send({**intent, "files": files}))["code"] == "file-unreadable"
    assert not service.seen


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "short"),
        ("key", "a\r\nX-Evil: 1 0123"),
        ("sha256", "x"),
        ("path", "a.txt"),
        ("answers", []),
        ("files", "abc"),
        ("files", [1]),
        ("submission", True),
        ("submission", "12"),
        ("stamp", 0),
    ],
)
def test_a_malformed_request_is_refused_before_anything_is_read(
    lab: Lab, intent: dict[str, object], field: str, value: object
) -> None:
    response = lab.post("send", {**intent, field: value})
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.json()["code"], response.json()["facts"]) == ("malformed-request", {"field": field})


def test_a_file_that_grows_while_it_is_sent_makes_no_receipt(
    lab: Lab, service: FakeService, intent: dict[str, object]
) -> None:
    data = lab.home / "work" / "data" / "churn.csv"
    data.write_bytes(bytes(60_000_000))
    stop = threading.Event()

    def grow() -> None:
        with data.open("ab") as file:
            while not stop.is_set():
                file.write(b"x" * 1000)
                file.flush()
                time.sleep(0.001)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        found = problem(lab.send(intent))
    finally:
        stop.set()
        writer.join()
    assert found["code"] == "bad-bundle"
    assert "changed while it was being sent" in found["detail"]
    assert not service.receipts


def test_no_token_stands_in_the_log(lab: Lab, service: FakeService, intent: dict[str, object]) -> None:
    service.mode = "cut"
    lab.send(intent)
    service.mode = "good"
    lab.send({**intent, "sha256": sha256(lab.home / "work" / "churn.ipynb")})
    lab.get(f"api/v1/whoami?token={SERVICE_TOKEN}")
    assert SERVICE_TOKEN not in lab.log.read_text()
