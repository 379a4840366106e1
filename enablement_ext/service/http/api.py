"""The JSON API about submissions: what each route needs, and what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from enablement_ext.core.errors import BadRequest, UnknownImage
from enablement_ext.core.review.models import ImageRef, Principal, Submission, Version
from enablement_ext.core.review.ports import QueueFilter
from enablement_ext.service.caches.pages import KeptPage, until
from enablement_ext.service.context import House
from enablement_ext.service.use_cases import claims, queries, submit, submit_version
from enablement_ext.service.use_cases.ingest import Examined, Unpacked, examine, unpack
from enablement_ext.service.use_cases.review_context import shown, viewer
from enablement_ext.service.use_cases.withdraw import withdraw as withdraw_submission
from enablement_ext.web import serializers
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.headers import attachment_headers
from enablement_ext.web.messages import JSON, Answer, Request, json_answer
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.validation import idempotency_key, stamp_of

TAR = "application/x-tar"
CONTRACT = Path(serializers.__file__).with_name("openapi.yaml").read_bytes()
_SEARCH = 200

Work = Callable[[House, Request], Answer]
Flow = Callable[[House, Request], Awaitable[Answer]]


def whoami(house: House, request: Request) -> Answer:
    who = request.principal
    return json_answer(
        {
            "name": who.name,
            "scopes": sorted(who.scopes),
            "tracks": sorted(house.desk.policy.reviewed_by(who)),
            "counters": serializers.counters_json(queries.counters(house.desk, who)),
        }
    )


async def list_submissions(house: House, request: Request) -> Answer:
    """A page that was made since anything happened is answered as it is, without a visit to a worker thread."""
    who, listing, newest = request.principal, _listing(request), house.desk.store.glance()
    kept = None if newest is None else house.pages.find((who, listing), newest, house.desk.clock.now())
    if kept is not None:
        return Answer(body=kept)
    return Answer(body=await house.workers.run(_page, house, who, listing, dated=newest is not None))


async def send_submission(house: House, request: Request) -> Answer:
    return await _send(house, request, None)


async def send_version(house: House, request: Request) -> Answer:
    return await _send(house, request, request.numbers["number"])


def get_submission(house: House, request: Request) -> Answer:
    return json_answer(queries.detail(house.desk, request.principal, request.numbers["number"]))


def view_notebook(house: House, request: Request) -> Answer:
    first, count = _number(request, "first", 0, (0, 10**9)), _number(request, "count", 200, (1, 500))
    return json_answer(queries.notebook(house.notebooks, _version(house, request), first, count))


def view_cell(house: House, request: Request) -> Answer:
    return json_answer(queries.cell(house.notebooks, _version(house, request), request.numbers["cell"]))


def download(house: House, request: Request) -> Answer:
    entry, data = queries.file(house.desk, _version(house, request), request.numbers["index"])
    return Answer(200, data, "application/octet-stream", attachment_headers(entry.path))


def claim(house: House, request: Request) -> Answer:
    stamp, _ = stamp_of(request.json_object())
    return _submission(house, request, claims.claim(house.desk, request.principal, request.numbers["number"], stamp))


def release(house: House, request: Request) -> Answer:
    stamp, _ = stamp_of(request.json_object())
    return _submission(house, request, claims.release(house.desk, request.principal, request.numbers["number"], stamp))


def withdraw(house: House, request: Request) -> Answer:
    stamp, reason = stamp_of(request.json_object())
    found = withdraw_submission(house.desk, request.principal, request.numbers["number"], stamp, reason)
    return _submission(house, request, found)


def list_events(house: House, request: Request) -> Answer:
    found = queries.events(house.desk, request.principal, request.numbers["number"])
    return json_answer({"events": [serializers.event_json(event) for event in found]})


def contract(house: House, request: Request) -> Answer:  # noqa: ARG001 - the same for everybody
    return Answer(200, CONTRACT, "application/yaml")


def routes(house: House) -> tuple[Route[House], ...]:
    """The routes of this module."""
    bundle, stamped = BodyRule(TAR, house.bounds.body), BodyRule(JSON, house.bounds.json)
    read, token = Scope.READ, Session.TOKEN
    one = "/api/v1/submissions/{number}"
    a_version = one + "/versions/{version}"

    def get(operation: str, path: str, work: Work) -> Route[House]:
        return Route(operation=operation, method="GET", path=path, scope=read, session=token, work=work)

    def act(operation: str, path: str, scope: Scope, work: Work) -> Route[House]:
        return Route(operation=operation, method="POST", path=path, scope=scope, session=token, work=work, body=stamped)

    def sent(operation: str, path: str, flow: Flow) -> Route[House]:
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


def _page(house: House, who: Principal, listing: queries.Listing, *, dated: bool) -> bytes:
    """Make a page, and keep it where its date is asked for."""
    looking_at = viewer(house.desk, who)
    page = queries.page(house.desk, who, listing, dated=dated)
    body = house.texts.page(looking_at, page.items, page.next)
    if page.newest is not None:
        house.pages.keep((who, listing), KeptPage(body, page.newest, until(page.items, looking_at.now)))
    return body


async def _send(house: House, request: Request, target: int | None) -> Answer:
    """One holder per key: who double-clicks waits for the first answer and gets the same."""
    async with house.keys.hold((request.principal.name, idempotency_key(request.headers))):
        known = house.hub.remembered_image(request.principal.name, request.principal.server or "", request.token)
        if (
            known is not None and request.principal.server is not None
        ):  # as mostly: one visit to a worker thread does it all
            return _receipt(await house.writers.run(_send_now, house, request, target, known))
        image = asyncio.ensure_future(_image(house, request))
        image.add_done_callback(_seen)
        unpacked, again = await house.writers.run(_receive, house, request, target)
        if again is not None:
            image.cancel()
            return _receipt(again)
        examined = await house.writers.run(examine, unpacked)
        parcel = _parcel(request, unpacked, examined, await image)
        return _receipt(await house.writers.run(_store, house, parcel, target))


def _send_now(house: House, request: Request, target: int | None, image: ImageRef) -> submit.Sent:
    """All of it, where the image is known already."""
    if target is None:
        unpacked = unpack(request.body, house.bounds.bundle, None)
        key = idempotency_key(request.headers)
        examined = submit.examined(house.desk, request.principal.name, key, unpacked)
        if isinstance(examined, submit.Sent):
            return examined
    else:
        unpacked, again = _receive(house, request, target)
        if again is not None:
            return again
        examined = examine(unpacked)
    return _store(house, _parcel(request, unpacked, examined, image), target)


def _parcel(request: Request, unpacked: Unpacked, examined: Examined, image: ImageRef) -> submit.Parcel:
    return submit.Parcel(request.principal, idempotency_key(request.headers), unpacked.identity, examined, image)


def _store(house: House, parcel: submit.Parcel, target: int | None) -> submit.Sent:
    if target is None:
        return submit.send(house.desk, parcel)
    return submit_version.send_version(house.desk, house.notebooks, parcel, target)


def _receive(house: House, request: Request, target: int | None) -> tuple[Unpacked, submit.Sent | None]:
    unpacked = unpack(request.body, house.bounds.bundle, target)
    again = submit.known(house.desk, request.principal.name, idempotency_key(request.headers), unpacked.identity)
    if again is not None:
        unpacked.verify()
    elif target is not None:
        submit_version.require_sendable(house.desk, request.principal, target, unpacked.sending.stamp)
    return unpacked, again


def _seen(image: asyncio.Future[ImageRef]) -> None:
    """Look at the outcome, so that one nobody waits for any more (the bundle was refused) is not reported as forgotten."""
    if not image.cancelled():
        image.exception()


async def _image(house: House, request: Request) -> ImageRef:
    who = request.principal
    if who.server is None:
        raise UnknownImage("Notebooks are sent from a server that the hub started: the image is taken from there.")
    return await house.hub.image_of(who.name, who.server, token=request.token)


def _receipt(sent: submit.Sent) -> Answer:
    replayed = {"Idempotency-Replayed": "true"} if sent.replayed else {}
    return json_answer(serializers.receipt_json(sent.receipt), 200 if sent.replayed else 201, replayed)


def _submission(house: House, request: Request, submission: Submission) -> Answer:
    return json_answer(shown(house.desk, request.principal, submission))


def _version(house: House, request: Request) -> Version:
    return queries.version(house.desk, request.principal, request.numbers["number"], request.numbers["version"])


def _listing(request: Request) -> queries.Listing:
    name = request.query.get("filter", QueueFilter.WAITING.value)
    search = request.query.get("search", "")
    if name not in QueueFilter._value2member_map_:
        raise BadRequest("This list does not exist.", facts={"field": "filter"})
    if len(search) > _SEARCH or "\0" in search:
        raise BadRequest(f"A search has at most {_SEARCH} characters.", facts={"field": "search"})
    if "\0" in request.query.get("path", ""):
        raise BadRequest("This is not a path.", facts={"field": "path"})
    return queries.Listing(
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
