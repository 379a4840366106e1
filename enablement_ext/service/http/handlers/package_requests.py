"""Asking for packages: the JSON API, for everybody's server; and the pages on which platform engineers answer.

A server's token carries no `admin` (a notebook that its owner runs holds it), so answers are given as decisions are: on a page
without an origin, shown to a browser with the service's own session, whose form carries a ticket.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import parse_qsl

from enablement_ext.core.errors import BadRequest, Forbidden, NotFound
from enablement_ext.core.images.requests.package_requests import MOST_WHY, PackageRequest, RequestState, checked_package
from enablement_ext.core.review.models import Principal
from enablement_ext.core.text.cleaning import clean
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.rendering import lab_url, page
from enablement_ext.service.http.server_image import server_image
from enablement_ext.service.runtime.signing_key import after
from enablement_ext.service.use_cases import package_requests
from enablement_ext.service.use_cases.package_requests import PackageAnswerCommand, PackageRequestCommand
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.serializers import Json, time_json
from enablement_ext.web.validation import stamp_of

FORM = "application/x-www-form-urlencoded"
PURPOSE = "package-request"
TICKET_SECONDS = 600
_FORM_BYTES = 64 * 1024
_PAGE = 200


async def ask(context: ServiceContext, request: Request) -> Response:
    """The image is what the hub recorded of the asking server, never what the body says."""
    command, who = _command(request.json_object()), request.principal
    image = await server_image(context, request, "A package is asked for")
    asked, new = await context.writers.run(package_requests.ask, context.review, who, image, command)
    context.package_solving.call()
    return json_response(_json(who, asked), 201 if new else 200)


async def list_requests(context: ServiceContext, request: Request) -> Response:
    below, limit = _whole(request, "below", 10**15), _whole(request, "limit", _PAGE) or 50
    who = await context.platform_group.recognised(request.principal)
    found, still_open = await context.workers.run(package_requests.page, context.review, who, below, limit)
    return json_response(
        {
            "items": [_json(who, one) for one in found.items],
            "next": found.next_below,
            "open": still_open,
            "everybodys": package_requests.sees_all(who),
        }
    )


async def get_request(context: ServiceContext, request: Request) -> Response:
    who = await context.platform_group.recognised(request.principal)
    return json_response(
        _json(who, await context.workers.run(package_requests.one, context.review, who, request.numbers["number"]))
    )


def withdraw(context: ServiceContext, request: Request) -> Response:
    stamp, _ = stamp_of(request.json_object())
    who = request.principal
    return json_response(_json(who, package_requests.withdraw(context.review, who, request.numbers["number"], stamp)))


def list_page(context: ServiceContext, request: Request) -> Response:
    """Everything that was asked, the unanswered first."""
    found, _ = package_requests.page(context.review, request.principal, None, _PAGE)
    waiting = [one for one in found.items if one.state is RequestState.REQUESTED]
    values: dict[str, object] = {
        "waiting": waiting,
        "answered": [one for one in found.items if one.state is not RequestState.REQUESTED],
        "prefix": context.urls.prefix,
        "lab": lab_url(context.urls),
    }
    return page("package_requests.html", values)


def show_page(context: ServiceContext, request: Request) -> Response:
    """One request, with the form that answers it."""
    who = request.principal
    found = package_requests.one(context.review, who, request.numbers["number"])
    ticket = {"by": who.name, "number": found.number, "stamp": found.stamp}
    values: dict[str, object] = {
        "request": found,
        "ticket": context.signer.sign(PURPOSE, ticket, after(context.review.clock.now(), TICKET_SECONDS)),
        "action": request.path,
        "by": who.name,
        "minutes": TICKET_SECONDS // 60,
        "size": _size(found),
        "prefix": context.urls.prefix,
    }
    return page("package_request.html", values, form_action="'self'")


async def answer(context: ServiceContext, request: Request) -> Response:
    """The answer. The ticket is the authority; that its holder is still known, the hub says now."""
    form = _form(request)
    ticket = context.signer.open(PURPOSE, form.get("ticket", ""), context.review.clock.now())
    if ticket is None or ticket["number"] != request.numbers["number"]:
        raise Forbidden("This page is too old, or was not made by this service. Open it again.")
    verdict = form.get("verdict", "")
    reason = clean(form.get("reason", "")).strip()
    if verdict not in ("accept", "decline"):
        raise BadRequest("Choose what you answer.", facts={"field": "verdict"})
    if len(reason) > MOST_WHY or (verdict == "decline" and not reason):
        raise BadRequest("Say why not; the author reads it.", facts={"field": "reason"})
    by = str(ticket["by"])
    try:
        await context.hub.groups_of(by)
    except NotFound:
        raise Forbidden from None
    told = PackageAnswerCommand(by, verdict == "accept", reason)
    found = await context.writers.run(
        package_requests.answer, context.review, request.numbers["number"], int(str(ticket["stamp"])), told
    )
    return page("package_answered.html", {"request": found, "prefix": context.urls.prefix})


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """The routes of this module."""
    written, form = BodyRule(JSON, context.limits.json), BodyRule(FORM, _FORM_BYTES)
    every, one = "/api/v1/package-requests", "/api/v1/package-requests/{number}"
    token, browser, admin = Session.TOKEN, Session.BROWSER, Scope.ADMIN
    shown = "/package-requests"

    def get(
        operation: str, path: str, flow: Callable[[ServiceContext, Request], Awaitable[Response]]
    ) -> Route[ServiceContext]:
        return Route(operation=operation, method="GET", path=path, scope=Scope.READ, session=token, flow=flow)

    return (
        Route(
            operation="askForPackage",
            method="POST",
            path=every,
            scope=Scope.SUBMIT,
            session=token,
            flow=ask,
            body=written,
        ),
        get("listPackageRequests", every, list_requests),
        get("getPackageRequest", one, get_request),
        Route(
            operation="withdrawPackageRequest",
            method="POST",
            path=f"{one}/withdraw",
            scope=Scope.SUBMIT,
            session=token,
            work=withdraw,
            body=written,
        ),
        Route(operation="packageRequestsPage", method="GET", path=shown, scope=admin, session=browser, work=list_page),
        Route(
            operation="packageRequestPage",
            method="GET",
            path=f"{shown}/{{number}}",
            scope=admin,
            session=browser,
            work=show_page,
            navigation=True,
        ),
        Route(
            operation="answerPackageRequest",
            method="POST",
            path=f"{shown}/{{number}}",
            scope=admin,
            session=Session.TICKET,
            flow=answer,
            navigation=True,
            body=form,
        ),
    )


def _command(body: dict[str, object]) -> PackageRequestCommand:
    for name in body:
        if name not in ("package", "wanted", "why"):
            raise BadRequest(f"“{name}” is not known here.", facts={"field": name})
    texts = {name: body.get(name, "") for name in ("package", "wanted", "why")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise BadRequest(f"“{name}” is a text.", facts={"field": name})
    package, wanted = checked_package(str(texts["package"]), str(texts["wanted"]))
    why = clean(str(texts["why"])).strip()
    if not why or len(why) > MOST_WHY:
        raise BadRequest(f"Say what you need it for, in at most {MOST_WHY} characters.", facts={"field": "why"})
    return PackageRequestCommand(package, wanted, why)


def _form(request: Request) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            bytes(request.body).decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=9
        )
    except ValueError:
        raise BadRequest("The form cannot be read.") from None
    return dict(pairs)


def _whole(request: Request, name: str, most: int) -> int | None:
    text = request.query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16) or not 0 < int(text) <= most:
        raise BadRequest(f"“{name}” is not a number from 1 to {most}.", facts={"field": name})
    return int(text)


def _size(request: PackageRequest) -> str:
    """The size as people write it, "" where it is not known."""
    size = request.solver.bytes
    if size is None:
        return ""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} kB"


def _time(at: datetime | None) -> str | None:
    return None if at is None else time_json(at)


def _json(who: Principal, request: PackageRequest) -> Json:
    solver = request.solver
    still_open = request.state is RequestState.REQUESTED
    own = request.author == who.name and "submit" in who.scopes
    actions = [*(["withdraw"] if own else []), *(["answer"] if package_requests.sees_all(who) else [])]
    return {
        "number": request.number,
        "author": request.author,
        "package": request.package,
        "wanted": request.wanted,
        "why": request.why,
        "image": request.image,
        "release": request.release,
        "python": request.python,
        "at": time_json(request.at),
        "state": request.state.value,
        "stamp": request.stamp,
        "answer": request.answer,
        "answered_by": request.answered_by,
        "answered_at": _time(request.answered_at),
        "actions": actions if still_open else [],
        "solver": {
            "solved": solver.solved.value,
            "detail": solver.detail,
            "against": solver.against,
            "kind": None if solver.kind is None else solver.kind.value,
            "bytes": solver.bytes,
            "changes": [
                {"name": one.name, "old": one.old, "new": one.new, "kind": one.kind.value, "direct": one.direct}
                for one in solver.changes
            ],
        },
    }
