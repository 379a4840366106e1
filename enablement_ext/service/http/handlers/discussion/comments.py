"""The JSON API about one's own published comments: changing and deleting them, and what they said before."""

from __future__ import annotations

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.discussion.drafts import MOST_TEXT
from enablement_ext.core.text.fields import Fields
from enablement_ext.service.context import ServiceContext, in_readers
from enablement_ext.service.http.presentation import comment_history_json, placed_thread_json
from enablement_ext.service.use_cases.discussion import comments
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route


def history(context: ServiceContext, request: Request) -> Response:
    return json_response(
        comment_history_json(comments.history(context.review, request.principal, request.numbers["comment"]))
    )


def edit(context: ServiceContext, request: Request) -> Response:
    form = Fields(request.json_object(), BadRequest).only(("revision", "text"))
    seen, text = form.number("revision", 0), form.text("text", MOST_TEXT, least=1)
    thread = comments.edit(context.review, request.principal, request.numbers["comment"], seen, text)
    return json_response(placed_thread_json(thread))


def delete(context: ServiceContext, request: Request) -> Response:
    seen = Fields(request.json_object(), BadRequest).only(("revision",)).number("revision", 0)
    thread = comments.delete(context.review, request.principal, request.numbers["comment"], seen)
    return json_response(placed_thread_json(thread))


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """As threads: who may read may ask, and only its author changes a comment."""
    written = BodyRule(JSON, context.limits.json)
    read, token = Scope.READ, Session.TOKEN
    one = "/api/v1/comments/{comment}"
    return (
        Route(
            operation="commentHistory",
            method="GET",
            path=one,
            scope=read,
            session=token,
            flow=in_readers(history),
        ),
        Route(
            operation="editComment",
            method="POST",
            path=one,
            scope=read,
            session=token,
            flow=in_readers(edit),
            body=written,
        ),
        Route(
            operation="deleteComment",
            method="POST",
            path=f"{one}/delete",
            scope=read,
            session=token,
            flow=in_readers(delete),
            body=written,
        ),
    )
