"""Decisions of which somebody said "this was not me": told to platform engineers in their labs, settled on pages."""

from __future__ import annotations

from enablement_ext.core.access.confirmations import Outcome
from enablement_ext.core.errors import BadRequest
from enablement_ext.core.text.cleaning import clean
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.page_words import confirmation_words
from enablement_ext.service.http.rendering import lab_url, page
from enablement_ext.service.http.tickets import (
    ConfirmedForm,
    Purpose,
    client_of,
    confirmed_form,
    form_route,
    form_values,
)
from enablement_ext.service.use_cases.confirmations import views
from enablement_ext.service.use_cases.confirmations.settle import SettleCommand, settle
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response, json_response
from enablement_ext.web.routes import Route
from enablement_ext.web.serializers import time_json

PURPOSE = Purpose("settlement", "another decision")
_REASON = 4000


async def list_holds(context: ServiceContext, request: Request) -> Response:
    """How many there are and where; to who is no platform engineer, nothing."""
    who = await context.platform_group.recognised(request.principal)
    told = await context.workers.run(views.disputed, context.review, who)
    since = None if told is None or told.since is None else time_json(told.since)
    return json_response(
        {
            "platform": told is not None,
            "count": 0 if told is None else told.count,
            "since": since,
            "url": context.urls.on_pages(f"{context.urls.prefix}holds"),
        }
    )


def list_page(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001 - the same for every administrator
    """Every decision that is on hold, the oldest first."""
    held = views.held(context.review)
    values: dict[str, object] = {
        "held": [(each, confirmation_words(each)) for each in held],
        "prefix": context.urls.prefix,
        "lab": lab_url(context.urls),
    }
    return page("holds.html", values)


def show_page(context: ServiceContext, request: Request) -> Response:
    """One, with the form that settles it. Raises `NotFound`."""
    view = views.held_one(context.review, request.numbers["number"])
    number = view.submission.number if view.submission else None
    values: dict[str, object] = {
        "view": view,
        "one": view.confirmation,
        "words": confirmation_words(view),
        **form_values(context, request, PURPOSE, {}),
        "lab": lab_url(context.urls, number),
    }
    return page("hold.html", values, form_action="'self'")


async def post(context: ServiceContext, request: Request) -> Response:
    """The settlement of the form's session; that its holder is signed in and still administers, the hub says now."""
    form = await confirmed_form(context, request, PURPOSE)
    command = _command(context, request, form)
    view = await context.writers.run(settle, context.review, command)
    values: dict[str, object] = {"view": view, "one": view.confirmation, "prefix": context.urls.prefix}
    return page("settled.html", values)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001 - as every module of routes
    """What the lab is told; the list, one, and its settlement."""
    every, one = "/holds", "/holds/{number}"
    admin, browser = Scope.ADMIN, Session.BROWSER
    return (
        Route(
            operation="listHolds",
            method="GET",
            path="/api/v1/holds",
            scope=Scope.READ,
            session=Session.TOKEN,
            flow=list_holds,
        ),
        Route(operation="holdsPage", method="GET", path=every, scope=admin, session=browser, work=list_page),
        Route(
            operation="holdPage",
            method="GET",
            path=one,
            scope=admin,
            session=browser,
            work=show_page,
            navigation=True,
        ),
        form_route("settleHold", one, admin, post),
    )


def _command(context: ServiceContext, request: Request, form: ConfirmedForm) -> SettleCommand:
    outcome, reason = form.fields.get("outcome", ""), clean(form.fields.get("reason", ""))
    if outcome not in Outcome._value2member_map_:
        raise BadRequest("Choose what becomes of the decision.", facts={"field": "outcome"})
    if len(reason) > _REASON:
        raise BadRequest(f"The reason is longer than {_REASON} characters.", facts={"field": "reason"})
    return SettleCommand(
        by=form.by,
        groups=form.groups,
        number=request.numbers["number"],
        outcome=Outcome(outcome),
        reason=reason,
        client=client_of(request),
        risks=context.decisions.taken,
    )
