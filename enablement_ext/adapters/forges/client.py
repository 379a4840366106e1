"""The HTTP client of all forges, on httpx (docs/adr/0029-httpx-and-pyjwt.md).

* A call ends within `RequestLimits.total`, name look-up, repetition and last byte included.
* No request leaves the API's host and scheme, whatever a redirect or a `Link` header says.
* A body larger than the request allows is not read.
* Only GET, PUT and DELETE are repeated, once.
* A proxy of the environment (`HTTPS_PROXY`, `NO_PROXY`) is used for https alone, where it forwards TLS that it cannot read.
* No cookie is kept. No error and no log line has a header, a query or a body in it.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from enablement_ext.adapters.forges.responses import (
    TIMED_OUT,
    UNEXPECTED,
    UNREACHABLE,
    ForgeResponse,
    raise_for_status,
    retry_after,
)
from enablement_ext.core.errors import ForgeAway, TooLarge

MAX_BODY = 32 * 1024 * 1024
_MAX_ERROR_BODY = 1024 * 1024
_MAX_REQUESTS = 3  # a request and the redirects that it may lead to
_MAX_PAGES = 50
_MAX_CONNECTIONS = 32
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_REDIRECTS = frozenset({301, 302, 307, 308})
_GUARD_SECONDS = 2.0
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "enablement"}

for _name in ("httpx", "httpcore"):  # at INFO they log whole addresses, at DEBUG headers
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Seconds: to connect, for everything (repetitions included), and the longest that a forge may make us wait before one repetition."""

    connect: float = 5.0
    total: float = 25.0
    pause: float = 5.0


@dataclass(frozen=True, slots=True)
class ForgeRequest:
    """A request. `path` is below the API's address, or a whole address on its host; `headers` carry the credential and are never shown."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    max_body: int = MAX_BODY


class ForgeClient:
    """Speaks to the API at `api`. Its calls block; httpx runs on one event loop in a thread of its own. Safe from any thread.

    On an event loop, as only there one limit covers everything: httpx's own timeouts are for each step, and none of them for looking up a name.
    """

    def __init__(self, api: str, limits: RequestLimits | None = None, ca_file: str = "") -> None:
        """Raises `ValueError` for a file without certificates, and for a proxy in the environment that cannot be used."""
        self._api = httpx.URL(api.rstrip("/"))
        self._limits = limits or RequestLimits()
        self._http = _http_client(self._limits, _tls(ca_file), proxies=self._api.scheme == "https")
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def send(self, request: ForgeRequest) -> ForgeResponse:
        """One request. Raises `ForgeAway` where there is no whole response in time, `TooLarge`."""
        sent: Future[ForgeResponse] = asyncio.run_coroutine_threadsafe(self._send(request), self._running_loop())
        try:
            return sent.result(self._limits.total + _GUARD_SECONDS)
        except TimeoutError:
            sent.cancel()
            raise ForgeAway(TIMED_OUT) from None

    def send_checked(self, request: ForgeRequest) -> ForgeResponse:
        """The response where its status is a success. Raises as `send` and `raise_for_status`."""
        return raise_for_status(self.send(request))

    def pages(self, request: ForgeRequest) -> Iterator[dict[str, object]]:
        """All items of a list, page by page, at most 50 pages. Raises as `send_checked`."""
        for _ in range(_MAX_PAGES):
            response = self.send_checked(request)
            yield from response.items()
            if not response.next_page:
                return
            request = replace(request, path=response.next_page, query={})

    async def _send(self, request: ForgeRequest) -> ForgeResponse:
        try:
            async with asyncio.timeout(self._limits.total):
                return await self._send_with_retry(request)
        except (TimeoutError, httpx.TimeoutException):
            raise ForgeAway(TIMED_OUT) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):  # their messages may quote what was sent
            raise ForgeAway(UNREACHABLE) from None

    async def _send_with_retry(self, request: ForgeRequest) -> ForgeResponse:
        repeatable = request.method in _IDEMPOTENT
        try:
            response = await self._send_following_redirects(request)
        except (httpx.NetworkError, httpx.ProtocolError):
            if not repeatable:
                raise
            return await self._send_following_redirects(request)
        pause = retry_after(response) if response.status in (403, 429, 503) else None
        if repeatable and pause is not None and pause <= self._limits.pause:
            await asyncio.sleep(pause)
            return await self._send_following_redirects(request)
        return response

    async def _send_following_redirects(self, request: ForgeRequest) -> ForgeResponse:
        """httpx would follow one to another host."""
        path = request.path
        url = httpx.URL(path) if "://" in path else httpx.URL(f"{self._api}/{path.lstrip('/')}")
        url = url.copy_merge_params(request.query)
        for _ in range(_MAX_REQUESTS):
            response = await self._send_once(request, self._on_host(url))
            if response.status not in _REDIRECTS or request.method != "GET":
                break
            url = url.join(response.headers.get("Location", ""))
        return response

    async def _send_once(self, request: ForgeRequest, url: httpx.URL) -> ForgeResponse:
        async with self._http.stream(request.method, url, headers=request.headers, json=request.body) as response:
            body = await _read_body(response, request.max_body)
            next_page = response.links.get("next", {}).get("url", "")
            return ForgeResponse(response.status_code, response.headers, body, next_page)

    def _on_host(self, url: httpx.URL) -> httpx.URL:
        """The address by the API's own scheme. Raises `ForgeAway` for another host: our credential goes nowhere else."""
        if (url.host, url.port) != (self._api.host, self._api.port):
            raise ForgeAway(UNEXPECTED)
        return self._api.copy_with(raw_path=url.raw_path)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="enablement-forge", daemon=True).start()
            return self._loop


async def _read_body(response: httpx.Response, limit: int) -> bytes:
    """As it was sent: unpacking could grow beyond the limit. An error's body is cut at a limit of its own. Raises `TooLarge`."""
    if not response.is_success:
        limit = _MAX_ERROR_BODY
    elif int(response.headers.get("Content-Length", 0)) > limit:
        raise TooLarge(facts={"limit": limit})
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            if response.is_success:
                raise TooLarge(facts={"limit": limit})
            break
    return bytes(body[:limit])


def _tls(ca_file: str) -> ssl.SSLContext:
    """The system's authorities (or `SSL_CERT_FILE`), not the list that httpx brings along; or those of a file alone."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError:
        raise ValueError(f"ca_file has no certificates that can be read: {ca_file}") from None


def _http_client(limits: RequestLimits, tls: ssl.SSLContext, *, proxies: bool) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(
            headers=_HEADERS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            verify=tls,
            timeout=httpx.Timeout(limits.total, connect=limits.connect),
            limits=httpx.Limits(max_connections=_MAX_CONNECTIONS),
            trust_env=proxies,
        )
    except (ImportError, ValueError, httpx.InvalidURL):  # SOCKS, another scheme, no address
        raise ValueError("the proxy that the environment names is no address with http or https") from None
