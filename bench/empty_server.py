"""The service's own web server with routes that do nothing: what its framework and its authentication cost by themselves.

`/open` needs nobody, `/closed` needs a token with the scope `read`, `/prepared` needs the same and answers as many bytes as it was told to
hold ready. All else is the service: the same handler, hub client with its cache, headers, log lines and metrics. As the service logs no
requests that need nobody, `--quiet` leaves the lines away for all: then `/open` and `/closed` differ in authentication only.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os

from tornado.httpserver import HTTPServer
from tornado.web import Application

from bench import fake_hub
from bench.processes import HOST, module
from enablement_ext.adapters.clock import SystemClock
from enablement_ext.adapters.hub_api import HubAddress, HubApi
from enablement_ext.adapters.memory import MemoryArtifactStore, MemoryForge, MemoryReviewStore
from enablement_ext.adapters.memory.images import MemoryCatalog
from enablement_ext.service.assembly import ServiceOptions, ServicePorts, build_context
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.admission import InFlight
from enablement_ext.service.http.endpoint import Endpoint, log_request
from enablement_ext.service.http.listeners import Listener
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.logs import RedactingFormatter
from enablement_ext.web.messages import Request, Response, json_response
from enablement_ext.web.routes import Route, RouteTable, table


def command(port: int, hub_port: int, size: int, *, quiet: bool = False) -> list[str]:
    """How to start it; `quiet` without a log line for each request."""
    ports = ("--port", str(port), "--hub-port", str(hub_port), "--bytes", str(size))
    return module("bench.empty_server", *ports, *(["--quiet"] if quiet else []))


def routes(size: int) -> RouteTable[ServiceContext]:
    """Routes that do nothing, and one that has its answer ready."""
    prepared = Response(200, os.urandom(size), "application/octet-stream")

    async def nothing(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001
        return json_response({})

    async def ready(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001
        return prepared

    def route(name: str, scope: Scope, session: Session) -> Route[ServiceContext]:
        flow = ready if name == "prepared" else nothing
        return Route(operation=name, method="GET", path=f"/{name}", scope=scope, session=session, flow=flow)

    return table(
        (
            route("open", Scope.NONE, Session.NONE),
            route("closed", Scope.READ, Session.TOKEN),
            route("prepared", Scope.READ, Session.TOKEN),
        )
    )


async def serve(port: int, hub_port: int, size: int) -> None:
    """Serve until killed."""
    hub = HubApi(HubAddress(f"http://{HOST}:{hub_port}/hub/api", fake_hub.SERVICE_TOKEN))
    ports = ServicePorts(MemoryReviewStore(), MemoryArtifactStore(), hub, SystemClock(), MemoryForge(), MemoryCatalog())
    context = build_context(ports, ServiceOptions(key=os.urandom(32)))
    in_flight = InFlight()
    handlers = [
        (
            f"{pattern}$",
            Endpoint,
            {"context": context, "methods": methods, "in_flight": in_flight, "listener": Listener.API},
        )
        for pattern, methods in routes(size).by_path()
    ]
    HTTPServer(Application(list(handlers), log_function=log_request)).listen(port, HOST)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--hub-port", type=int, required=True)
    parser.add_argument("--bytes", type=int, required=True)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter())
    logging.basicConfig(level=logging.WARNING if options.quiet else logging.INFO, handlers=[handler])
    asyncio.run(serve(options.port, options.hub_port, options.bytes))


if __name__ == "__main__":
    main()
