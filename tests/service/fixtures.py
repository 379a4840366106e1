"""The real service over real HTTP on a free port, with any store and the in-memory hub."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.testing import bind_unused_port

from enablement_ext.adapters.memory import ManualClock, MemoryForge
from enablement_ext.adapters.memory.hub import MemoryHub
from enablement_ext.core.access.decision_origin import ServersPlace
from enablement_ext.core.git.forges.ports import Forge
from enablement_ext.core.images.ports import Environments
from enablement_ext.core.review.notifications.ports import Mailer, WebhookPoster
from enablement_ext.core.review.ports import ArtifactStore, ReviewStore
from enablement_ext.service.assembly import ServiceOptions, ServicePorts, build_context
from enablement_ext.service.context import PublicUrls, ServiceContext
from enablement_ext.service.http.listeners import Listener
from enablement_ext.service.http.server import route_table, web_server
from enablement_ext.service.http.session import SESSION
from enablement_ext.service.runtime.signing_key import after
from enablement_ext.service.use_cases.arrival.checks import Finder, find_here
from tests.service import catalog, people
from tests.service.factories import SubmissionDraft

KEY = b"k" * 32
PREFIX = "/services/enablement"
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}
TAR = "application/x-tar"


@dataclass(frozen=True)
class Reply:
    """What the service answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code, "" for a page or a success."""
        problem = "problem+json" in self.headers.get("Content-Type", "")
        found = re.search(rb'data-code="([a-z-]+)"', self.body)
        return str(self.json["code"]) if problem else (found[1].decode() if found else "")


@dataclass
class Service:
    """A running service and a client."""

    context: ServiceContext
    hub: MemoryHub
    clock: ManualClock
    port: int
    pages: int  # the port of the pages' listener
    client: AsyncHTTPClient = field(
        default_factory=lambda: SimpleAsyncHTTPClient(force_instance=True, max_clients=200, max_body_size=2**30)
    )

    async def ask(
        self,
        method: str,
        path: str,
        token: str = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request, to the listener that serves its route. Redirects are not followed."""
        return await self.ask_at(self.port_of(method, path), method, path, token, body, headers)

    def port_of(self, method: str, path: str) -> int:
        """The port of the listener that serves this route; the API's for what is no route."""
        plain = path.partition("?")[0]
        for route in route_table(self.context).routes:
            if route.method == method and re.fullmatch(route.pattern(), plain):
                return self.pages if route.of_pages else self.port
        return self.port

    @property
    def origin(self) -> str:
        """The origin of the pages."""
        return f"http://127.0.0.1:{self.pages}"

    async def ask_at(  # noqa: PLR0917 - a request is what it is
        self,
        port: int,
        method: str,
        path: str,
        token: str = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request to this port."""
        sent = {**({"Authorization": f"token {token}"} if token else {}), **(headers or {})}
        request = HTTPRequest(
            f"http://127.0.0.1:{port}{PREFIX}{path}",
            method=method,
            headers=sent,
            body=body if body is not None or method == "GET" else b"",
            follow_redirects=False,
            request_timeout=120,
        )
        response = await self.client.fetch(request, raise_error=False)
        return Reply(response.code, response.headers, response.body)

    async def get(self, path: str, token: str = "", **headers: str) -> Reply:
        return await self.ask("GET", path, token, headers=headers)

    async def post(self, path: str, token: str, value: object) -> Reply:
        """POST JSON."""
        return await self.ask("POST", path, token, json.dumps(value).encode(), {"Content-Type": "application/json"})

    async def send(
        self, draft: SubmissionDraft, token: str = people.DANA, key: str = "", number: int | None = None
    ) -> Reply:
        """Send a bundle as the lab does."""
        path = "/api/v1/submissions" if number is None else f"/api/v1/submissions/{number}/versions"
        headers = {"Content-Type": TAR, "Idempotency-Key": key or secrets.token_hex(8)}
        return await self.ask("POST", path, token, draft.bundle(), headers)

    async def sent(self, draft: SubmissionDraft | None = None) -> dict[str, Any]:
        """Send something and return the submission as a reviewer sees it."""
        reply = await self.send(draft or SubmissionDraft())
        assert reply.status == 201, reply.body
        return await self.submission(reply.json["submission"])

    async def submission(self, number: int, token: str = people.REMY) -> dict[str, Any]:
        reply = await self.get(f"/api/v1/submissions/{number}", token)
        assert reply.status == 200, reply.body
        found: dict[str, Any] = reply.json
        return found

    async def kinds(self, number: int) -> list[str]:
        """The kinds of the submission's events."""
        events = (await self.get(f"/api/v1/submissions/{number}/events", people.REMY)).json["events"]
        return [event["kind"] for event in events]

    def session(self, token: str) -> dict[str, str]:
        """The headers of a browser that is signed in and navigates."""
        return {**NAVIGATION, "Cookie": f"{SESSION}={self.session_cookie(token)}"}

    def session_cookie(self, token: str) -> str:
        """What the session's cookie holds; the same session whenever it is asked for."""
        begun = self.clock.now().isoformat()
        session = {"id": f"session of {token}", "token": token, "hub": people.HUB_SESSION, "begun": begun}
        return self.context.signer.sign("session", session, after(self.clock.now(), 3600))

    def form(self, token: str) -> dict[str, str]:
        """The headers of a form that a page of ours posts in that browser."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return {**self.session(token), **kind}

    async def page(self, number: int, token: str = people.REMY_BROWSER, query: str = "") -> Reply:
        """The decision page in this person's browser."""
        return await self.ask("GET", f"/decide/{number}{query}", headers=self.session(token))

    async def decide(self, number: int, page: Reply, verdict: str, token: str = "", **more: str) -> Reply:
        """Press the button of a decision page, in the browser of whom it was shown to."""
        fields = {**form_of(page), "verdict": verdict, **more}
        headers = self.form(token or self.reader_of(page))
        return await self.ask("POST", f"/decide/{number}", body=urlencode(fields).encode(), headers=headers)

    def reader_of(self, page: Reply) -> str:
        """The token of the session that a page was shown to, by its ticket."""
        long_ago = self.clock.now() - timedelta(days=1)
        for purpose in ("decision", "package-request", "dispute", "settlement", "notifications", "undelivered"):
            ticket = self.context.signer.open(purpose, form_of(page).get("ticket", ""), long_ago)
            if ticket:
                return str(ticket["session"]).removeprefix("session of ")
        return people.REMY_BROWSER


def form_of(page: Reply) -> dict[str, str]:
    """The hidden fields of a decision page."""
    found = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', page.body.decode())
    return dict(found)


@asynccontextmanager
async def running(
    store: ReviewStore,
    artifacts: ArtifactStore,
    options: ServiceOptions | None = None,
    forge: Forge | None = None,
    find: Finder | None = find_here,
    *,
    environments: Environments | None = None,
    carriers: tuple[Mailer | None, WebhookPoster | None] = (None, None),
) -> AsyncIterator[Service]:
    """Serve until the block ends. What arrives is checked here, with `find` None in processes as in a real service; with `environments` it is
    run again in processes. What is in the outbox is delivered by `carriers` when a test asks for it."""
    hub, clock = MemoryHub(), ManualClock()
    people.fill(hub)
    (socket, port), (pages_socket, pages) = bind_unused_port(), bind_unused_port()
    context = build_context(
        ServicePorts(
            store,
            artifacts,
            hub,
            clock,
            forge or MemoryForge(),
            catalog.filled(),
            catalog.solver(),
            find=find,
            environments=environments,
            mailer=carriers[0],
            poster=carriers[1],
        ),
        at_two_ports(options or ServiceOptions(KEY), port, pages),
    )
    servers = [web_server(context, Listener.API), web_server(context, Listener.PAGES)]
    servers[0].add_socket(socket)
    servers[1].add_socket(pages_socket)
    tasks = [asyncio.create_task(context.events.run(lambda _: None)), asyncio.create_task(context.rerunning.run())]
    service = Service(context, hub, clock, port, pages)
    try:
        yield service
    finally:
        service.client.close()
        for server in servers:
            server.stop()
        context.events.end_all()
        context.rerunning.stop()
        for task in tasks:
            task.cancel()
        for server in servers:
            await server.close_all_connections()
        context.workers.close()
        context.writers.close()
        context.checkers.close()
        context.large_checkers.close()
        context.comparers.close()
        context.checking.close()
        context.notifying.stop()


def at_two_ports(options: ServiceOptions, port: int, pages: int) -> ServiceOptions:
    """The pages have an origin of their own, and servers run elsewhere: decisions are on."""
    urls = PublicUrls(
        hub=f"http://127.0.0.1:{port}/hub/",
        pages=f"http://127.0.0.1:{pages}{PREFIX}/",
        api=f"http://127.0.0.1:{port}{PREFIX}/",
        redirect_uri=f"http://127.0.0.1:{pages}{PREFIX}/oauth_callback",
    )
    return replace(options, urls=urls, servers=ServersPlace.ELSEWHERE)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
