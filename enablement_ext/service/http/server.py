"""The web server: the route table, and nothing else, below the service's prefix."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from ssl import SSLContext

from tornado.web import Application, url

from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.accepting import RestingServer
from enablement_ext.service.http.admission import InFlight
from enablement_ext.service.http.endpoint import Endpoint, NotFoundHandler, log_request
from enablement_ext.service.http.git_endpoint import GitEndpoint
from enablement_ext.service.http.handlers import (
    checks,
    confirmations,
    decision,
    differences,
    event_stream,
    health,
    holds,
    notifications,
    pages,
    reruns,
    search,
    submissions,
    trials,
)
from enablement_ext.service.http.handlers.discussion import comments, drafts, threads
from enablement_ext.service.http.handlers.git import repositories, repository_pages, webhooks
from enablement_ext.service.http.handlers.images import images, package_pages, package_requests
from enablement_ext.service.http.listeners import Listener
from enablement_ext.web.auth import Session
from enablement_ext.web.routes import Route, RouteTable, table

_CHUNK = 256 * 1024  # more than that is zeroed in vain for each small request


def route_table(context: ServiceContext) -> RouteTable[ServiceContext]:
    """Held equal to `openapi.yaml` and to the table of scopes by tests."""
    modules = (
        submissions,
        checks,
        reruns,
        search,
        threads,
        trials,
        drafts,
        comments,
        differences,
        images,
        package_requests,
        package_pages,
        event_stream,
        decision,
        confirmations,
        holds,
        notifications,
        repositories,
        repository_pages,
        webhooks,
        pages,
        health,
    )
    return table(*(module.routes(context) for module in modules))


def _kind(methods: Mapping[str, Route[ServiceContext]]) -> type[Endpoint]:
    passed_through = any(route.session is Session.GIT for route in methods.values())
    return GitEndpoint if passed_through else Endpoint


def web_server(
    context: ServiceContext, listener: Listener = Listener.ALL, tls: SSLContext | None = None
) -> RestingServer:
    """A server that is not listening yet."""
    in_flight = InFlight()
    base = re.escape(context.urls.prefix.rstrip("/"))
    handlers = [
        url(
            f"{base}{pattern}$",
            _kind(methods),
            {"context": context, "methods": methods, "in_flight": in_flight, "listener": listener},
        )
        for pattern, methods in route_table(context).by_path()
    ]
    application = Application(
        handlers,
        default_handler_class=NotFoundHandler,
        log_function=log_request,
        serve_traceback=False,
        compress_response=False,
    )
    return RestingServer(
        application,
        ssl_options=tls,
        max_body_size=sys.maxsize,  # each handler bounds its own: tornado would break the connection off without an answer
        max_buffer_size=2 * _CHUNK,
        chunk_size=_CHUNK,
        max_header_size=32 * 1024,
        idle_connection_timeout=300,
        body_timeout=600,
    )
