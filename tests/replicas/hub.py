"""A hub that answers what replicas ask. A token is NAME@server or NAME@browser; who begins with `dana` writes, others review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zlib import crc32

HUB_SESSION = "session-of-the-hub"
IMAGE = {"image": "datascience", "release": "2026.11.0", "digest": "sha256:" + "a" * 64, "python": "3.11"}


def user_model(name: str, *, browser: bool) -> dict[str, Any]:
    """A person as the hub shows them."""
    author = name.startswith("dana")
    scopes = ["read", "submit"] if author else ["read", "submit", "review", *(["decide"] if browser else [])]
    server = [] if browser else [f"access:servers!server={name}/"]
    return {
        "kind": "user",
        "name": name,
        "created": f"2026-11-24T08:00:00.{crc32(name.encode()) % 1_000_000:06}Z",
        "groups": ["enablement-authors" if author else "enablement-reviewers"],
        "scopes": [*(f"custom:enablement:{scope}" for scope in scopes), *server],
        "servers": {"": {"state": {"enablement": IMAGE}}},
        "session_id": HUB_SESSION if browser else None,
    }


class _Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path.removeprefix("/hub/api")
        name, _, kind = self.headers.get("Authorization", "").removeprefix("token ").partition("@")
        if path == "/user":
            self._say(200, user_model(name, browser=kind == "browser")) if kind else self._say(403, {})
        else:
            self._say(200, user_model(unquote(path.rpartition("/")[2]), browser=False))

    def do_POST(self) -> None:
        """The end of a sign-in: the code is the person's name."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._say(200, {"access_token": f"{form['code'][0]}@browser"})

    def _say(self, status: int, model: dict[str, Any]) -> None:
        body = json.dumps(model).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def hub() -> Iterator[str]:
    """The address of a running hub's API."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hub/api"
    finally:
        server.shutdown()
        server.server_close()
