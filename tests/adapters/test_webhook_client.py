"""Webhooks to a real receiver that is rough, and to addresses that nobody meant."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from enablement_ext.adapters.notifications import WebhookClient, webhook_client
from enablement_ext.core.review.notifications.models import Undeliverable
from enablement_ext.core.review.notifications.webhooks import Posting

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Rough(BaseHTTPRequestHandler):
    """Answers as its path says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        what = self.path.rpartition("/")[2].partition("?")[0]
        if what == "close":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif what == "drip":
            self._drip()
        else:
            self.send_response(int(what))
            self.send_header("Location", "/200")
            self.send_header("Content-Length", "1000000000")
            self.end_headers()

    def _drip(self) -> None:
        pause = threading.Event()
        try:
            while True:
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                pause.wait(0.05)
        except OSError:
            return

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def rough() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Rough)
    server.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def to(server: ThreadingHTTPServer, path: str, host: str = "127.0.0.1") -> Posting:
    return Posting(f"http://{host}:{server.server_port}{path}", b'{"a": 1}', {"webhook-id": "7"})


def problem(client: WebhookClient, posting: Posting) -> Undeliverable:
    with pytest.raises(Undeliverable) as refused:
        client.post(posting)
    return refused.value


def heard(server: ThreadingHTTPServer) -> list[tuple[str, dict[str, str], bytes]]:
    found: list[tuple[str, dict[str, str], bytes]] = server.heard  # type: ignore[attr-defined]
    return found


def test_it_is_posted_once_with_its_headers(rough: ThreadingHTTPServer) -> None:
    WebhookClient(LOOPBACK).post(to(rough, "/in/204?key=x"))
    WebhookClient(LOOPBACK).post(to(rough, "/in/200"))  # a huge answer is not waited for
    (path, headers, body), _ = heard(rough)
    assert (path, headers["webhook-id"], body) == ("/in/204?key=x", "7", b'{"a": 1}')


@pytest.mark.parametrize(
    ("path", "final"),
    [
        ("/500", False),
        ("/503", False),
        ("/429", False),
        ("/close", False),
        ("/404", True),
        ("/410", True),
        ("/302", True),
    ],
)
def test_what_it_answers_decides_whether_it_is_tried_again(rough: ThreadingHTTPServer, path: str, final: bool) -> None:
    assert problem(WebhookClient(LOOPBACK), to(rough, path)).final is final
    assert [each[0] for each in heard(rough)] == [path]  # no redirect is followed


def test_one_that_never_comes_to_an_end_is_left(rough: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_client, "_WHOLE_SECONDS", 0.3)
    assert not problem(WebhookClient(LOOPBACK), to(rough, "/drip")).final


def test_the_name_is_resolved_once_and_the_connection_goes_there(rough: ThreadingHTTPServer) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    WebhookClient(LOOPBACK, resolve=resolve).post(to(rough, "/200", "hooks.example.org"))
    assert asked == ["hooks.example.org"]
    assert heard(rough)[0][1]["Host"] == f"hooks.example.org:{rough.server_port}"


def test_no_proxy_of_the_environment_is_used(rough: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    WebhookClient(LOOPBACK).post(to(rough, "/200"))
    assert len(heard(rough)) == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["169.254.169.254"],  # metadata of clouds
        ["100.64.0.1"],
        ["0.0.0.0"],
        ["224.0.0.1"],
        ["::1"],
        ["fd00::1"],
        ["fe80::1%eth0"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["93.184.216.34", "127.0.0.1"],  # one good one does not make the other good
        [],
    ],
)
def test_a_private_address_is_refused_whatever_it_is_written_as(
    rough: ThreadingHTTPServer, addresses: list[str]
) -> None:
    client = WebhookClient(resolve=lambda *_: addresses)
    assert problem(client, to(rough, "/200", "hooks.example.org")).final
    other = WebhookClient((ip_network("10.9.0.0/16"),), resolve=lambda *_: addresses)
    assert problem(other, to(rough, "/200", "hooks.example.org")).final
    assert not heard(rough)


def test_a_name_that_is_none_is_tried_again() -> None:
    def nothing(*_: object) -> list[str]:
        raise socket.gaierror

    assert not problem(WebhookClient(resolve=nothing), Posting("https://hooks.example.org/", b"", {})).final
