"""What the fake forges share: a web server in a thread, repositories as values, lists in pages, and misbehaviour on request.

Each fake answers as its forge's published API says: paths, statuses, bodies of errors, `Link` and rate-limit headers.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from enablement_ext.core.git.forges.names import hosted_name
from enablement_ext.core.git.forges.ports import Credential, Delivery, ForgeAccount
from enablement_ext.core.git.repository_names import RepositoryId
from tests.git.fake_git import GitOverHttp

ORGANISATION = "science"
HOOK_SECRET = "hook-secret-of-the-forge"
Json = Any


@dataclass(frozen=True)
class FakeRequest:
    """A request as it came in; `path` is below the API's address and still quoted."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True)
class FakeResponse:
    """An answer."""

    status: int = 200
    value: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass
class FakeRepository:
    """A repository of the fake."""

    number: int
    name: str
    text: str = ""
    branches: dict[str, str] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    pulls: list[dict[str, Json]] = field(default_factory=list)
    hooks: list[dict[str, Json]] = field(default_factory=list)


Fault = Callable[[BaseHTTPRequestHandler], None]


class FakeForge(ABC):
    """Base of the fakes. `api` is where its API begins."""

    api = ""

    def __init__(self) -> None:
        self.url = ""
        self.kept: dict[str, FakeRepository] = {}
        self.asked: list[FakeRequest] = []
        self.faults: list[Fault] = []  # each takes one request
        self.turn = threading.RLock()
        self.git: GitOverHttp | None = None  # where Git itself is to be let in

    # what a test does

    @property
    @abstractmethod
    def account(self) -> ForgeAccount:
        """As whom the service comes."""

    @abstractmethod
    def opens(self, credential: Credential, repository: RepositoryId, write: bool) -> bool:
        """Whether Git over HTTP would be let in with this."""

    @abstractmethod
    def delivery(self, repository: RepositoryId, commit: str) -> Delivery:
        """A signed delivery about a push."""

    def put(self, repository: RepositoryId, branch: str, path: str, data: bytes) -> str:
        """A branch whose newest commit has this file; the commit."""
        kept = self.kept[hosted_name(repository)]
        commit = sha1(f"{branch}{path}".encode() + data, usedforsecurity=False).hexdigest()
        kept.branches[branch] = commit
        kept.files[commit, path] = data
        return commit

    def add(self, name: str, text: str = "") -> FakeRepository:
        """A repository that somebody else made."""
        with self.turn:
            self.kept[name] = FakeRepository(len(self.kept) + 1, name, text)
            return self.kept[name]

    # what the forge does

    @abstractmethod
    def answer(self, request: FakeRequest) -> FakeResponse:
        """The API."""

    def over_git(self, method: str, place: SplitResult, headers: Mapping[str, str], body: bytes) -> FakeResponse | None:
        """Git's own protocol, None for what is none of it."""
        if self.git is None or place.path.startswith(f"{self.api}/"):
            return None
        with self.turn:
            found = self.git.answer(self, method, place, headers, body)
        return None if found is None else FakeResponse(found[0], headers=found[1], raw=found[2])

    def page(self, request: FakeRequest, items: list[Json], size_name: str = "per_page") -> FakeResponse:
        """One page of a list, with the address of the next in `Link` (RFC 8288)."""
        size, number = min(int(request.query.get(size_name, "20")), 100), int(request.query.get("page", "1"))
        shown = items[(number - 1) * size : number * size]
        headers = {}
        if number * size < len(items):
            following = urlencode({**request.query, "page": str(number + 1)})
            headers["Link"] = (
                f'<{self.url}{self.api}/{request.path}?{following}>; rel="next",'
                f' <{self.url}{self.api}/{request.path}?page=99>; rel="last"'
            )
        return FakeResponse(200, shown, headers)

    def file(self, kept: FakeRepository, ref: str, path: str) -> bytes | None:
        """A file at a branch or a commit."""
        return kept.files.get((kept.branches.get(ref, ref), path))


def _handler(forge: FakeForge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = (
            True  # head and body are two writes: with it the second waits for a delayed acknowledgement
        )

        def do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            place = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            git = forge.over_git(self.command, place, headers, body)
            if git is not None:
                self.say(git)
                return
            with forge.turn:
                fault = forge.faults.pop(0) if forge.faults else None
            if fault is not None:
                fault(self)
                return
            if not place.path.startswith(forge.api):
                self.say(FakeResponse(404, {"message": "Not Found"}))
                return
            request = FakeRequest(
                self.command,
                place.path.removeprefix(forge.api).lstrip("/"),
                dict(parse_qsl(place.query)),
                headers,
                json.loads(body) if body else None,
            )
            with forge.turn:
                forge.asked.append(request)
                response = forge.answer(request)
            self.say(response)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815 - http.server wants these names

        def say(self, response: FakeResponse) -> None:
            data = (
                response.raw
                if response.raw is not None
                else b""
                if response.status == 204
                else json.dumps(response.value).encode()
            )
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            if response.raw is None:
                self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler


@contextmanager
def serving(forge: FakeForge, tls: ssl.SSLContext | None = None) -> Iterator[FakeForge]:
    """Serve it until the block ends, over https where there is a certificate for it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(forge))
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    forge.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()


def says(status: int, body: bytes = b'{"message": "no"}', **headers: str) -> Fault:
    """A fault that is a whole answer."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return fault


def writes(data: bytes, pause: float = 0.0) -> Fault:
    """A fault that is these bytes, whatever they are; then silence for so long, then the end of the connection."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)
        handler.wfile.flush()
        time.sleep(pause)
        handler.close_connection = True

    return fault
