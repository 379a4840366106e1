"""One client for all forges. It never waits longer than half a minute, never goes to another host, and never takes more than it was told to.

What comes back is a value; what goes wrong is one sentence: `refusal` says which.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Overdue
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders, HTTPInputError
from tornado.iostream import UnsatisfiableReadError
from tornado.simple_httpclient import HTTPTimeoutError, SimpleAsyncHTTPClient

from enablement_ext.core.errors import (
    EnablementError,
    ForgeAway,
    ForgeCannot,
    ForgeRefuses,
    NotFound,
    TooLarge,
    TooManyRequests,
)

MOST_BYTES = 32 * 1024 * 1024
_REDIRECTS = 3
_PAGES = 50
_SAFE = frozenset({"GET", "PUT", "DELETE"})  # repeating one of these changes nothing
_GUARD_SECONDS = 2.0
_SAID = 200

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Seconds: to connect, for everything (repetitions included), and the longest that a forge may make us wait before one repetition."""

    connect: float = 5.0
    whole: float = 25.0
    pause: float = 5.0


@dataclass(frozen=True, slots=True)
class ForgeRequest:
    """A request. `path` is below the API's address, or a whole address on its host; `headers` carry the key and are never shown."""

    method: str
    path: str
    headers: Headers = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    most: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class ForgeResponse:
    """An answer, whatever its status."""

    status: int
    headers: HTTPHeaders = field(repr=False)
    body: bytes = field(repr=False)

    def model(self) -> dict[str, object]:
        """The JSON object. Raises `ForgeAway` for anything else."""
        value = self._value()
        if not isinstance(value, dict):
            raise ForgeAway(_NONSENSE)
        return value

    def items(self) -> list[dict[str, object]]:
        """The JSON list of objects; Gitea says `null` for an empty one. Raises `ForgeAway` for anything else."""
        value = self._value()
        value = [] if value is None else value
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise ForgeAway(_NONSENSE)
        return value

    def said(self) -> str:
        """What the forge says about its refusal, on one line, cut."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return ""
        found = " ".join(_texts(value))
        return "".join(mark if mark.isprintable() else " " for mark in found)[:_SAID].strip()

    def _value(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ForgeAway(_NONSENSE) from None


_AWAY = "The forge does not answer. Nothing was lost; try again in a moment."
_SLOW = "The forge took too long to answer. Nothing was lost; try again in a moment."
_NONSENSE = "The forge answers with something else than expected. Nothing was lost; try again in a moment."
_TROUBLE = "The forge has trouble of its own. Nothing was lost; try again in a moment."


def refusal(reply: ForgeResponse) -> EnablementError:
    """The error that an answer other than success is."""
    status, wait = reply.status, waiting(reply)
    if status == 429 or (status == 403 and wait is not None):
        when = f"in {wait:.0f} seconds" if wait and wait < 3600 else "later"
        return TooManyRequests(f"The forge was asked too often. Nothing was lost; try again {when}.")
    if status == 401:
        return ForgeRefuses(
            "The forge no longer accepts the review service's own key. Nothing was lost; tell your platform engineers."
        )
    if status == 403:
        return ForgeRefuses(
            "The forge does not allow the review service to do this. Nothing was lost; tell your platform engineers."
        )
    if status in (404, 410):
        return NotFound()
    if status in (400, 409, 413, 415, 422):
        said = reply.said()
        return ForgeCannot(f"The forge does not take this: {said.rstrip('.')}." if said else None)
    return ForgeAway(_TROUBLE if status >= 500 else _NONSENSE)


def raise_for_status(reply: ForgeResponse) -> ForgeResponse:
    """The answer where it is a success. Raises what `refusal` makes of the rest."""
    if not 200 <= reply.status < 300:
        raise refusal(reply)
    return reply


def waiting(reply: ForgeResponse, now: Callable[[], float] = time.time) -> float | None:
    """For how many seconds the forge asks us to stay away, None where it does not."""
    after = reply.headers.get("Retry-After", "")
    if after.isdecimal() and len(after) < 7:
        return float(after)
    reset = reply.headers.get("X-RateLimit-Reset", reply.headers.get("RateLimit-Reset", ""))
    left = reply.headers.get("X-RateLimit-Remaining", reply.headers.get("RateLimit-Remaining", ""))
    if left == "0":
        return max(0.0, float(reset) - now()) if reset.isdecimal() and len(reset) < 12 else 60.0
    return None


class ForgeClient:
    """Speaks to the API at `api`. Its calls block; they run on one event loop in a thread of its own. Safe from any thread."""

    def __init__(self, api: str, limits: RequestLimits | None = None, ca_file: str = "") -> None:
        self._api = api.rstrip("/")
        self._place = urlsplit(self._api)
        self._limits = limits or RequestLimits()
        self._ca_file = ca_file or None
        self._turn = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: SimpleAsyncHTTPClient | None = None

    def ask(self, call: ForgeRequest) -> ForgeResponse:
        """One question. Raises `ForgeAway` where there is no whole answer in time, `TooLarge`."""
        asked: Future[ForgeResponse] = asyncio.run_coroutine_threadsafe(self._ask(call), self._running())
        try:
            return asked.result(self._limits.whole + _GUARD_SECONDS)
        except (Overdue, TimeoutError):
            asked.cancel()
            raise ForgeAway(_SLOW) from None

    def must(self, call: ForgeRequest) -> ForgeResponse:
        """The answer where it is a success. Raises as `ask`, and what `refusal` makes of the rest."""
        return raise_for_status(self.ask(call))

    def pages(self, call: ForgeRequest) -> Iterator[dict[str, object]]:
        """All items of a list, page by page, at most 50 pages. Raises as `must`."""
        for _ in range(_PAGES):
            reply = self.must(call)
            yield from reply.items()
            following = _next(reply.headers.get("Link", ""))
            if not following:
                return
            call = replace(call, path=following, query={})

    async def _ask(self, call: ForgeRequest) -> ForgeResponse:
        try:
            async with asyncio.timeout(self._limits.whole):
                return await self._patiently(call)
        except TimeoutError:
            raise ForgeAway(_SLOW) from None

    async def _patiently(self, call: ForgeRequest) -> ForgeResponse:
        """Once more where the forge asks for a little patience or was not reached, and repeating does no harm."""
        again = call.method in _SAFE
        try:
            reply = await self._followed(call)
        except ForgeAway as away:
            if not again or away.message != _AWAY:
                raise
            return await self._followed(call)
        pause = waiting(reply) if reply.status in (403, 429, 503) else None
        if again and pause is not None and pause <= self._limits.pause:
            await asyncio.sleep(pause)
            return await self._followed(call)
        return reply

    async def _followed(self, call: ForgeRequest) -> ForgeResponse:
        for _ in range(_REDIRECTS):
            target = self._target(call)
            reply = await self._once(call, target)
            if reply.status not in (301, 302, 307, 308) or call.method != "GET":
                break
            call = replace(call, path=urljoin(target, reply.headers.get("Location", "")), query={})
        return reply

    async def _once(self, call: ForgeRequest, target: str) -> ForgeResponse:
        body = None if call.body is None else json.dumps(call.body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        size = _Size(call.most)
        request = HTTPRequest(
            target,
            method=call.method,
            headers=HTTPHeaders({"Accept": "application/json", "User-Agent": "enablement", **kind, **call.headers}),
            body=body if body is not None or call.method in ("GET", "DELETE") else b"",
            connect_timeout=self._limits.connect,
            request_timeout=self._limits.whole,
            follow_redirects=False,
            decompress_response=False,
            header_callback=size.header,
            allow_nonstandard_methods=True,
            ca_certs=self._ca_file,
        )
        if self._client is None:
            self._client = SimpleAsyncHTTPClient(force_instance=True, max_clients=32, max_body_size=MOST_BYTES)
        try:
            response = await self._client.fetch(request, raise_error=False)
        except (HTTPClientError, HTTPInputError, OSError, UnsatisfiableReadError, ValueError) as problem:
            if size.beyond:
                raise TooLarge(facts={"limit": call.most}) from None
            raise ForgeAway(_SLOW if isinstance(problem, HTTPTimeoutError) else _AWAY) from None
        if 200 <= response.code < 300 and (size.beyond or len(response.body) > call.most):
            raise TooLarge(facts={"limit": call.most})
        return ForgeResponse(response.code, response.headers, response.body)

    def _target(self, call: ForgeRequest) -> str:
        """The whole address. Raises `ForgeAway` for one on another host: our key goes nowhere else."""
        target = call.path if "://" in call.path else f"{self._api}/{call.path.lstrip('/')}"
        place = urlsplit(target)
        if place.hostname != self._place.hostname or place.port != self._place.port:
            raise ForgeAway(_NONSENSE)
        below = f"{place.path}?{place.query}" if place.query else place.path
        more = urlencode(call.query)
        asked = f"{below}{'&' if place.query else '?'}{more}" if more else below
        return f"{self._place.scheme}://{self._place.netloc}{asked}"

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._turn:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="enablement-forge", daemon=True).start()
            return self._loop


@dataclass(slots=True)
class _Size:
    """What an answer's head says about its size."""

    most: int
    beyond: bool = False

    def header(self, line: str) -> None:
        name, _, value = line.partition(":")
        size = value.strip()
        if name.lower() == "content-length" and size.isdecimal():
            self.beyond = len(size) > 15 or int(size) > self.most


def _next(link: str) -> str:
    """The address of the next page (RFC 8288), "" for none."""
    for part in link.split(","):
        address, _, rest = part.strip().partition(">")
        if address.startswith("<") and 'rel="next"' in rest:
            return address[1:]
    return ""


def _texts(value: object) -> Iterator[str]:
    """The words in what a forge says: its messages come as text, list, or lists below the names of fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value[:5]:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in list(value.items())[:10]:
            if name not in ("documentation_url", "url", "status", "resource", "code", "field"):
                yield from _texts(item)
