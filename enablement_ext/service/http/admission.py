"""Admission: who is asking, whether they may, and whether the body is of the declared kind and size. Before the body is read if it is large."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from tornado.httputil import HTTPServerRequest

from enablement_ext.core.errors import BadRequest, TooLarge, TooManyRequests, UnsupportedEncoding
from enablement_ext.core.review.models import Principal
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.session import browser_principal
from enablement_ext.web.auth import Session, refuse_token_in_url, require, require_navigation, token_of
from enablement_ext.web.messages import Request
from enablement_ext.web.routes import Route
from enablement_ext.web.validation import whole_number

SMALL = 1024 * 1024  # bodies up to here are read before they are judged


@dataclass(slots=True)
class InFlight:
    """Bytes of large bodies that are being worked on, over all requests of the process."""

    bytes: int = 0


@dataclass(slots=True)
class AdmittedRequest:
    """One request on its way in. `held` is what its body counts in flight; `who` is for the log, also of one who is turned away."""

    in_flight: InFlight
    body: bytearray = field(default_factory=bytearray)
    too_large: bool = False
    held: int = 0
    who: str = ""

    def take(self, chunk: bytes, most: int) -> None:
        """A piece of the body; what is beyond the bound is dropped."""
        if self.too_large or len(self.body) + len(chunk) > most:
            self.too_large = True
            self.body.clear()
            return
        self.body += chunk

    def hold(self, size: int, most: int) -> None:
        """Count a large body in flight. Raises `TooManyRequests`."""
        if self.in_flight.bytes + size > most:
            raise TooManyRequests("Much is being sent at the moment. Try again shortly; nothing was lost.")
        self.in_flight.bytes += size
        self.held = size

    def leave(self) -> None:
        """The request is over; may be called twice."""
        self.in_flight.bytes -= self.held
        self.held = 0


def declared(request: HTTPServerRequest) -> int:
    """The body's length as the client says; 0 where it says none, the largest number where it says nonsense."""
    length = whole_number(request.headers.get("Content-Length", "0"))
    return sys.maxsize if length is None else length


async def admit(
    context: ServiceContext, route: Route[ServiceContext], asked: HTTPServerRequest, visit: AdmittedRequest
) -> Request:
    """The request as a value, without the path's parameters. Raises what keeps it out."""
    fields = {name.lower(): value for name, value in asked.headers.items()}
    query = {name: values[-1].decode("utf-8", "replace") for name, values in asked.query_arguments.items()}
    if route.session is not Session.NONE:
        refuse_token_in_url(query)
    if route.navigation:
        require_navigation(fields)
    cookies = {name: morsel.value for name, morsel in asked.cookies.items()} if "cookie" in fields else {}
    who, token = await _principal(context, route, fields, cookies)
    if who is not None:
        visit.who = who.name
        require(who, route.scope)
    _check_body(context, route, fields, asked, visit)
    return Request(
        method=route.method,
        path=asked.path,
        query=query,
        headers=fields,
        cookies=cookies,
        body=visit.body,
        who=who,
        token=token,
    )


async def _principal(
    context: ServiceContext, route: Route[ServiceContext], fields: Mapping[str, str], cookies: Mapping[str, str]
) -> tuple[Principal | None, str]:
    if route.session is Session.TOKEN:
        token = token_of(fields)
        return await context.hub.principal(token), token
    if route.session is Session.BROWSER:
        return await browser_principal(context, cookies), ""
    return None, ""


def _check_body(
    context: ServiceContext,
    route: Route[ServiceContext],
    fields: Mapping[str, str],
    asked: HTTPServerRequest,
    visit: AdmittedRequest,
) -> None:
    rule, size = route.body, declared(asked)
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
    if size > SMALL:
        visit.hold(size, context.limits.in_flight)
