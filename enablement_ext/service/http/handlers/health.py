"""Liveness, readiness and Prometheus metrics. Without a session; they say nothing about anybody."""

from __future__ import annotations

from enablement_ext.core.errors import Unavailable
from enablement_ext.core.review.queue import QueueFilter, QueueQuery
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.runtime.metrics import CONTENT_TYPE
from enablement_ext.service.runtime.start_checks import bind
from enablement_ext.service.use_cases import queries
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response, json_response
from enablement_ext.web.routes import Route


async def healthz(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001
    return json_response({"status": "ok"})


def readyz(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001
    if context.draining.started:
        raise Unavailable("This replica is stopping.")
    context.review.store.ready()
    # Without its artifacts a replica still shows the queue and says what it cannot do; every other replica is without them too.
    reached = queries.artifacts_reached(context.review)
    if reached:
        bind(context.review.store, context.review.artifacts)
    return json_response({"status": "ready", "artifacts": "ok" if reached else "away"})


def metrics(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001
    tracks = context.review.policy.all_tracks()
    everything = QueueQuery(viewer="", tracks=tracks, filter=QueueFilter.WAITING, limit=1)
    with context.review.store.read() as reader:
        counters = reader.counters("", tracks)
        oldest = reader.page(everything).items
        runs = reader.run_queue()
    since = min((entry.since for item in oldest for entry in item.attention), default=None)
    context.metrics.unclaimed.set(counters.unclaimed)
    context.metrics.in_queue.set(counters.waiting)
    context.metrics.oldest.set((context.review.clock.now() - since).total_seconds() if since else 0)
    context.metrics.runs.queue(runs, context.review.clock.now())
    return Response(200, context.metrics.text(), CONTENT_TYPE)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001
    """Without a session: probes and the metrics scraper carry no token."""
    none, nobody = Scope.NONE, Session.NONE
    return (
        Route(
            operation="healthz",
            method="GET",
            path="/healthz",
            scope=none,
            session=nobody,
            flow=healthz,
            everywhere=True,
        ),
        Route(operation="readyz", method="GET", path="/readyz", scope=none, session=nobody, work=readyz),
        Route(operation="metrics", method="GET", path="/metrics", scope=none, session=nobody, work=metrics),
    )
