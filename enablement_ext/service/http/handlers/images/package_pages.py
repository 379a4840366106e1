"""The pages on which platform engineers answer requests for packages.

A server's token carries no `admin` (a notebook that its owner runs holds it), so answers are given as decisions are: on a page whose
origin no lab page shares, shown to a browser with the service's own session, whose form carries a ticket.
"""

from __future__ import annotations

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.images.requests.package_requests import MOST_WHY, PackageRequest, RequestState
from enablement_ext.core.text.cleaning import clean, is_visible
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.rendering import lab_url, page
from enablement_ext.service.http.tickets import (
    ConfirmedForm,
    Purpose,
    client_of,
    confirmed_form,
    form_route,
    form_values,
)
from enablement_ext.service.use_cases import package_requests
from enablement_ext.service.use_cases.package_requests import PackageAnswerCommand
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response
from enablement_ext.web.routes import Route

PURPOSE = Purpose("package-request", "another request")
_PAGE = 200


def list_page(context: ServiceContext, request: Request) -> Response:
    """Everything that was asked, the unanswered first."""
    requests, _ = package_requests.page(context.review, request.principal, None, _PAGE)
    waiting = [each for each in requests.items if each.state is RequestState.REQUESTED]
    values: dict[str, object] = {
        "waiting": waiting,
        "answered": [each for each in requests.items if each.state is not RequestState.REQUESTED],
        "prefix": context.urls.prefix,
        "lab": lab_url(context.urls),
    }
    return page("package_requests.html", values)


def show_page(context: ServiceContext, request: Request) -> Response:
    """One request, with the form that answers it."""
    who = request.principal
    asked = package_requests.one(context.review, who, request.numbers["number"])
    values: dict[str, object] = {
        "request": asked,
        "size": _size(asked),
        **form_values(context, request, PURPOSE, {"stamp": asked.stamp}),
    }
    return page("package_request.html", values, form_action="'self'")


async def answer(context: ServiceContext, request: Request) -> Response:
    """The answer of the form's session; that its holder is signed in and still looks after images, the hub says now."""
    form = await confirmed_form(context, request, PURPOSE)
    command = _command(context, request, form)
    answered = await context.writers.run(package_requests.answer, context.review, command)
    return page("package_answered.html", {"request": answered, "prefix": context.urls.prefix})


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001 - as every module of routes
    """The list of requests, one request, and the answer to it."""
    every, one = "/package-requests", "/package-requests/{number}"
    browser, admin = Session.BROWSER, Scope.ADMIN
    return (
        Route(operation="packageRequestsPage", method="GET", path=every, scope=admin, session=browser, work=list_page),
        Route(
            operation="packageRequestPage",
            method="GET",
            path=one,
            scope=admin,
            session=browser,
            work=show_page,
            navigation=True,
        ),
        form_route("answerPackageRequest", one, admin, answer),
    )


def _command(context: ServiceContext, request: Request, form: ConfirmedForm) -> PackageAnswerCommand:
    verdict, reason = form.fields.get("verdict", ""), clean(form.fields.get("reason", ""))
    if verdict not in ("accept", "decline"):
        raise BadRequest("Choose what you answer.", facts={"field": "verdict"})
    if len(reason) > MOST_WHY or (verdict == "decline" and not is_visible(reason)):
        raise BadRequest("Say why not; the author reads it.", facts={"field": "reason"})
    return PackageAnswerCommand(
        by=form.by,
        groups=form.groups,
        number=request.numbers["number"],
        stamp=int(str(form.seen["stamp"])),
        accept=verdict == "accept",
        reason=reason if is_visible(reason) else "",
        client=client_of(request),
        risks=context.decisions.taken,
    )


def _size(request: PackageRequest) -> str:
    """The size as people write it, "" where it is not known."""
    size = request.solver.bytes
    if size is None:
        return ""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} kB"
