"""The hub, asked through its REST API.

`GET /user` with a caller's token says who that is; `GET /users/NAME` with the service's own token says when the hub made the account, what the
spawner recorded and which groups somebody is in, and `GET /groups/NAME` who is in one. What the hub answers is mapped on purpose, status by status:

| asked | answer | becomes |
|---|---|---|
| who is this token | 200, a user | `Principal`; for a browser's token also the hub session it was given in |
| | 200, a service; 401; 403 | `NotSignedIn` |
| about a user | 200 | what was asked |
| | 404 | `UnknownImage`, `NotFound`, no account |
| | 200 without the time of creation (the service lacks `read:users`) | `HubUnavailable` |
| anything | anything else, no answer, no JSON | `HubUnavailable` |
| | no time to listen to the answer | `TooManyRequests` |

Answers about tokens are remembered under the token's SHA-256 (the token itself is never kept) for at most 5 minutes, so that a
revocation is seen in time; what is remembered is bounded, and the same question is asked once however many wait for the answer.
After `HubAddress.remember` seconds the hub is asked again; when it cannot be asked then, the last good answer serves the rest of its 5 minutes.

A time-out is the hub's silence only where this process itself was on time: where its event loop came late, or where the question waited here
while the hub answered others, it is `TooManyRequests`.
"""

from __future__ import annotations

import asyncio
import errno
import json
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

from cachetools import TTLCache
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.simple_httpclient import HTTPTimeoutError, SimpleAsyncHTTPClient

from enablement_ext.core.access.people import UNTOLD, Account
from enablement_ext.core.errors import (
    EnablementError,
    HubUnavailable,
    NotFound,
    NotSignedIn,
    TooManyRequests,
    UnknownImage,
)
from enablement_ext.core.review.models import ImageRef, Principal

CUSTOM = "custom:enablement:"
LONGEST_SECONDS = 300.0
_SERVER = "access:servers!server="
_REFUSED_SECONDS = 5.0
_ASKED_AGAIN = 3  # where an account is renamed while it is asked about
_SILENT_SECONDS = 5.0  # so long nobody else asks what the hub did not answer, where there is a last good answer
_AT_ONCE = 32  # questions on their way
_WAITING = 400  # and as many more may wait here
_TICKS = 20  # of a time-out, which a loop that is on time makes
_ON_TIME = 0.5  # of them
_OURS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL}
)  # this machine's lack, not the hub's
_BUSY = "The review service has too much to do at the moment. Nothing was lost; try again in a moment."

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class HubAddress:
    """Where the hub's API is, with which token the service asks, and its OAuth client. `tls`: see `internal_tls`. Times in seconds."""

    api_url: str
    token: str
    client_id: str = ""
    redirect_uri: str = ""
    timeout: float = 10.0
    remember: float = 60.0
    tls: ssl.SSLContext | None = None


def internal_tls(environ: Mapping[str, str]) -> ssl.SSLContext | None:
    """How a hub with `internal_ssl` is asked: with the certificate that it gave this process. None where it gave none.

    Raises `OSError` where the files that it names cannot be used.
    """
    key, certificate = environ.get("JUPYTERHUB_SSL_KEYFILE", ""), environ.get("JUPYTERHUB_SSL_CERTFILE", "")
    if not key or not certificate:
        return None
    context = ssl.create_default_context(cafile=environ.get("JUPYTERHUB_SSL_CLIENT_CA") or None)
    context.load_cert_chain(certificate, key)
    return context


class HubAnswerCache(Generic[Value]):
    """Answers of the hub for `seconds` (at most `LONGEST_SECONDS`) and at most `most` of them, the least recently used given up first.

    Beyond a TTL cache: concurrent callers share one question, refusals are remembered for at most `_REFUSED_SECONDS` and apart, so that
    guessing tokens evicts no answer. While the hub cannot be asked the last good answer serves, at most `LONGEST_SECONDS` after it was
    given; with 0 `seconds` never. `now` counts seconds and never goes back.
    """

    def __init__(self, seconds: float, most: int = 10_000, now: Callable[[], float] = time.monotonic) -> None:
        ttl = min(seconds, LONGEST_SECONDS)
        self._answers: TTLCache[bytes, Value] = TTLCache(most, ttl, now)
        self._refusals: TTLCache[bytes, EnablementError] = TTLCache(most, min(ttl, _REFUSED_SECONDS), now)
        self._last: TTLCache[bytes, Value] = TTLCache(most, LONGEST_SECONDS if seconds > 0 else 0, now)
        self._silent: TTLCache[bytes, bool] = TTLCache(most, _SILENT_SECONDS, now)
        self._asking: dict[bytes, asyncio.Future[Value]] = {}

    async def get(self, key: bytes, ask: Callable[[], Awaitable[Value]]) -> Value:
        """The remembered answer, else what `ask` says; raises what it raises."""
        answer = self._answers.get(key)
        if answer is not None:
            return answer
        refusal = self._refusals.get(key)
        if refusal is not None:
            raise type(refusal)(refusal.message)
        last = self._last.get(key)
        if last is not None and key in self._silent:
            return last
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.ensure_future(self._ask(key, ask))
            self._asking[key] = asking
        return await asyncio.shield(asking)  # one caller that leaves does not take the answer from the others

    def remembered(self, key: bytes) -> Value | None:
        """The remembered answer, None where there is none."""
        return self._answers.get(key)

    async def _ask(self, key: bytes, ask: Callable[[], Awaitable[Value]]) -> Value:
        try:
            answer = await ask()
        except (NotSignedIn, UnknownImage) as refusal:
            self._answers.pop(key, None)
            self._last.pop(key, None)
            self._refusals[key] = refusal
            raise
        except (HubUnavailable, TooManyRequests):
            last = self._last.get(key)
            if last is None:
                raise
            self._silent[key] = True
            return last
        finally:
            self._asking.pop(key, None)
        self._answers[key] = self._last[key] = answer
        self._silent.pop(key, None)
        return answer

    def __len__(self) -> int:
        """How many answers are remembered."""
        return len(self._answers)


def _key(user: str, server: str, token: str) -> bytes:
    return sha256(f"{token}\n{user}\n{server}".encode()).digest()


class HubApi:
    """A `HubDirectory` over the hub's REST API. Lives on one event loop."""

    def __init__(self, address: HubAddress, now: Callable[[], float] = time.monotonic) -> None:
        self._address = address
        self._client: AsyncHTTPClient = SimpleAsyncHTTPClient(force_instance=True, max_clients=_AT_ONCE)
        self._open = 0  # questions that are on their way or wait here
        self._answered_at = float("-inf")  # by the loop's clock
        self._principals: HubAnswerCache[Principal] = HubAnswerCache(address.remember, now=now)
        self._images: HubAnswerCache[ImageRef] = HubAnswerCache(address.remember, now=now)

    async def principal(self, token: str) -> Principal:
        """Who this token is. Raises `NotSignedIn`, `HubUnavailable`."""
        return await self._principals.get(sha256(token.encode()).digest(), lambda: self._ask_principal(token))

    async def browser_user(self, token: str) -> tuple[Principal, str]:
        """Who this token is and the hub session it belongs to, asked now. Raises `NotSignedIn`, `HubUnavailable`."""
        who, model = await self._ask_owner(token)
        session = model.get("session_id")
        return who, session if isinstance(session, str) else ""

    async def image_of(self, user: str, server: str, *, token: str = "") -> ImageRef:
        """What the spawner recorded for this server. Raises `UnknownImage`, `HubUnavailable`."""
        if not token:
            return await self._ask_image(user, server)
        return await self._images.get(_key(user, server, token), lambda: self._ask_image(user, server))

    def remembered_image(self, user: str, server: str, token: str) -> ImageRef | None:
        """What `image_of` would answer from memory."""
        return self._images.remembered(_key(user, server, token))

    async def groups_of(self, user: str) -> frozenset[str]:
        """The user's groups, asked now. Raises `NotFound`, `HubUnavailable`."""
        response = await self._fetch(f"/users/{quote(user, safe='')}", self._address.token)
        if response.code == 404:
            raise NotFound
        return _texts(_object(response, "groups of a user").get("groups"))

    async def members_of(self, group: str) -> frozenset[str]:
        """The group's users, asked now. Raises `HubUnavailable`."""
        response = await self._fetch(f"/groups/{quote(group, safe='')}", self._address.token)
        if response.code == 404:
            return frozenset()
        users = _object(response, "a group").get("users")
        if not isinstance(users, list):  # the service lacks `read:groups`
            raise HubUnavailable(facts={"reason": "members"})
        return _texts(users)

    async def account_of(self, user: str) -> Account | None:
        """The account of this name, asked now. Raises `HubUnavailable`."""
        response = await self._fetch(f"/users/{quote(user, safe='')}", self._address.token)
        return None if response.code == 404 else account_in(_object(response, "an account"))

    async def sign_in(self, code: str, verifier: str) -> str:
        """The token for an OAuth code. Raises `NotSignedIn`, `HubUnavailable`."""
        form = {
            "client_id": self._address.client_id,
            "client_secret": self._address.token,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._address.redirect_uri,
            "code_verifier": verifier,
        }
        response = await self._fetch("/oauth2/token", "", urlencode(form))
        if response.code in (400, 401, 403):
            raise NotSignedIn
        token = _object(response, "a token for a code").get("access_token")
        if not isinstance(token, str):
            raise HubUnavailable(facts={"asked": "a token for a code"})
        return token

    async def _ask_principal(self, token: str) -> Principal:
        return (await self._ask_owner(token))[0]

    async def _ask_owner(self, token: str) -> tuple[Principal, Mapping[str, object]]:
        """A token says a name, and the account of that name its time. Asked once more: the name must not have changed hands in between."""
        before = principal_of(await self._ask_user(token))
        for _ in range(_ASKED_AGAIN):
            account, model = await self.account_of(before.name), await self._ask_user(token)
            after = principal_of(model)
            if account is not None and account.name == before.name == after.name:
                return replace(after, account=account), model
            before = after
        raise HubUnavailable(facts={"reason": "renamed"})

    async def _ask_user(self, token: str) -> Mapping[str, object]:
        response = await self._fetch("/user", token)
        if response.code in (401, 403):
            raise NotSignedIn
        return _object(response, "a token")

    async def _ask_image(self, user: str, server: str) -> ImageRef:
        response = await self._fetch(f"/users/{quote(user, safe='')}?include_stopped_servers=1", self._address.token)
        if response.code == 404:
            raise UnknownImage
        return image_in(_object(response, "servers of a user"), server)

    async def _fetch(self, path: str, token: str, form: str | None = None) -> HTTPResponse:
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"token {token}"
        request = HTTPRequest(
            self._address.api_url.rstrip("/") + path,
            method="GET" if form is None else "POST",
            headers=headers,
            body=form,
            connect_timeout=self._address.timeout,
            request_timeout=self._address.timeout,
            follow_redirects=False,
            ssl_options=self._address.tls,
        )
        if self._open >= _AT_ONCE + _WAITING:
            raise TooManyRequests(_BUSY)
        self._open += 1
        try:
            return await self._answer(request)
        finally:
            self._open -= 1

    async def _answer(self, request: HTTPRequest) -> HTTPResponse:
        loop = asyncio.get_running_loop()
        asked_at, ticks = loop.time(), 0
        answer = asyncio.ensure_future(self._client.fetch(request, raise_error=False))
        while not answer.done():
            await asyncio.wait({answer}, timeout=self._address.timeout / _TICKS)
            ticks += 1
        try:
            response = answer.result()
        except HTTPTimeoutError as late:
            here = "in request queue" in str(late) and self._answered_at > asked_at
            if here or ticks < _TICKS * _ON_TIME:
                raise TooManyRequests(_BUSY) from None
            raise HubUnavailable(facts={"reason": type(late).__name__}) from None
        except (OSError, HTTPClientError) as problem:
            if isinstance(problem, OSError) and problem.errno in _OURS:
                raise TooManyRequests(_BUSY) from None
            raise HubUnavailable(facts={"reason": type(problem).__name__}) from None
        self._answered_at = loop.time()
        return response


def principal_of(model: Mapping[str, object]) -> Principal:
    """The principal of the hub's model of a token's owner. Raises `NotSignedIn` for a service, `HubUnavailable` for no model."""
    if model.get("kind") == "service":
        raise NotSignedIn("This is a service's token. Send as a person.")
    name = model.get("name")
    if not isinstance(name, str) or not name:
        raise HubUnavailable(facts={"reason": "model"})
    scopes = _texts(model.get("scopes"))
    return Principal(
        name=name,
        groups=_texts(model.get("groups")),
        # A custom scope that is narrowed by a filter (`…!group=x`) is not the whole scope, so it does not count.
        scopes=frozenset(s.removeprefix(CUSTOM) for s in scopes if s.startswith(CUSTOM) and "!" not in s),
        server=server_in(name, scopes),
    )


def account_in(model: Mapping[str, object]) -> Account:
    """The account of the hub's model of a user. Raises `HubUnavailable` where the model does not say when it was made."""
    name, created = model.get("name"), model.get("created", "")
    if created is None:  # made by a hub that kept no times yet
        return Account(str(name), UNTOLD)
    try:
        at = datetime.fromisoformat(str(created))
    except ValueError:
        raise HubUnavailable(facts={"reason": "created"}) from None
    return Account(str(name), at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))


def server_in(user: str, scopes: frozenset[str]) -> str | None:
    """The server this user's token belongs to ("" is the default server), None where it is not one server's."""
    mine = f"{_SERVER}{user}/"
    servers = [scope.removeprefix(mine) for scope in scopes if scope.startswith(mine)]
    return servers[0] if len(servers) == 1 else None


def image_in(model: Mapping[str, object], server: str) -> ImageRef:
    """What stands in the server's state. Raises `UnknownImage`."""
    inner: object = model
    for key in ("servers", server, "state", "enablement"):
        if not isinstance(inner, dict) or key not in inner:
            raise UnknownImage
        inner = inner[key]
    if not isinstance(inner, dict):
        raise UnknownImage
    parts = [inner.get("image"), inner.get("release"), inner.get("digest"), inner.get("python")]
    texts = [part for part in parts if isinstance(part, str) and part]
    if len(texts) != len(parts):
        raise UnknownImage
    return ImageRef(*texts)


def _object(response: HTTPResponse, what: str) -> Mapping[str, object]:
    if response.code != 200:
        raise HubUnavailable(facts={"asked": what, "status": response.code})
    try:
        model = json.loads(response.body)
    except ValueError:
        model = None
    if not isinstance(model, dict):
        raise HubUnavailable(facts={"asked": what, "reason": "no JSON object"})
    return model


def _texts(value: object) -> frozenset[str]:
    return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()
