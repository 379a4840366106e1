"""The JSON API about threads."""

from __future__ import annotations

from enablement_ext.core.errors import BadRequest
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.use_cases import threads
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.serializers import Json, placed_json, thread_json
from enablement_ext.web.validation import comment_of, new_thread_of


def list_threads(context: ServiceContext, request: Request) -> Response:
    text = request.query.get("version", "")
    if text and not (text.isascii() and text.isdecimal() and 0 < len(text) < 12 and int(text)):
        raise BadRequest("“version” is not a number from 1.", facts={"field": "version"})
    found = threads.threads(
        context.review, context.notebooks, request.principal, request.numbers["number"], int(text) if text else None
    )
    return json_response({"threads": [_json(thread) for thread in found]})


def open_thread(context: ServiceContext, request: Request) -> Response:
    new = new_thread_of(request.json_object())
    number = request.numbers["number"]
    return json_response(
        _json(threads.open_thread(context.review, context.notebooks, request.principal, number, new)), 201
    )


def reply(context: ServiceContext, request: Request) -> Response:
    text = comment_of(request.json_object())
    thread = request.numbers["thread"]
    return json_response(_json(threads.reply(context.review, context.notebooks, request.principal, thread, text)), 201)


def resolve(context: ServiceContext, request: Request) -> Response:
    return _resolve(context, request, resolved=True)


def reopen(context: ServiceContext, request: Request) -> Response:
    return _resolve(context, request, resolved=False)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """The routes of this module."""
    written, empty = BodyRule(JSON, context.limits.json), BodyRule("", 1024)
    read, token = Scope.READ, Session.TOKEN
    all_threads, one = "/api/v1/submissions/{number}/threads", "/api/v1/threads/{thread}"
    return (
        Route(operation="listThreads", method="GET", path=all_threads, scope=read, session=token, work=list_threads),
        Route(
            operation="openThread",
            method="POST",
            path=all_threads,
            scope=read,
            session=token,
            work=open_thread,
            body=written,
        ),
        Route(
            operation="reply",
            method="POST",
            path=f"{one}/comments",
            scope=read,
            session=token,
            work=reply,
            body=written,
        ),
        Route(
            operation="resolveThread",
            method="POST",
            path=f"{one}/resolve",
            scope=read,
            session=token,
            work=resolve,
            body=empty,
        ),
        Route(
            operation="reopenThread",
            method="POST",
            path=f"{one}/reopen",
            scope=read,
            session=token,
            work=reopen,
            body=empty,
        ),
    )


def _resolve(context: ServiceContext, request: Request, *, resolved: bool) -> Response:
    thread = request.numbers["thread"]
    return json_response(_json(threads.resolve(context.review, context.notebooks, request.principal, thread, resolved)))


def _json(found: threads.PlacedThread) -> Json:
    placed = found.placed
    return thread_json(found.thread, placed_json(placed.state.value, placed.cell, placed.lines, placed.output))
