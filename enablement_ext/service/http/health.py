"""For those who run the service: alive, ready, metrics. Without a session; they say nothing about anybody."""

from __future__ import annotations

from enablement_ext.core.errors import Unavailable
from enablement_ext.core.review.ports import QueueFilter, QueueQuery
from enablement_ext.service.context import House
from enablement_ext.service.runtime.metrics import CONTENT_TYPE
from enablement_ext.service.use_cases import queries
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Answer, Request, json_answer
from enablement_ext.web.routes import Route


async def healthz(house: House, request: Request) -> Answer:  # noqa: ARG001
    return json_answer({"status": "ok"})


def readyz(house: House, request: Request) -> Answer:  # noqa: ARG001
    if house.leaving.told:
        raise Unavailable("This replica is stopping.")
    house.desk.store.ready()
    # Without its artifacts a replica still shows the queue and says what it cannot do; every other replica is without them too.
    return json_answer({"status": "ready", "artifacts": "ok" if queries.artifacts_reached(house.desk) else "away"})


def metrics(house: House, request: Request) -> Answer:  # noqa: ARG001
    tracks = house.desk.policy.all_tracks()
    everything = QueueQuery(viewer="", tracks=tracks, filter=QueueFilter.WAITING, limit=1)
    with house.desk.store.read() as reader:
        counters = reader.counters("", tracks)
        oldest = reader.page(everything).items
    since = min((entry.since for item in oldest for entry in item.attention), default=None)
    house.metrics.unclaimed.set(counters.unclaimed)
    house.metrics.in_queue.set(counters.waiting)
    house.metrics.oldest.set((house.desk.clock.now() - since).total_seconds() if since else 0)
    return Answer(200, house.metrics.text(), CONTENT_TYPE)


def routes(house: House) -> tuple[Route[House], ...]:  # noqa: ARG001
    """The routes of this module."""
    none, nobody = Scope.NONE, Session.NONE
    return (
        Route(operation="healthz", method="GET", path="/healthz", scope=none, session=nobody, flow=healthz),
        Route(operation="readyz", method="GET", path="/readyz", scope=none, session=nobody, work=readyz),
        Route(operation="metrics", method="GET", path="/metrics", scope=none, session=nobody, work=metrics),
    )
