"""What is refused before it is read is told in our words: through the hub's own proxy, by a client that sends all of it or stops half way."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from threading import Thread

import pytest

from tests.polling import PATIENCE, until
from tests.servers.hub_proxy import hub_proxy
from tests.servers.ports import free_port
from tests.service.fixtures import PREFIX, TAR
from tests.service.test_process import Hub, start

pytestmark = pytest.mark.slow

_MB = 1_000_000
SIZES = (3, 8, 20, 60)
GOOD, BAD = "dana-token", "a-token-that-was-revoked"
TRIES = 4


class HubWithRevokedTokens(Hub):
    """Knows one token."""

    def do_GET(self) -> None:  # noqa: N802 - the base class calls it so
        if "/user" in self.path and self.headers.get("Authorization", "").endswith(BAD):
            self.send_response(403)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
            return
        super().do_GET()


@dataclass(frozen=True)
class Refused:
    """A request that is refused by its head: `status` and `code` are the answer."""

    name: str
    status: int
    code: str
    path: str = "/api/v1/submissions"
    method: str = "POST"
    token: str = GOOD
    content_type: str = TAR


REFUSALS = (
    Refused("a bad token", 401, "not-signed-in", token=BAD),
    Refused("no token", 401, "not-signed-in", token=""),
    Refused("a wrong type", 415, "unsupported-encoding", content_type="application/zip"),
    Refused("too large", 413, "too-large"),
    Refused("no such path", 404, "not-found", path="/api/v1/nothing"),
    Refused("a method that it has not", 405, "method-not-allowed", method="PUT"),
    Refused(
        "JSON that is too large", 413, "too-large", path="/api/v1/submissions/1/claim", content_type="application/json"
    ),
    Refused("a push without a key", 401, "not-signed-in", path="/git/user/dana/churn/git-receive-pack"),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real service that takes hardly more than the 2 MiB for what is around the files of a bundle."""
    folder, port = tmp_path_factory.mktemp("door"), free_port()
    (folder / "service.py").write_text("c.ReviewService.most_bytes = 1\nc.ReviewService.most_files = 1\n")
    with ExitStack() as ends:
        hub = ThreadingHTTPServer(("127.0.0.1", 0), HubWithRevokedTokens)
        Thread(target=hub.serve_forever, daemon=True).start()
        ends.callback(hub.shutdown)
        address = f"http://127.0.0.1:{hub.server_port}/hub/api"
        process = start(folder / "state", port, address, "--config", str(folder / "service.py"))
        ends.callback(process.wait)
        ends.callback(process.kill)
        until(lambda: _status(port, "/readyz") == 200, within=PATIENCE, what="the service is ready", process=process)
        yield port


@pytest.fixture(scope="module")
def proxy(service: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with hub_proxy(service, tmp_path_factory.mktemp("proxy")) as port:
        yield port


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", PREFIX + path)
        return connection.getresponse().status
    finally:
        connection.close()


def answer(port: int, refused: Refused, size: int, *, chunked: bool) -> tuple[int, str]:
    """Status and code of what comes back to a client that reads while it sends, as any HTTP client may. Code "" is no answer of ours."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    head = (
        f"{refused.method} {PREFIX}{refused.path} HTTP/1.1\r\nHost: x\r\nContent-Type: {refused.content_type}\r\n"
        f"Idempotency-Key: 0123456789\r\n{length}\r\n"
        + (f"Authorization: token {refused.token}\r\n" if refused.token else "")
    )
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as wire:
        sender = threading.Thread(target=_send, args=(wire, head.encode() + b"\r\n", size, chunked))
        sender.start()
        response = http.client.HTTPResponse(wire, method=refused.method)
        try:
            response.begin()
            body = response.read()
        except (OSError, http.client.HTTPException) as broken:
            return 0, repr(broken)
        finally:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            sender.join()
    ours = "problem+json" in (response.getheader("Content-Type") or "")
    return response.status, str(json.loads(body)["code"]) if ours else ""


def _send(wire: socket.socket, head: bytes, size: int, chunked: bool) -> None:
    block = b"x" * 65536
    with suppress(OSError):
        wire.sendall(head)
        for at in range(0, size, len(block)):
            piece = block[: size - at]
            wire.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            wire.sendall(b"0\r\n\r\n")


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "without a length"])
@pytest.mark.parametrize("refused", REFUSALS, ids=lambda refused: refused.name)
def test_a_refusal_reaches_its_sender_through_the_proxy(proxy: int, refused: Refused, chunked: bool) -> None:
    answers = Counter(answer(proxy, refused, size * _MB, chunked=chunked) for size in SIZES for _ in range(TRIES))
    assert answers == {(refused.status, refused.code): len(SIZES) * TRIES}


@pytest.mark.parametrize("refused", REFUSALS, ids=lambda refused: refused.name)
def test_a_refusal_reaches_its_sender_directly(service: int, refused: Refused) -> None:
    answers = Counter(answer(service, refused, size * _MB, chunked=False) for size in SIZES)
    assert answers == {(refused.status, refused.code): len(SIZES)}
