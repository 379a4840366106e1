"""Server-sent events: what changes among what the caller may see."""

from __future__ import annotations

from collections.abc import AsyncIterator

from enablement_ext.service.background.event_stream import Subscription
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.session import TokenCheck
from enablement_ext.service.http.streaming import StreamingResponse
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response
from enablement_ext.web.routes import Route
from enablement_ext.web.validation import whole_number


async def stream_events(context: ServiceContext, request: Request) -> Response:
    """A stream that begins after `Last-Event-ID`, or now."""
    last_seen = whole_number(request.headers.get("last-event-id", ""))
    subscription = await context.events.subscribe(request.principal, last_seen, TokenCheck(context, request))
    return StreamingResponse(
        content_type="text/event-stream; charset=utf-8",
        pieces=lambda: _pieces(context, subscription),
        close=lambda: context.events.unsubscribe(subscription),
    )


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001 - as every module of routes
    """The stream of events."""
    return (
        Route(
            operation="streamEvents",
            method="GET",
            path="/api/v1/events",
            scope=Scope.READ,
            session=Session.TOKEN,
            flow=stream_events,
        ),
    )


def _pieces(context: ServiceContext, subscription: Subscription) -> AsyncIterator[bytes]:
    return subscription.pieces(context.events.intervals)
