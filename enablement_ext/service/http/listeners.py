"""Which routes an address of the service serves: pages with a browser's session at one, everything else at the other, or all at one.

A route that is asked for at the wrong address is refused before its session, its ticket or its body is looked at; the refusal names the
right address. Where decisions are off, pages with a session are refused everywhere: such a session carries `decide`.
"""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest

from enablement_ext.core.access.decision_origin import origin_of
from enablement_ext.core.errors import DecisionsOff, WrongOrigin
from enablement_ext.service.context import ServiceContext
from enablement_ext.web.routes import Route


class Listener(StrEnum):
    """What listens at an address."""

    ALL = "all"  # the only one: pages are served where the request's host is theirs
    API = "api"  # what servers and the lab ask; no pages
    PAGES = "pages"  # pages, and nothing else


def require_served(
    listener: Listener, context: ServiceContext, route: Route[ServiceContext], request: HTTPServerRequest
) -> None:
    """Return where this listener serves the route. Raises `WrongOrigin`, `DecisionsOff`."""
    if route.of_pages and context.decisions.off_because:
        raise DecisionsOff(
            f"Decisions are off here. {context.decisions.remedy}",
            facts={"risks": [risk.value for risk in context.decisions.off_because]},
        )
    if route.everywhere:
        return
    if route.of_pages and (listener is Listener.API or not _of_pages(listener, context, request)):
        raise _elsewhere(context.urls.on_pages(request.path))
    if not route.of_pages and listener is Listener.PAGES:
        raise _elsewhere(context.urls.on_api(request.path))


def _of_pages(listener: Listener, context: ServiceContext, request: HTTPServerRequest) -> bool:
    """A listener for pages alone is theirs; the only one asks for their host, which scripts cannot choose."""
    pages = context.urls.pages
    return listener is Listener.PAGES or not origin_of(pages) or request.host.lower() == urlsplit(pages).netloc.lower()


def _elsewhere(url: str) -> WrongOrigin:
    return WrongOrigin(f"This is not served at this address. Open {url}", facts={"url": url})
