"""What a connected forge offers beyond repositories: pull requests, and its webhooks."""

from __future__ import annotations

import re

from enablement_ext.core.errors import BadRequest, NotFound
from enablement_ext.core.git.forges.ports import Delivery, PullRequestDraft
from enablement_ext.core.git.repository_names import repository_of_path
from enablement_ext.core.text.fields import Fields
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.use_cases.git import repositories, webhooks
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route

_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}")
_DELIVERY_BYTES = 4 * 1024 * 1024


def open_pull_request(context: ServiceContext, request: Request) -> Response:
    fields = Fields(request.json_object(), BadRequest).only(("path", "head", "base", "title", "text"))
    repository = repository_of_path(fields.text("path", 1000, least=1))
    if repository is None:
        raise NotFound
    head, base = fields.text("head", 200, least=1), fields.text("base", 200, least=1)
    for name, value in (("head", head), ("base", base)):
        if not _BRANCH.fullmatch(value) or ".." in value:
            raise fields.wrong(name, "is not the name of a branch")
    text = fields.text("text", 20_000) if "text" in fields.members else ""
    proposal = PullRequestDraft(head, base, fields.text("title", 200, least=1), text)
    opened = repositories.propose(context.repositories, request.principal, repository, proposal)
    answer = {"number": opened.number, "url": opened.url, "created": opened.created}
    return json_response(answer, 201 if opened.created else 200)


def take_delivery(context: ServiceContext, request: Request) -> Response:
    """200 for one that counts and for one that was seen before: a forge sends again what is not taken."""
    delivery = Delivery(request.headers, bytes(request.body), context.review.clock.now())
    return json_response({"seen": webhooks.record_delivery(context.repositories, delivery)})


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001 - as every module of routes
    """Pull requests with a token; deliveries without a session, because their signature is checked."""
    return (
        Route(
            operation="openPullRequest",
            method="POST",
            path="/api/v1/git/pull-requests",
            scope=Scope.SUBMIT,
            session=Session.TOKEN,
            work=open_pull_request,
            body=BodyRule(JSON, 64 * 1024),
        ),
        Route(
            operation="takeDelivery",
            method="POST",
            path="/api/v1/git/deliveries",
            scope=Scope.NONE,
            session=Session.NONE,
            work=take_delivery,
            body=BodyRule(JSON, _DELIVERY_BYTES),
        ),
    )
