"""The pages on which people see what was done in their name at this origin, and say “this was not me” (docs/adr/0038-not-me.md)."""

from __future__ import annotations

from enablement_ext.core.access.confirmations import ConfirmedKind
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.page_words import confirmation_words
from enablement_ext.service.http.rendering import lab_url, page
from enablement_ext.service.http.tickets import Purpose, confirmed_form, form_route, form_values
from enablement_ext.service.use_cases.confirmations import views
from enablement_ext.service.use_cases.confirmations.dispute import DisputeCommand, dispute
from enablement_ext.service.use_cases.git import repositories
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response
from enablement_ext.web.routes import Route
from enablement_ext.web.validation import query_number

PURPOSE = Purpose("dispute", "something else")


def list_page(context: ServiceContext, request: Request) -> Response:
    """Everything that was confirmed in the person's name, newest first."""
    below = query_number(request.query, "below", (1, 10**15), None)
    own = views.own_page(context.review, request.principal, below)
    values: dict[str, object] = {
        "own": [(each.confirmation, confirmation_words(each)) for each in own],
        "more": own[-1].confirmation.number if len(own) == views.PAGE else None,
        "prefix": context.urls.prefix,
        "lab": lab_url(context.urls),
    }
    return page("confirmations.html", values)


def show_page(context: ServiceContext, request: Request) -> Response:
    """One of them, with the button. Raises `NotFound`."""
    view = views.own(context.review, request.principal, request.numbers["number"])
    values: dict[str, object] = {
        "view": view,
        "one": view.confirmation,
        "words": confirmation_words(view),
        **form_values(context, request, PURPOSE, {}),
    }
    return page("confirmation.html", values, form_action="'self'")


async def post(context: ServiceContext, request: Request) -> Response:
    """What was done is taken back or held, and the sessions that the person has here end. Raises `NotFound`, `Conflict`, `ForgeAway`."""
    form = await confirmed_form(context, request, PURPOSE)
    command = DisputeCommand(form.by, request.numbers["number"])
    view = await context.writers.run(_dispute, context, request, command)
    values: dict[str, object] = {
        "view": view,
        "words": confirmation_words(view),
        "hub": context.urls.hub,
        "prefix": context.urls.prefix,
    }
    return page("disputed.html", values)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001 - as every module of routes
    """The list, one, and the dispute of it."""
    every, one = "/confirmations", "/confirmations/{number}"
    read, browser = Scope.READ, Session.BROWSER
    return (
        Route(operation="confirmationsPage", method="GET", path=every, scope=read, session=browser, work=list_page),
        Route(
            operation="confirmationPage",
            method="GET",
            path=one,
            scope=read,
            session=browser,
            work=show_page,
            navigation=True,
        ),
        form_route("disputeConfirmation", one, read, post),
    )


def _dispute(context: ServiceContext, request: Request, command: DisputeCommand) -> views.ConfirmationView:
    """Passwords end before the dispute is noted, and once more after who was let in is not any longer: while a forge is away, one presses again."""
    own = views.own(context.review, request.principal, command.number).confirmation
    if own.subject.repository is None or own.disputed_at is not None:
        return dispute(context.review, command)
    person = own.by if own.kind is ConfirmedKind.REPOSITORY_ACCESS else own.subject.person or ""
    repositories.end_access(context.repositories, person, own.subject.repository)
    view = dispute(context.review, command)
    repositories.end_access(context.repositories, person, own.subject.repository)
    return view
