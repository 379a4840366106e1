"""The JSON API about threads, and what is suggested in them."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.discussion.drafts import MOST_TEXT
from enablement_ext.core.review.models import Anchor
from enablement_ext.core.text.fields import Fields
from enablement_ext.service.context import ServiceContext, in_readers
from enablement_ext.service.http.presentation import placed_thread_json
from enablement_ext.service.use_cases import threads
from enablement_ext.service.use_cases.discussion.suggestions import reject_suggestion
from enablement_ext.service.use_cases.threads import NewThread
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.validation import query_number


def list_threads(context: ServiceContext, request: Request) -> Response:
    version = query_number(request.query, "version", (1, 10**9), None)
    placed = threads.threads(context.review, request.principal, request.numbers["number"], version)
    return json_response({"threads": [placed_thread_json(thread) for thread in placed]})


def open_thread(context: ServiceContext, request: Request) -> Response:
    new = new_thread_of(request.json_object())
    number = request.numbers["number"]
    return json_response(placed_thread_json(threads.open_thread(context.review, request.principal, number, new)), 201)


def reply(context: ServiceContext, request: Request) -> Response:
    text = _comment(request.json_object())
    thread = request.numbers["thread"]
    return json_response(placed_thread_json(threads.reply(context.review, request.principal, thread, text)), 201)


def reject(context: ServiceContext, request: Request) -> Response:
    reason, thread = _comment(request.json_object()), request.numbers["thread"]
    return json_response(placed_thread_json(reject_suggestion(context.review, request.principal, thread, reason)))


def resolve(context: ServiceContext, request: Request) -> Response:
    return _resolve(context, request, resolved=True)


def reopen(context: ServiceContext, request: Request) -> Response:
    return _resolve(context, request, resolved=False)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """Threads are open to everybody who may read: comments need no scope of their own."""
    written, empty = BodyRule(JSON, context.limits.json), BodyRule("", 1024)
    read, token = Scope.READ, Session.TOKEN
    all_threads, one = "/api/v1/submissions/{number}/threads", "/api/v1/threads/{thread}"
    return (
        Route(
            operation="listThreads",
            method="GET",
            path=all_threads,
            scope=read,
            session=token,
            flow=in_readers(list_threads),
        ),
        Route(
            operation="openThread",
            method="POST",
            path=all_threads,
            scope=read,
            session=token,
            flow=in_readers(open_thread),
            body=written,
        ),
        Route(
            operation="reply",
            method="POST",
            path=f"{one}/comments",
            scope=read,
            session=token,
            flow=in_readers(reply),
            body=written,
        ),
        Route(
            operation="resolveThread",
            method="POST",
            path=f"{one}/resolve",
            scope=read,
            session=token,
            flow=in_readers(resolve),
            body=empty,
        ),
        Route(
            operation="reopenThread",
            method="POST",
            path=f"{one}/reopen",
            scope=read,
            session=token,
            flow=in_readers(reopen),
            body=empty,
        ),
        Route(
            operation="rejectSuggestion",
            method="POST",
            path=f"{one}/reject-suggestion",
            scope=read,
            session=token,
            flow=in_readers(reject),
            body=written,
        ),
    )


def _resolve(context: ServiceContext, request: Request, *, resolved: bool) -> Response:
    thread = request.numbers["thread"]
    return json_response(placed_thread_json(threads.resolve(context.review, request.principal, thread, resolved)))


def _comment(members: Mapping[str, object]) -> str:
    """The text of a reply. Raises `BadRequest`."""
    return Fields(members, BadRequest).only(("text",)).text("text", MOST_TEXT, least=1)


def new_thread_of(members: Mapping[str, object]) -> NewThread:
    """What opens a thread; whether the place exists is checked against the version. Raises `BadRequest`."""
    form = Fields(members, BadRequest).only(("version", "anchor", "text"))
    anchor = anchor_of(form.inner("anchor"))
    text = form.text("text", MOST_TEXT, least=1)
    return NewThread(form.number("version", 1), anchor, text)


def anchor_of(form: Fields) -> Anchor:
    """A place in a notebook, or on the submission as a whole. Raises `BadRequest`."""
    place = form.only(("cell", "lines", "output"))
    cell = place.members.get("cell")
    if cell is not None and (not isinstance(cell, str) or not 0 < len(cell) <= 200):
        raise place.wrong("cell", "is not a cell id")
    lines = place.members.get("lines")
    output = place.maybe_number("output", 0)
    pair = None if lines is None else _lines(place)
    if cell is None and (pair is not None or output is not None):
        raise place.wrong("cell", "is missing: lines and outputs belong to a cell")
    if pair is not None and output is not None:
        raise place.wrong("output", "and lines exclude each other")
    return Anchor(cell=cell, lines=pair, output=output)


def _lines(place: Fields) -> tuple[int, int]:
    pair = place.items("lines", 2)
    numbers = [item for item in pair if isinstance(item, int) and not isinstance(item, bool) and 0 < item < 2**31]
    if len(pair) != 2 or len(numbers) != 2 or numbers[0] > numbers[1]:
        raise place.wrong("lines", "is not [first, last]")
    return numbers[0], numbers[1]
