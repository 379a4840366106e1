"""A hub's REST API on a free port, answering as JupyterHub 6 does."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from enablement_ext.adapters.hub_api import HubAddress
from enablement_ext.core.access.people import Account
from enablement_ext.core.review.models import ImageRef, Principal

IMAGE = ImageRef("datascience", "2026.11.0", "sha256:abc", "3.11")
MADE = "2026-11-24T08:00:00.123456Z"
ACCOUNT = Account("dana", datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC))
DANA = Principal("dana", frozenset({"authors"}), frozenset({"read", "submit"}), server="", account=ACCOUNT)
STATE = {"image": "datascience", "release": "2026.11.0", "digest": "sha256:abc", "python": "3.11"}
CUSTOM = "custom:enablement:"


@dataclass
class HubServer:
    """A hub's REST API on a free port, answering as JupyterHub 6 does. `answer` replaces the next answers."""

    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    answer: tuple[int, bytes] | None = None
    wait: float = 0.0
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=lambda: {"created": MADE})
    renames: list[str] = field(
        default_factory=list
    )  # what the token's owner is called after each question about an account

    def address(self, **more: Any) -> HubAddress:
        return HubAddress(f"http://127.0.0.1:{self.port}/hub/api", "service-token", "client", "/callback", **more)


class HubPages(RequestHandler):
    def initialize(self, hub: HubServer) -> None:
        self.hub = hub

    async def get(self, path: str) -> None:
        self.hub.asked[path] += 1
        await asyncio.sleep(self.hub.wait)
        await self.hub.may_answer.wait()
        if self.hub.answer is not None:
            self.set_status(self.hub.answer[0])
            self.finish(self.hub.answer[1])
            return
        token = self.request.headers.get("Authorization", "").removeprefix("token ")
        if path == "user":
            self.say(self.hub.tokens.get(token), 403)
        else:
            assert token == "service-token"
            if path.startswith("groups/"):
                group = {"kind": "group", "name": "authors", "users": ["dana", "olga"], "roles": [], "properties": {}}
                self.say(group if path == "groups/authors" else None, 404)
                return
            name = path.removeprefix("users/")
            if self.hub.renames:
                self.hub.tokens["dana-token"]["name"] = self.hub.renames.pop(0)
            servers = {"": {"name": "", "state": {"enablement": STATE}}, "bare": {"name": "bare", "state": {}}}
            model = {"name": name, "groups": ["authors"], "servers": servers, **self.hub.made}
            self.say(model if name == "dana" else None, 404)

    async def post(self, path: str) -> None:
        ok = self.get_body_argument("code") == "good" and self.get_body_argument("client_secret") == "service-token"
        assert path == "oauth2/token"
        assert self.get_body_argument("code_verifier") == "v"
        self.say({"access_token": "dana-token"} if ok else None, 400)

    def say(self, value: object, otherwise: int) -> None:
        self.set_status(200 if value is not None else otherwise)
        self.finish(json.dumps(value))


@asynccontextmanager
async def running_hub() -> AsyncIterator[HubServer]:
    """Dana has a token, and a service has one."""
    found = HubServer()
    found.may_answer.set()
    server = HTTPServer(Application([(r"/hub/api/(.*)", HubPages, {"hub": found})]))
    socket, found.port = bind_unused_port()
    server.add_socket(socket)
    scopes = [
        CUSTOM + "read",
        CUSTOM + "submit",
        CUSTOM + "review!group=x",
        "access:servers!server=dana/",
        "read:users!user=dana",
    ]
    found.tokens["dana-token"] = {"kind": "user", "name": "dana", "groups": ["authors"], "scopes": scopes}
    found.tokens["dana-token"]["session_id"] = "session-1"
    found.tokens["other-service"] = {"kind": "service", "name": "dana", "scopes": scopes}
    yield found
    server.stop()
    await server.close_all_connections()
