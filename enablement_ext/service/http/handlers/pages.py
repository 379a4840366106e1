"""The service's home page, deep links into the lab, and the OAuth callback."""

from __future__ import annotations

from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.rendering import lab_url, page
from enablement_ext.service.http.session import callback
from enablement_ext.service.use_cases import queries
from enablement_ext.service.use_cases.confirmations import views
from enablement_ext.service.use_cases.notifications import outbox
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response, redirect
from enablement_ext.web.routes import Route


def home(context: ServiceContext, request: Request) -> Response:
    who = request.principal
    values: dict[str, object] = {
        "who": who,
        "tracks": sorted(context.review.policy.reviewed_by(who)),
        "counters": queries.counters(context.review, who),
        "held": len(views.held(context.review)) if "admin" in who.scopes else 0,
        "undelivered": len(outbox.undelivered(context.review)) if "admin" in who.scopes else 0,
        "prefix": context.urls.prefix,
        "lab": lab_url(context.urls),
        "contract": context.urls.on_api(f"{context.urls.prefix}api/v1/openapi.yaml"),
    }
    return page("home.html", values)


async def deep_link(context: ServiceContext, request: Request) -> Response:
    """To the lab, whether the submission exists or not: the lab asks, as the person who follows the link."""
    return redirect(lab_url(context.urls, request.numbers["number"]))


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001
    """Home, deep links, and the OAuth callback. Links from outside work at every address and need no session: they tell nothing."""
    nobody, none = Session.NONE, Scope.NONE
    return (
        Route(operation="home", method="GET", path="/", scope=Scope.READ, session=Session.BROWSER, work=home),
        Route(
            operation="deepLink",
            method="GET",
            path="/s/{number}",
            scope=none,
            session=nobody,
            flow=deep_link,
            everywhere=True,
        ),
        Route(
            operation="oauthCallback",
            method="GET",
            path="/oauth_callback",
            scope=none,
            session=nobody,
            flow=callback,
            callback=True,
        ),
    )
