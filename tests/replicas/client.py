"""A person's client: one connection for each request, as through a proxy that keeps nobody at one replica."""

from __future__ import annotations

import http.client
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from enablement_ext.core.access.signed_values import ValueSigner
from enablement_ext.service.http.session import SESSION
from tests.polling import PATIENCE
from tests.replicas.hub import HUB_SESSION
from tests.service.factories import SubmissionDraft, cell, notebook
from tests.service.fixtures import NAVIGATION, PREFIX, TAR

PAGES = "http://decide.localhost:8001"  # as browsers would see them, behind something that spreads requests
DANA, REMY, RITA = "dana@server", "remy@server", "rita@server"


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: str = ""  # that it sets, as the browser gives them back

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def fields(self) -> dict[str, str]:
        """The hidden fields of a page's form."""
        return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', self.body.decode()))


@dataclass(frozen=True)
class Event:
    """One of a stream."""

    seq: int
    name: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Client:
    """Asks whatever listens on the port, and for pages on `pages`. Raises `OSError` or `HTTPException` where the connection breaks."""

    port: int
    pages: int = 0

    def visit(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Said:
        """As a browser that navigates."""
        return Client(self.pages).ask(method, path, body, {**NAVIGATION, **(headers or {})})

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Said:
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            wire.request(method, PREFIX + path, body, dict(headers or {}))
            answer = wire.getresponse()
            fields = answer.getheaders()
            cookies = "; ".join(value.partition(";")[0] for key, value in fields if key.lower() == "set-cookie")
            return Said(answer.status, {key.lower(): value for key, value in fields}, answer.read(), cookies)
        finally:
            wire.close()

    def get(self, path: str, token: str = "") -> Said:
        return self.ask("GET", path, None, _bearer(token))

    def act(self, number: int, action: str, token: str, stamp: int) -> Said:
        """Claim, release, withdraw."""
        body = json.dumps({"stamp": stamp}).encode()
        headers = {**_bearer(token), "Content-Type": "application/json"}
        return self.ask("POST", f"/api/v1/submissions/{number}/{action}", body, headers)

    def send(self, draft: SubmissionDraft, token: str = DANA, key: str = "") -> Said:
        headers = {**_bearer(token), "Content-Type": TAR, "Idempotency-Key": key or secrets.token_hex(8)}
        return self.ask("POST", "/api/v1/submissions", draft.bundle(), headers)

    def submission(self, number: int, token: str = REMY) -> dict[str, Any]:
        said = self.get(f"/api/v1/submissions/{number}", token)
        assert said.status == 200, said.body
        found: dict[str, Any] = said.json
        return found

    def page(self, number: int, cookie: str) -> Said:
        """The decision page."""
        return self.visit("GET", f"/decide/{number}", None, {"Cookie": cookie})

    def decide(self, number: int, page: Said, verdict: str, cookie: str) -> Said:
        """Press a button of the page, in the browser that read it."""
        form = urlencode({**page.fields(), "verdict": verdict, "reason": "because"}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": PAGES, "Cookie": cookie}
        return self.visit("POST", f"/decide/{number}", form, headers)

    @contextmanager
    def events(self, token: str, last_seen: int | None = None) -> Iterator[Iterator[Event]]:
        """A stream; it ends when the service ends it. Raises `OSError` when nothing comes for a minute."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            resume = {} if last_seen is None else {"Last-Event-ID": str(last_seen)}
            wire.request("GET", f"{PREFIX}/api/v1/events", headers={**_bearer(token), **resume})
            answer = wire.getresponse()
            assert answer.status == 200, answer.read()
            yield _events(answer)
        finally:
            wire.close()


def _events(answer: http.client.HTTPResponse) -> Iterator[Event]:
    lines: list[str] = []
    while line := answer.readline():
        text = line.decode().rstrip("\n")
        if text:
            lines.append(text)
            continue
        fields = dict(each.split(": ", 1) for each in lines if not each.startswith(":") and ": " in each)
        lines.clear()
        if "event" in fields:
            yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"token {token}"} if token else {}


def browser(name: str, key: bytes = b"k" * 32) -> str:
    """The cookie of somebody who is signed in."""
    until = datetime.now(UTC) + timedelta(hours=1)
    session = {"id": name, "token": f"{name}@browser", "hub": HUB_SESSION}
    return f"{SESSION}={ValueSigner(key).sign('session', session, until)}"


def draft(source: str) -> SubmissionDraft:
    """A notebook like no other."""
    return SubmissionDraft(notebook(cell("a", source)))
