"""A hub that only answers what the service asks: who a token belongs to, and what the spawner recorded for a server.

It is a real HTTP server, so the service runs with its real hub client. The token `bench-<name>` is that of `<name>`'s server; names that begin
with `dana` are authors, with `remy` reviewers. The service's own token is `bench-service`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from tornado import web
from tornado.httpserver import HTTPServer

from bench.processes import HOST, module

SERVICE = "enablement"
SERVICE_TOKEN = "bench-service"
IMAGE = {"image": "datascience", "release": "2026.11.0", "digest": "sha256:" + "0" * 64, "python": "3.11"}
_ROLES = {
    "dana": ("enablement-authors", ("submit", "read")),
    "remy": ("enablement-reviewers", ("submit", "read", "review")),
}


def authorization(name: str) -> dict[str, str]:
    """The header with which this person's server comes."""
    return {"Authorization": f"token bench-{name}"}


def command(port: int) -> list[str]:
    """How to start the fake hub."""
    return module("bench.fake_hub", "--port", str(port))


class Answer(web.RequestHandler):
    """JSON, as the hub's API writes it."""

    def answer(self, model: dict[str, object] | None, without: int) -> None:
        """The model, or the status `without` one."""
        self.set_status(200 if model else without)
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps(model or {"status": without}))

    def asker(self) -> str:
        """The name in the token."""
        return self.request.headers.get("Authorization", "").removeprefix("token ").removeprefix("bench-")


class Me(Answer):
    """`GET /hub/api/user`."""

    def get(self) -> None:
        """The owner of the token that came, 403 for no or an unknown one."""
        self.answer(user_model(self.asker()), 403)


class User(Answer):
    """`GET /hub/api/users/<name>`."""

    def get(self, name: str) -> None:
        """The user with his servers and their state."""
        self.answer(user_model(name), 404)


def user_model(name: str) -> dict[str, object] | None:
    """A user as the hub shows one to a service with `admin:server_state`; None for a name it does not know."""
    kind = name.partition("-")[0]
    if kind not in _ROLES:
        return None
    group, scopes = _ROLES[kind]
    return {
        "kind": "user",
        "name": name,
        "admin": False,
        "created": f"2026-11-24T08:00:00.{crc32(name.encode()) % 1_000_000:06}Z",
        "groups": [group],
        "roles": ["user"],
        "session_id": None,
        "scopes": [
            f"access:servers!server={name}/",
            f"access:services!service={SERVICE}",
            f"read:users:name!user={name}",
            f"read:users:groups!user={name}",
            *(f"custom:enablement:{scope}" for scope in scopes),
        ],
        "server": f"/user/{name}/",
        "servers": {"": server_model(name)},
    }


def server_model(name: str) -> dict[str, object]:
    """The user's default server, running."""
    now = datetime.now(UTC).isoformat()
    return {
        "name": "",
        "full_name": f"{name}/",
        "ready": True,
        "stopped": False,
        "pending": None,
        "started": now,
        "last_activity": now,
        "url": f"/user/{name}/",
        "user_options": {},
        "state": {"pid": 1, "enablement": IMAGE},
    }


async def serve(port: int) -> None:
    """Serve until killed."""
    routes: list[tuple[str, Any]] = [(r"/hub/api/user", Me), (r"/hub/api/users/([^/]+)", User)]
    HTTPServer(web.Application(routes)).listen(port, HOST)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
