"""One of the demo's people at work: signs in with their password, and does what a person does in the lab and on the decision page."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from enablement_ext.cli.tour.browser import NAVIGATION, Browser, TourFailed
from enablement_ext.cli.tour.stories import FOLDER, Step, Story, cell_id

_SERVER_SECONDS = 300.0
_SERVICE = "/services/enablement/"


@dataclass(slots=True)
class PersonAtWork:
    """Signed in at the hub at `url`; `home` is their folder on this machine."""

    url: str
    name: str
    home: Path
    browser: Browser = field(default_factory=Browser)
    _token: str = field(default="", repr=False)
    _token_id: str = ""

    def sign_in(self, password: str) -> None:
        """Through the hub's form; then a token for what the lab would do. Raises `TourFailed`."""
        login = self.browser.open(f"{self.url}/hub/login")
        self.browser.submit(login, {"username": self.name, "password": password})
        made = self._hub("POST", f"users/{quote(self.name)}/tokens", {"note": "demo tour", "expires_in": 3600})
        self._token, self._token_id = str(made["token"]), str(made["id"])

    def ask_for_server(self) -> None:
        """Have the hub start the person's server in the recommended image."""
        if not self._server().get("ready"):
            self._hub("POST", f"users/{quote(self.name)}/server", {})

    def open_lab(self, stopped: Callable[[], bool]) -> None:
        """Wait for the server, and go to its lab; not any more once `stopped`. Raises `TourFailed`."""
        deadline = time.monotonic() + _SERVER_SECONDS
        while not self._server().get("ready"):
            if stopped():
                return
            if time.monotonic() > deadline:
                raise TourFailed(f"{self.name}'s server does not start")
            time.sleep(0.5)
        self.browser.open(f"{self._lab()}lab")

    def leave(self) -> None:
        """Stop the server and give the token back."""
        if self._server().get("ready"):
            self._hub("DELETE", f"users/{quote(self.name)}/server")
        if self._token_id:
            self._hub("DELETE", f"users/{quote(self.name)}/tokens/{self._token_id}")

    def sent(self) -> list[dict[str, Any]]:
        """The person's own submissions."""
        items: list[dict[str, Any]] = self._service("GET", "submissions?filter=sent&limit=200")["items"]
        return items

    def send(self, story: Story, version: int, number: int | None) -> int:
        """Save the notebook of this version, and send it from the lab; the submission's number. Raises `TourFailed`."""
        path = f"{FOLDER}/{story.file}.ipynb"
        content = story.notebook(version)
        (self.home / FOLDER).mkdir(parents=True, exist_ok=True)
        (self.home / path).write_bytes(content)
        wanted: dict[str, object] = {
            "key": secrets.token_hex(16),
            "path": path,
            "sha256": hashlib.sha256(content).hexdigest(),
            "answers": dict(story.answers),
            "files": [],
            "submission": number,
            "stamp": self._stamp(number) if number else None,
        }
        base = self._lab()
        headers = {"X-XSRFToken": self.browser.cookie("_xsrf", base.removeprefix(self.url)), "Referer": f"{base}lab"}
        answer = self.browser.call("POST", f"{base}enablement/send", headers, wanted)
        last = json.loads(answer.body.splitlines()[-1])
        if "receipt" not in last:
            raise TourFailed(f"“{story.title}” was not sent: {last.get('problem', last)}")
        return int(last["receipt"]["submission"])

    def do(self, step: Step, number: int) -> None:
        """A step of a story that is no sending. Raises `TourFailed`."""
        if step.what in {"approve", "request_changes", "reject"}:
            self._decide(number, step)
        elif step.what == "comment":
            anchor = {"cell": None if step.cell is None else cell_id(step.cell), "lines": None, "output": None}
            version = self._service("GET", f"submissions/{number}")["latest"]
            new = {"version": version, "anchor": anchor, "text": step.text}
            self._service("POST", f"submissions/{number}/threads", new)
        elif step.what == "reply":
            self._service("POST", f"threads/{self._thread(number)}/comments", {"text": step.text})
        elif step.what == "resolve":
            self._service("POST", f"threads/{self._thread(number)}/resolve")
        else:
            reason = {"reason": step.text} if step.text else {}
            self._service("POST", f"submissions/{number}/{step.what}", {"stamp": self._stamp(number), **reason})

    def _decide(self, number: int, step: Step) -> None:
        """On the decision page, where the service says that it is."""
        decisions = self._service("GET", "whoami").get("decisions")
        base = urljoin(self.url, decisions["url"] if decisions else _SERVICE)
        page = self.browser.open(f"{base}decide/{number}", NAVIGATION)
        if page.status != 200:
            raise TourFailed(f"the decision page of #{number} answered {page.status}")
        done = self.browser.submit(page, {"verdict": step.what, "reason": step.text})
        if done.status != 200:
            raise TourFailed(f"the decision on #{number} was answered with {done.status}")

    def _thread(self, number: int) -> int:
        """The newest thread."""
        return int(self._service("GET", f"submissions/{number}/threads")["threads"][-1]["id"])

    def _stamp(self, number: int) -> int:
        return int(self._service("GET", f"submissions/{number}")["stamp"])

    def _service(self, method: str, path: str, value: object = None) -> dict[str, Any]:
        address = f"{self.url}{_SERVICE}api/v1/{path}"
        page = self.browser.call(method, address, {"Authorization": f"token {self._token}"}, value)
        answer: dict[str, Any] = page.json
        return answer

    def _hub(self, method: str, path: str, value: object = None) -> dict[str, Any]:
        headers = {"X-XSRFToken": self.browser.cookie("_xsrf", "/hub/"), "Referer": f"{self.url}/hub/home"}
        page = self.browser.call(method, f"{self.url}/hub/api/{path}", headers, value)
        answer: dict[str, Any] = page.json if page.body else {}
        return answer

    def _server(self) -> dict[str, Any]:
        servers: dict[str, dict[str, Any]] = self._hub("GET", f"users/{quote(self.name)}").get("servers", {})
        return servers.get("", {})

    def _lab(self) -> str:
        return f"{self.url}/user/{quote(self.name)}/"
