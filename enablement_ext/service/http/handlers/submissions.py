"""The JSON API about submissions: what each route needs, and what it answers."""

from __future__ import annotations

import unicodedata
from contextlib import AbstractContextManager
from pathlib import Path

from enablement_ext.core.checks.models import NotebookSurroundings
from enablement_ext.core.errors import BadRequest
from enablement_ext.core.output_policy.rules import OutputRules
from enablement_ext.core.review.models import Principal, Submission, Version
from enablement_ext.core.review.queue import QueueFilter
from enablement_ext.service.caches.pages import CachedPage, first_claim_end
from enablement_ext.service.checking.pool import ValidationQuestion
from enablement_ext.service.context import Flow, ServiceContext, Work, in_readers
from enablement_ext.service.http.presentation import detail_json, told_event_json, view_json
from enablement_ext.service.http.server_image import server_image_or_error
from enablement_ext.service.runtime.thread_pools import ThreadPool
from enablement_ext.service.use_cases import claims, queries
from enablement_ext.service.use_cases.arrival.examination import Examination, Examine
from enablement_ext.service.use_cases.confirmations.views import of_events
from enablement_ext.service.use_cases.ingest import ReceivedBundle
from enablement_ext.service.use_cases.review_context import viewer
from enablement_ext.service.use_cases.submit import SubmitCommand, SubmitResult, submit
from enablement_ext.service.use_cases.withdraw import withdraw as withdraw_submission
from enablement_ext.web import serializers
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.headers import attachment_headers
from enablement_ext.web.messages import JSON, Request, Response, dump, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.shared_bytes import SharedBytes
from enablement_ext.web.validation import idempotency_key, query_number, stamp_of

TAR = "application/x-tar"
CONTRACT = Path(serializers.__file__).with_name("openapi.yaml").read_bytes()
_LARGE_BYTES = 16 * 1024 * 1024


def whoami(context: ServiceContext, request: Request) -> Response:
    who = request.principal
    return json_response(
        {
            "name": who.name,
            "account": who.account.name if who.account else who.name,
            "scopes": sorted(who.scopes),
            "tracks": sorted(context.review.policy.reviewed_by(who)),
            "counters": serializers.counters_json(queries.counters(context.review, who)),
            "decisions": _decisions(context),
        }
    )


def _decisions(context: ServiceContext) -> serializers.Json:
    """Where the pages are on which people decide, and why they cannot."""
    decisions = context.decisions
    return {
        "on": not decisions.off_because,
        "url": decisions.pages,
        "off_because": [risk.value for risk in decisions.off_because],
        "accepted_risks": [risk.value for risk in decisions.taken],
    }


def send_limits(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    return json_response(serializers.send_limits_json(context.limits.body, context.limits.bundle))


async def list_submissions(context: ServiceContext, request: Request) -> Response:
    """A page that was cached since the newest event is answered from the event loop; every other is made in a worker thread."""
    who, query, latest = request.principal, _list_query(request), context.review.store.latest_seq()
    cached = None if latest is None else context.page_cache.get((who, query), latest, context.review.clock.now())
    if cached is not None:
        return Response(body=cached)
    return Response(body=await context.workers.run(_page, context, who, query, with_seq=latest is not None))


async def send_submission(context: ServiceContext, request: Request) -> Response:
    return await _sent(context, request, None)


async def send_version(context: ServiceContext, request: Request) -> Response:
    return await _sent(context, request, request.numbers["number"])


def get_submission(context: ServiceContext, request: Request) -> Response:
    return json_response(detail_json(queries.detail(context.review, request.principal, request.numbers["number"])))


def view_notebook(context: ServiceContext, request: Request) -> Response:
    first = query_number(request.query, "first", (0, 10**9), 0)
    count = query_number(request.query, "count", (1, 500), 200)
    version = _version(context, request)
    about = {
        "submission": version.submission,
        "version": version.number,
        "content_id": version.content_id,
        "sha256": version.notebook.sha256,
        "size": version.notebook.size,
    }
    seen = context.checking.view(context.review.notebooks(version.notebook.sha256), first, count)
    return Response(body=dump(about)[:-1] + b"," + seen[1:])


def view_cell(context: ServiceContext, request: Request) -> Response:
    version = _version(context, request)
    notebook = context.review.notebooks(version.notebook.sha256)
    return Response(body=context.checking.view_cell(notebook, request.numbers["cell"]))


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
    withdrawn = withdraw_submission(context.review, request.principal, request.numbers["number"], stamp, reason)
    return _submission(context, request, withdrawn)


def list_events(context: ServiceContext, request: Request) -> Response:
    who, number = request.principal, request.numbers["number"]
    events, confirmed = queries.events(context.review, who, number), of_events(context.review, who, number)
    return json_response({"events": [told_event_json(context.urls, event, confirmed) for event in events]})


def contract(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    return Response(200, CONTRACT, "application/yaml")


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """Everything below `/api/v1/submissions`, who is asking, and the contract."""
    bundle, stamped = BodyRule(TAR, context.limits.body), BodyRule(JSON, context.limits.json)
    read, token = Scope.READ, Session.TOKEN
    one = "/api/v1/submissions/{number}"
    a_version = one + "/versions/{version}"

    def get(operation: str, path: str, work: Work) -> Route[ServiceContext]:
        return Route(operation=operation, method="GET", path=path, scope=read, session=token, work=work)

    def read_route(operation: str, path: str, work: Work) -> Route[ServiceContext]:
        flow = in_readers(work)
        return Route(operation=operation, method="GET", path=path, scope=read, session=token, flow=flow)

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
        Route(
            operation="sendLimits",
            method="GET",
            path="/api/v1/send-limits",
            scope=Scope.SUBMIT,
            session=token,
            work=send_limits,
        ),
        sent("sendSubmission", "/api/v1/submissions", send_submission),
        get("getSubmission", one, get_submission),
        sent("sendVersion", f"{one}/versions", send_version),
        read_route("viewNotebook", f"{a_version}/notebook", view_notebook),
        read_route("viewCell", f"{a_version}/cells/{{cell}}", view_cell),
        get("downloadFile", f"{a_version}/files/{{index}}", download),
        act("claim", f"{one}/claim", Scope.REVIEW, claim),
        act("release", f"{one}/release", Scope.REVIEW, release),
        act("withdraw", f"{one}/withdraw", Scope.SUBMIT, withdraw),
        get("listEvents", f"{one}/events", list_events),
        get("contract", "/api/v1/openapi.yaml", contract),
    )


def _page(context: ServiceContext, who: Principal, query: queries.ListQuery, *, with_seq: bool) -> bytes:
    """Make a page, and cache it where the store can tell cheaply which event is the newest."""
    looking = viewer(context.review, who)
    page = queries.page(context.review, who, query, with_seq=with_seq)
    body = context.submission_json.page(looking, page.items, page.next)
    if page.latest_seq is not None:
        cached = CachedPage(body, page.latest_seq, first_claim_end(page.items, looking.now))
        context.page_cache.put((who, query), cached)
    return body


async def _sent(context: ServiceContext, request: Request, target: int | None) -> Response:
    answer = await _submit(context, request, target)
    context.rerunning.wake()
    if request.large is not None:
        context.search_indexing.wake()
    return answer


async def _submit(context: ServiceContext, request: Request, target: int | None) -> Response:
    """One request at a time for one idempotency key: who double-clicks waits for the first answer and gets the same."""
    principal, key = request.principal, idempotency_key(request.headers)
    async with context.key_locks.hold((principal.name, key)):
        image = await server_image_or_error(context, request, "Notebooks are sent")
        if request.large is None:
            command = SubmitCommand(principal, key, target, request.body, image)
            return _receipt(await context.writers.run(submit, context.review, command))
        examine = in_process(context, request.large, target)
        command = SubmitCommand(principal, key, target, request.large.view(), image, examine)
        return _receipt(await checkers(context, request.large).run(submit, context.review, command))


def in_process(context: ServiceContext, body: SharedBytes, target: int | None) -> Examine:
    """Examined in a process of its own."""
    limits, rules = context.review.bundle_limits, context.review.policy.not_secret_rules

    def examine(
        received: ReceivedBundle, outputs: OutputRules, around: NotebookSurroundings | None
    ) -> AbstractContextManager[Examination]:
        return context.checking.examining(body, received, ValidationQuestion(limits, target, outputs, rules, around))

    return examine


def checkers(context: ServiceContext, body: SharedBytes) -> ThreadPool:
    """The threads that wait for its examination."""
    return context.checkers if len(body) <= _LARGE_BYTES else context.large_checkers


def _receipt(result: SubmitResult) -> Response:
    replayed = {"Idempotency-Replayed": "true"} if result.replayed else {}
    return json_response(serializers.receipt_json(result.receipt), 200 if result.replayed else 201, replayed)


def _submission(context: ServiceContext, request: Request, submission: Submission) -> Response:
    return json_response(view_json(viewer(context.review, request.principal).view(submission)))


def _version(context: ServiceContext, request: Request) -> Version:
    return queries.version(context.review, request.principal, request.numbers["number"], request.numbers["version"])


def _list_query(request: Request) -> queries.ListQuery:
    name = request.query.get("filter", QueueFilter.WAITING.value)
    if name not in QueueFilter._value2member_map_:
        raise BadRequest("This list does not exist.", facts={"field": "filter"})
    path = request.query.get("path")
    if path is not None and "\0" in path:
        raise BadRequest("This is not a path.", facts={"field": "path"})
    return queries.ListQuery(
        filter=QueueFilter(name),
        path=None if path is None else unicodedata.normalize("NFC", path),  # as a bundle's paths are stored
        cursor=request.query.get("cursor", ""),
        limit=query_number(request.query, "limit", (1, 200), 50),
    )
