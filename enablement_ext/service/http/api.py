"""The JSON API about submissions: what each route needs, and what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from enablement_ext.core.errors import BadRequest, UnknownImage
from enablement_ext.core.review.models import ImageRef, Principal, Submission, Version
from enablement_ext.core.review.ports import QueueFilter
from enablement_ext.service.caches.pages import CachedPage, until
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.use_cases import claims, queries, submit, submit_version
from enablement_ext.service.use_cases.ingest import ReceivedBundle, ValidatedBundle, ingest, validate
from enablement_ext.service.use_cases.review_context import shown, viewer
from enablement_ext.service.use_cases.withdraw import withdraw as withdraw_submission
from enablement_ext.web import serializers
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.headers import attachment_headers
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.validation import idempotency_key, stamp_of

TAR = "application/x-tar"
CONTRACT = Path(serializers.__file__).with_name("openapi.yaml").read_bytes()
_SEARCH = 200

Work = Callable[[ServiceContext, Request], Response]
Flow = Callable[[ServiceContext, Request], Awaitable[Response]]


def whoami(context: ServiceContext, request: Request) -> Response:
    who = request.principal
    return json_response(
        {
            "name": who.name,
            "scopes": sorted(who.scopes),
            "tracks": sorted(context.review.policy.reviewed_by(who)),
            "counters": serializers.counters_json(queries.counters(context.review, who)),
        }
    )


async def list_submissions(context: ServiceContext, request: Request) -> Response:
    """A page that was made since anything happened is answered as it is, without a visit to a worker thread."""
    who, listing, newest = request.principal, _listing(request), context.review.store.latest_seq()
    kept = None if newest is None else context.page_cache.find((who, listing), newest, context.review.clock.now())
    if kept is not None:
        return Response(body=kept)
    return Response(body=await context.workers.run(_page, context, who, listing, dated=newest is not None))


async def send_submission(context: ServiceContext, request: Request) -> Response:
    return await _send(context, request, None)


async def send_version(context: ServiceContext, request: Request) -> Response:
    return await _send(context, request, request.numbers["number"])


def get_submission(context: ServiceContext, request: Request) -> Response:
    return json_response(queries.detail(context.review, request.principal, request.numbers["number"]))


def view_notebook(context: ServiceContext, request: Request) -> Response:
    first, count = _number(request, "first", 0, (0, 10**9)), _number(request, "count", 200, (1, 500))
    return json_response(queries.notebook(context.notebooks, _version(context, request), first, count))


def view_cell(context: ServiceContext, request: Request) -> Response:
    return json_response(queries.cell(context.notebooks, _version(context, request), request.numbers["cell"]))


def download(context: ServiceContext, request: Request) -> Response:
    entry, data = queries.file(context.review, _version(context, request), request.numbers["index"])
    return Response(200, data, "application/octet-stream", attachment_headers(entry.path))


def claim(context: ServiceContext, request: Request) -> Response:
    stamp, _ = stamp_of(request.json_object())
    return _submission(
        context, request, claims.claim(context.review, request.principal, request.numbers["number"], stamp)
    )


def release(context: ServiceContext, request: Request) -> Response:
    stamp, _ = stamp_of(request.json_object())
    return _submission(
        context, request, claims.release(context.review, request.principal, request.numbers["number"], stamp)
    )


def withdraw(context: ServiceContext, request: Request) -> Response:
    stamp, reason = stamp_of(request.json_object())
    found = withdraw_submission(context.review, request.principal, request.numbers["number"], stamp, reason)
    return _submission(context, request, found)


def list_events(context: ServiceContext, request: Request) -> Response:
    found = queries.events(context.review, request.principal, request.numbers["number"])
    return json_response({"events": [serializers.event_json(event) for event in found]})


def contract(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    return Response(200, CONTRACT, "application/yaml")


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """The routes of this module."""
    bundle, stamped = BodyRule(TAR, context.limits.body), BodyRule(JSON, context.limits.json)
    read, token = Scope.READ, Session.TOKEN
    one = "/api/v1/submissions/{number}"
    a_version = one + "/versions/{version}"

    def get(operation: str, path: str, work: Work) -> Route[ServiceContext]:
        return Route(operation=operation, method="GET", path=path, scope=read, session=token, work=work)

    def act(operation: str, path: str, scope: Scope, work: Work) -> Route[ServiceContext]:
        return Route(operation=operation, method="POST", path=path, scope=scope, session=token, work=work, body=stamped)

    def sent(operation: str, path: str, flow: Flow) -> Route[ServiceContext]:
        return Route(
            operation=operation,
            method="POST",
            path=path,
            scope=Scope.SUBMIT,
            session=token,
            flow=flow,
            body=bundle,
        )

    return (
        get("whoami", "/api/v1/whoami", whoami),
        Route(
            operation="listSubmissions",
            method="GET",
            path="/api/v1/submissions",
            scope=read,
            session=token,
            flow=list_submissions,
        ),
        sent("sendSubmission", "/api/v1/submissions", send_submission),
        get("getSubmission", one, get_submission),
        sent("sendVersion", f"{one}/versions", send_version),
        get("viewNotebook", f"{a_version}/notebook", view_notebook),
        get("viewCell", f"{a_version}/cells/{{cell}}", view_cell),
        get("downloadFile", f"{a_version}/files/{{index}}", download),
        act("claim", f"{one}/claim", Scope.REVIEW, claim),
        act("release", f"{one}/release", Scope.REVIEW, release),
        act("withdraw", f"{one}/withdraw", Scope.SUBMIT, withdraw),
        get("listEvents", f"{one}/events", list_events),
        get("contract", "/api/v1/openapi.yaml", contract),
    )


def _page(context: ServiceContext, who: Principal, listing: queries.ListQuery, *, dated: bool) -> bytes:
    """Make a page, and keep it where its date is asked for."""
    looking_at = viewer(context.review, who)
    page = queries.page(context.review, who, listing, dated=dated)
    body = context.submission_json.page(looking_at, page.items, page.next)
    if page.newest is not None:
        context.page_cache.keep((who, listing), CachedPage(body, page.newest, until(page.items, looking_at.now)))
    return body


async def _send(context: ServiceContext, request: Request, target: int | None) -> Response:
    """One holder per key: who double-clicks waits for the first answer and gets the same."""
    async with context.key_locks.hold((request.principal.name, idempotency_key(request.headers))):
        known = context.hub.remembered_image(request.principal.name, request.principal.server or "", request.token)
        if (
            known is not None and request.principal.server is not None
        ):  # as mostly: one visit to a worker thread does it all
            return _receipt(await context.writers.run(_send_now, context, request, target, known))
        image = asyncio.ensure_future(_image(context, request))
        image.add_done_callback(_seen)
        unpacked, again = await context.writers.run(_receive, context, request, target)
        if again is not None:
            image.cancel()
            return _receipt(again)
        examined = await context.writers.run(validate, unpacked)
        parcel = _parcel(request, unpacked, examined, await image)
        return _receipt(await context.writers.run(_store, context, parcel, target))


def _send_now(context: ServiceContext, request: Request, target: int | None, image: ImageRef) -> submit.SubmitResult:
    """All of it, where the image is known already."""
    if target is None:
        unpacked = ingest(request.body, context.limits.bundle, None)
        key = idempotency_key(request.headers)
        examined = submit.examined(context.review, request.principal.name, key, unpacked)
        if isinstance(examined, submit.SubmitResult):
            return examined
    else:
        unpacked, again = _receive(context, request, target)
        if again is not None:
            return again
        examined = validate(unpacked)
    return _store(context, _parcel(request, unpacked, examined, image), target)


def _parcel(
    request: Request, unpacked: ReceivedBundle, examined: ValidatedBundle, image: ImageRef
) -> submit.SubmitCommand:
    return submit.SubmitCommand(request.principal, idempotency_key(request.headers), unpacked.identity, examined, image)


def _store(context: ServiceContext, parcel: submit.SubmitCommand, target: int | None) -> submit.SubmitResult:
    if target is None:
        return submit.send(context.review, parcel)
    return submit_version.send_version(context.review, context.notebooks, parcel, target)


def _receive(
    context: ServiceContext, request: Request, target: int | None
) -> tuple[ReceivedBundle, submit.SubmitResult | None]:
    unpacked = ingest(request.body, context.limits.bundle, target)
    again = submit.known(context.review, request.principal.name, idempotency_key(request.headers), unpacked.identity)
    if again is not None:
        unpacked.verify()
    elif target is not None:
        submit_version.require_sendable(context.review, request.principal, target, unpacked.sending.stamp)
    return unpacked, again


def _seen(image: asyncio.Future[ImageRef]) -> None:
    """Look at the outcome, so that one nobody waits for any more (the bundle was refused) is not reported as forgotten."""
    if not image.cancelled():
        image.exception()


async def _image(context: ServiceContext, request: Request) -> ImageRef:
    who = request.principal
    if who.server is None:
        raise UnknownImage("Notebooks are sent from a server that the hub started: the image is taken from there.")
    return await context.hub.image_of(who.name, who.server, token=request.token)


def _receipt(sent: submit.SubmitResult) -> Response:
    replayed = {"Idempotency-Replayed": "true"} if sent.replayed else {}
    return json_response(serializers.receipt_json(sent.receipt), 200 if sent.replayed else 201, replayed)


def _submission(context: ServiceContext, request: Request, submission: Submission) -> Response:
    return json_response(shown(context.review, request.principal, submission))


def _version(context: ServiceContext, request: Request) -> Version:
    return queries.version(context.review, request.principal, request.numbers["number"], request.numbers["version"])


def _listing(request: Request) -> queries.ListQuery:
    name = request.query.get("filter", QueueFilter.WAITING.value)
    search = request.query.get("search", "")
    if name not in QueueFilter._value2member_map_:
        raise BadRequest("This list does not exist.", facts={"field": "filter"})
    if len(search) > _SEARCH or "\0" in search:
        raise BadRequest(f"A search has at most {_SEARCH} characters.", facts={"field": "search"})
    if "\0" in request.query.get("path", ""):
        raise BadRequest("This is not a path.", facts={"field": "path"})
    return queries.ListQuery(
        filter=QueueFilter(name),
        search=search,
        path=request.query.get("path"),
        cursor=request.query.get("cursor", ""),
        limit=_number(request, "limit", 50, (1, 200)),
    )


def _number(request: Request, name: str, default: int, bounds: tuple[int, int]) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 12) or not bounds[0] <= int(text) <= bounds[1]:
        raise BadRequest(f"“{name}” is not a number from {bounds[0]} to {bounds[1]}.", facts={"field": name})
    return int(text)
