"""The JSON API about requests for packages, for everybody's server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.images.requests.package_requests import MOST_WHY, PackageRequest, RequestState, checked_package
from enablement_ext.core.review.models import Principal
from enablement_ext.core.text.cleaning import clean, is_visible
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.server_image import server_image
from enablement_ext.service.use_cases import package_requests
from enablement_ext.service.use_cases.package_requests import PackageRequestCommand
from enablement_ext.service.use_cases.review_context import looks_after_platform
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.serializers import Json, time_json
from enablement_ext.web.validation import query_number, stamp_of

_PAGE = 200


async def ask(context: ServiceContext, request: Request) -> Response:
    """The image is what the hub recorded of the asking server, never what the body says."""
    command, who = _command(request.json_object()), request.principal
    image = await server_image(context, request, "A package is asked for")
    asked, new = await context.writers.run(package_requests.ask, context.review, who, image, command)
    context.package_solving.wake()
    return json_response(_json(who, asked), 201 if new else 200)


async def list_requests(context: ServiceContext, request: Request) -> Response:
    below = query_number(request.query, "below", (1, 10**15), None)
    limit = query_number(request.query, "limit", (1, _PAGE), 50)
    who = await context.platform_group.recognised(request.principal)
    requests, still_open = await context.workers.run(package_requests.page, context.review, who, below, limit)
    return json_response(
        {
            "items": [_json(who, each) for each in requests.items],
            "next": requests.next_below,
            "open": still_open,
            "everybodys": looks_after_platform(who),
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


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """JSON only; the pages that answer are in `package_pages`."""
    written = BodyRule(JSON, context.limits.json)
    every, one = "/api/v1/package-requests", "/api/v1/package-requests/{number}"
    token = Session.TOKEN

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
    if not is_visible(why) or len(why) > MOST_WHY:
        raise BadRequest(f"Say what you need it for, in at most {MOST_WHY} characters.", facts={"field": "why"})
    return PackageRequestCommand(package, wanted, why)


def _time(at: datetime | None) -> str | None:
    return None if at is None else time_json(at)


def _json(who: Principal, request: PackageRequest) -> Json:
    solver = request.solver
    still_open = request.state is RequestState.REQUESTED
    own = request.author == who.name and "submit" in who.scopes
    actions = [*(["withdraw"] if own else []), *(["answer"] if looks_after_platform(who) else [])]
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
                {
                    "name": change.name,
                    "old": change.old,
                    "new": change.new,
                    "kind": change.kind.value,
                    "direct": change.direct,
                }
                for change in solver.changes
            ],
        },
    }
