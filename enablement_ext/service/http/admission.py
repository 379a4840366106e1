"""Admission: who is asking, whether they may, and whether the body is of the declared kind and size. A large body is judged before it is read."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from tornado.httputil import HTTPServerRequest

from enablement_ext.core.access.clients import client_address
from enablement_ext.core.access.decision_origin import origin_of
from enablement_ext.core.errors import (
    BadRequest,
    Forbidden,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnsupportedEncoding,
)
from enablement_ext.core.review.models import Principal
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.session import browser_session
from enablement_ext.web.auth import Session, refuse_token_in_url, require, require_navigation, require_origin, token_of
from enablement_ext.web.messages import READ_FIRST_BYTES, Request
from enablement_ext.web.routes import Route
from enablement_ext.web.shared_bytes import SharedBytes
from enablement_ext.web.validation import whole_number


@dataclass(slots=True)
class InFlight:
    """What is being worked on in this process: bytes of large bodies, and requests."""

    bytes: int = 0
    requests: int = 0


@dataclass(slots=True)
class AdmittedRequest:
    """A request that is being admitted. `held` are its bytes in flight; `who` is for the log, also of a request that is refused.

    Its body is in `body`, or, once it is large, in `large`.
    """

    in_flight: InFlight
    body: bytearray = field(default_factory=bytearray)
    large: SharedBytes | None = None
    held: int = 0
    counted: bool = False
    who: str = ""

    @property
    def received(self) -> int:
        """How many bytes of the body have arrived."""
        return len(self.body) if self.large is None else len(self.large)

    def receive(self, chunk: bytes, limit: int) -> None:
        """Append a chunk of the body. Raises `TooLarge` beyond the limit, `Unavailable` where there is no memory for it."""
        size = self.received + len(chunk)
        if size > limit:
            raise TooLarge(facts={"limit": limit})
        if size <= READ_FIRST_BYTES:
            self.body += chunk
            return
        try:
            self._receive_large(chunk)
        except OSError:
            raise Unavailable from None

    def _receive_large(self, chunk: bytes) -> None:
        if self.large is None:
            self.large = SharedBytes()
            self.large.write(self.body)
            self.body.clear()
        self.large.write(chunk)

    def enter(self, limit: int) -> None:
        """Count the request, once. Raises `TooManyRequests`: what is let in beyond what can be done makes everything late."""
        if self.counted:
            return
        if self.in_flight.requests >= limit:
            raise TooManyRequests(
                "The review service has too much to do at the moment. Nothing was lost; try again in a moment."
            )
        self.in_flight.requests += 1
        self.counted = True

    def acquire(self, size: int, limit: int) -> None:
        """Count a large body in flight. Raises `TooManyRequests`."""
        if self.in_flight.bytes + size > limit:
            raise TooManyRequests("Much is being sent at the moment. Try again shortly; nothing was lost.")
        self.in_flight.bytes += size
        self.held += size

    def discard(self) -> None:
        """Drop what has arrived of the body: the request is refused."""
        self.body.clear()
        self.large = None
        self.release()

    def release(self) -> None:
        """The request is over, or only listens from now on: it is in flight no longer. May be called twice."""
        self.in_flight.bytes -= self.held
        self.in_flight.requests -= int(self.counted)
        self.held, self.counted = 0, False


def declared_length(request: HTTPServerRequest) -> int:
    """The body's length as the client says; 0 where it says none, the largest number where it says nonsense."""
    length = whole_number(request.headers.get("Content-Length", "0"))
    return sys.maxsize if length is None else length


async def admit(
    context: ServiceContext, route: Route[ServiceContext], received: HTTPServerRequest, admitted: AdmittedRequest
) -> Request:
    """The request as a value, without the path's parameters. Raises why it is refused."""
    if route.session is not Session.NONE:  # probes are answered however much there is to do
        admitted.enter(context.limits.requests)
    fields = {name.lower(): value for name, value in received.headers.items()}
    query = {name: values[-1].decode("utf-8", "replace") for name, values in received.query_arguments.items()}
    if route.session is not Session.NONE:
        refuse_token_in_url(query)
    if route.navigation:
        require_navigation(fields)
    if route.session is Session.TICKET:
        require_origin(fields, _origins(context, received))
    cookies = {name: morsel.value for name, morsel in received.cookies.items()} if "cookie" in fields else {}
    who, token, session = await _principal(context, route, fields, cookies)
    if who is not None:
        admitted.who = who.name
        require(who, route.scope)
    _check_body(context, route, fields, received, admitted)
    return Request(
        method=route.method,
        path=received.path,
        query=query,
        headers=fields,
        cookies=cookies,
        body=admitted.body,
        who=who,
        token=token,
        session=session,
        address=_address(context, received, fields) if route.of_pages else "",
    )


async def _principal(
    context: ServiceContext, route: Route[ServiceContext], fields: Mapping[str, str], cookies: Mapping[str, str]
) -> tuple[Principal | None, str, str]:
    """Who asks, their token, and their browser session."""
    if route.session is Session.TOKEN:
        token = token_of(fields)
        return await context.hub.principal(token), token, ""
    if not route.of_pages or route.callback:
        return None, "", ""
    posts = route.session is Session.TICKET
    session = await browser_session(context, cookies, posts=posts)
    if session is None and posts:
        raise Forbidden("You are no longer signed in at this page. Open it again from the lab.")
    return (None, "", "") if session is None else (session.who, "", session.id)


def _address(context: ServiceContext, received: HTTPServerRequest, fields: Mapping[str, str]) -> str:
    """Of the client. (Several headers of one name arrive as one, joined by commas.)"""
    return client_address(received.remote_ip or "", fields.get("x-forwarded-for", ""), context.trusted_proxies)


def _origins(context: ServiceContext, received: HTTPServerRequest) -> tuple[str, ...]:
    """The origin of the pages. Where they share the hub's (an accepted risk), that of the host which this request is for, however it came."""
    own = origin_of(context.urls.pages)
    return (own,) if own else tuple(origin_of(f"{scheme}://{received.host}") for scheme in ("https", "http"))


def _check_body(
    context: ServiceContext,
    route: Route[ServiceContext],
    fields: Mapping[str, str],
    received: HTTPServerRequest,
    admitted: AdmittedRequest,
) -> None:
    rule, size = route.body, declared_length(received)
    if rule is None:
        if size or "transfer-encoding" in fields:
            raise BadRequest("This takes no body.")
        return
    if fields.get("content-encoding", "identity").strip().lower() != "identity":
        raise UnsupportedEncoding
    kind = fields.get("content-type", "").split(";", 1)[0].strip().lower()
    if rule.content_type and kind != rule.content_type:
        raise UnsupportedEncoding(facts={"content_type": rule.content_type})
    if size > rule.most:
        raise TooLarge(facts={"limit": rule.most})
    if size > READ_FIRST_BYTES:
        admitted.acquire(size, context.limits.in_flight)
