"""A person's browser session at a hub, as plain HTTP: log in, start a server, run code in it."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
from websockets.sync.client import connect

from tests.polling import PATIENCE, until

START_SECONDS = 240.0


@dataclass(slots=True)
class HubSession:
    """One person at one hub."""

    url: str
    name: str
    browser: requests.Session = field(default_factory=requests.Session)

    def log_in(self, password: str) -> requests.Response:
        """Logs in through the form; the response is the page that follows."""
        self.browser.get(f"{self.url}/hub/login", timeout=PATIENCE)
        form = {"username": self.name, "password": password, "_xsrf": self._xsrf("/hub/")}
        return self.browser.post(f"{self.url}/hub/login?next=/hub/home", data=form, timeout=PATIENCE)

    def spawn_page(self) -> str:
        """The spawn page's HTML."""
        return self.browser.get(f"{self.url}/hub/spawn", timeout=PATIENCE).text

    def spawn(self, form: dict[str, str], server: str = "") -> float:
        """Submits the spawn page and returns the seconds until the server is ready; 0 when it runs already."""
        if self.server(server).get("ready"):
            return 0.0
        began = time.monotonic()
        self.browser.get(f"{self.url}/hub/spawn/{self.name}/{server}".rstrip("/"), timeout=PATIENCE)
        address = f"{self.url}/hub/spawn/{self.name}/{server}".rstrip("/")
        answer = self.browser.post(address, params={"_xsrf": self._xsrf("/hub/")}, data=form, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text[-2000:]
        self.wait_for_server(server)
        return time.monotonic() - began

    def wait_for_server(self, name: str = "") -> None:
        """Returns when the server is ready."""
        until(
            lambda: self.server(name).get("ready"), within=START_SECONDS, what=f"{self.name}'s server {name} is ready"
        )

    def hub_api(self, method: str, path: str, **more: Any) -> requests.Response:
        """A call of the hub's API with the browser's cookies."""
        headers = {"X-XSRFToken": self._xsrf("/hub/"), "Referer": f"{self.url}/hub/home"}
        return self.browser.request(method, f"{self.url}/hub/api/{path}", headers=headers, timeout=PATIENCE, **more)

    def user(self) -> dict[str, Any]:
        """The hub's model of this person."""
        model: dict[str, Any] = self.hub_api("GET", f"users/{self.name}").json()
        return model

    def server(self, name: str = "") -> dict[str, Any]:
        """The hub's model of one of the servers; empty when there is none."""
        model: dict[str, Any] = self.user().get("servers", {}).get(name, {})
        return model

    def stop_servers(self) -> None:
        """Stops every server of this person and waits until they are gone."""
        for name in self.user().get("servers", {}):
            self.hub_api("DELETE", f"users/{self.name}/servers/{name}" if name else f"users/{self.name}/server")
        until(
            lambda: all(server["stopped"] for server in self.user().get("servers", {}).values()),
            within=PATIENCE,
            what=f"{self.name}'s servers are gone",
        )

    def run(self, code: str, server: str = "") -> str:
        """Runs code in a fresh kernel of the person's server; returns what it printed, or the error's name and value."""
        base = f"{self.url}/user/{quote(self.name)}/{server}".rstrip("/")
        self.browser.get(f"{base}/lab", timeout=PATIENCE)
        path = base.removeprefix(self.url)
        headers = {"X-XSRFToken": self._xsrf(f"{path}/")}
        kernel = self.browser.post(f"{base}/api/kernels", headers=headers, json={}, timeout=PATIENCE)
        assert kernel.status_code == 201, kernel.text
        identity = kernel.json()["id"]
        try:
            return self._printed(f"{base}/api/kernels/{identity}/channels", code)
        finally:
            self.browser.delete(f"{base}/api/kernels/{identity}", headers=headers, timeout=PATIENCE)

    def _printed(self, address: str, code: str) -> str:
        cookies = "; ".join(
            f"{c.name}={c.value}" for c in self.browser.cookies if address.removeprefix(self.url).startswith(c.path)
        )
        message = {
            "header": {
                "msg_id": uuid.uuid4().hex,
                "msg_type": "execute_request",
                "username": "",
                "session": uuid.uuid4().hex,
                "version": "5.3",
            },
            "parent_header": {},
            "metadata": {},
            "channel": "shell",
            "content": {"code": code, "silent": False, "store_history": False, "allow_stdin": False},
            "buffers": [],
        }
        said = ""
        with connect(
            address.replace("http", "ws", 1), additional_headers={"Cookie": cookies}, origin=None, proxy=None
        ) as socket:
            socket.send(json.dumps(message))
            while True:
                got = json.loads(socket.recv(timeout=PATIENCE))
                if got.get("parent_header", {}).get("msg_id") != message["header"]["msg_id"]:  # type: ignore[index]
                    continue
                if got["msg_type"] == "stream":
                    said += got["content"]["text"]
                elif got["msg_type"] == "error":
                    said += f"{got['content']['ename']}: {got['content']['evalue']}"
                elif got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                    return said

    def _xsrf(self, path: str) -> str:
        return next((c.value or "" for c in self.browser.cookies if c.name == "_xsrf" and c.path == path), "")
