"""As much of a browser as the demo's people need: cookies, redirects, forms, JSON. No proxy: everything is on this machine."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

_SECONDS = 60.0
# What a browser says of a page that a person opens or a form that they send.
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html"}


class TourFailed(Exception):
    """Something did not go as it does for a person; the message is one line."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was answered, after every redirect; `url` is where that led."""

    url: str
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON. Raises `TourFailed`."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise TourFailed(f"{urlsplit(self.url).path} answered {self.status}, which is no JSON") from None


@dataclass(slots=True)
class Browser:
    """One person's browser."""

    cookies: CookieJar = field(default_factory=CookieJar)

    def open(self, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Page:
        """GET, or POST where there is a body. Raises `TourFailed` where nothing answers."""
        return self._ask(_request(url, headers or {}, body))

    def call(self, method: str, url: str, headers: Mapping[str, str], value: object = None) -> Page:
        """A call of an API. Raises `TourFailed` for a refusal."""
        body = None if value is None else json.dumps(value).encode()
        sent = {"Accept": "application/json", "Content-Type": "application/json", **headers}
        page = self._ask(_request(url, sent, body, method))
        if page.status >= 400:
            raise TourFailed(f"{method} {urlsplit(url).path}: {page.status} {_told(page)}")
        return page

    def submit(self, page: Page, fields: Mapping[str, str]) -> Page:
        """Send the page's form, as its button does. Raises `TourFailed` where there is none."""
        form = _Form()
        form.feed(page.body.decode("utf-8", "replace"))
        if form.action is None:
            raise TourFailed(f"{urlsplit(page.url).path} has no form ({page.status})")
        at = urlsplit(page.url)
        headers = {
            **NAVIGATION,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"{at.scheme}://{at.netloc}",
        }
        return self.open(urljoin(page.url, form.action), headers, urlencode({**form.hidden, **fields}).encode())

    def cookie(self, name: str, path: str) -> str:
        """The value of a cookie, "" where there is none."""
        return next((each.value or "" for each in self.cookies if each.name == name and each.path == path), "")

    def _ask(self, request: urllib.request.Request) -> Page:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                return Page(answer.geturl(), answer.status, answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Page(refusal.geturl(), refusal.code, refusal.read())
        except OSError as problem:
            raise TourFailed(f"{urlsplit(request.full_url).path}: {problem}") from None


def _request(
    url: str, headers: Mapping[str, str], body: bytes | None, method: str | None = None
) -> urllib.request.Request:
    return urllib.request.Request(url, body, dict(headers), method=method)  # noqa: S310 - addresses of this machine's hub


class _Form(HTMLParser):
    """The first form of a page: where it goes, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action = found.get("action", "")
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found.get("name", "")] = found.get("value", "")


def _told(page: Page) -> str:
    try:
        document = json.loads(page.body)
    except ValueError:
        return ""
    return str(document.get("detail") or document.get("message") or "") if isinstance(document, dict) else ""
