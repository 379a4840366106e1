"""The JSON API about differences between versions, and what a person has seen of them."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.differences.seen import SEEN_KEY
from enablement_ext.core.text.fields import Fields
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.differences.making import difference_of
from enablement_ext.service.use_cases.differences.pairs import VersionPair, pair_of
from enablement_ext.service.use_cases.differences.seen import SeenCommand, mark, seen
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.difference_json import seen_json
from enablement_ext.web.messages import JSON, Request, Response, dump, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.validation import query_number

MOST_AT_ONCE = 2_000  # keys of one request


async def view_difference(context: ServiceContext, request: Request) -> Response:
    """Who asks with the tag of what they have is told that it is still right."""
    pair = await context.workers.run(_pair, context, request)
    tag = f'"{pair.tag}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(304, headers={"ETag": tag})
    made = await difference_of(context, pair)
    head = dump({"submission": pair.new.submission, "old": pair.old.number, "new": pair.new.number})
    return Response(body=head[:-1] + b',"difference":' + made + b"}", headers={"ETag": tag})


def view_seen(context: ServiceContext, request: Request) -> Response:
    return json_response(seen_json(seen(context.review, request.principal, request.numbers["number"])))


def mark_seen(context: ServiceContext, request: Request) -> Response:
    command = seen_command_of(request.json_object())
    marks = mark(context.review, request.principal, request.numbers["number"], command)
    return json_response(seen_json(marks))


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """Who may read the versions may compare them; what one has seen is one's own affair and needs no scope more."""
    one = "/api/v1/submissions/{number}"
    read, token = Scope.READ, Session.TOKEN
    return (
        Route(
            operation="viewDifference",
            method="GET",
            path=f"{one}/versions/{{version}}/difference",
            scope=read,
            session=token,
            flow=view_difference,
        ),
        Route(operation="viewSeen", method="GET", path=f"{one}/seen", scope=read, session=token, work=view_seen),
        Route(
            operation="markSeen",
            method="POST",
            path=f"{one}/seen",
            scope=read,
            session=token,
            work=mark_seen,
            body=BodyRule(JSON, context.limits.json),
        ),
    )


def seen_command_of(members: Mapping[str, object]) -> SeenCommand:
    """What somebody has seen. Raises `BadRequest`."""
    form = Fields(members, BadRequest).only(("keys", "seen", "read"))
    keys = form.texts("keys", MOST_AT_ONCE, 60)
    if not all(SEEN_KEY.fullmatch(key) for key in keys):
        raise form.wrong("keys", "holds what is no key of a difference")
    is_seen = members.get("seen", True)
    if not isinstance(is_seen, bool):
        raise form.wrong("seen", "is not true or false")
    return SeenCommand(keys, is_seen, form.maybe_number("read", 1))


def _pair(context: ServiceContext, request: Request) -> VersionPair:
    since = query_number(request.query, "from", (1, 10**9), None)
    numbers = request.numbers
    return pair_of(context.review, request.principal, numbers["number"], numbers["version"], since)
