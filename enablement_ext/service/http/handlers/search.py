"""The JSON API about finding: what is found, the same as a file, and the searches that somebody keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.search import spreadsheet
from enablement_ext.core.review.search.filters import FILTERS, ME, PEOPLE
from enablement_ext.core.review.search.language import MOST_CHARACTERS
from enablement_ext.core.review.search.saved import MOST_NAME, SavedSearch
from enablement_ext.core.text.fields import Fields
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.streaming import StreamingResponse
from enablement_ext.service.use_cases.review_context import viewer
from enablement_ext.service.use_cases.search import saved
from enablement_ext.service.use_cases.search.find import (
    MOST_EXPORTED,
    ExportedPage,
    SearchHit,
    SearchRequest,
    export,
    search,
    understood,
)
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.headers import attachment_headers
from enablement_ext.web.messages import JSON, Request, Response, dump, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.serializers import Json, submission_json
from enablement_ext.web.validation import query_number

_CUT = f"There are more than {MOST_EXPORTED}. These are the newest."

Pages = Iterator[ExportedPage]


def search_submissions(context: ServiceContext, request: Request) -> Response:
    limit = query_number(request.query, "limit", (1, 200), 50)
    asked = SearchRequest(request.query.get("query", ""), request.query.get("cursor", ""), limit)
    page = search(context.review, request.principal, asked)
    looking = viewer(context.review, request.principal)
    items = [
        b'{"submission":%b,"excerpt":%b}' % (context.submission_json.text(looking, each.submission), _excerpt(each))
        for each in page.items
    ]
    told = page.indexing
    indexing = None if told is None else {"done": max(0, told.total - told.waiting), "total": told.total}
    return Response(
        body=b'{"items":[%b],"next":%b,"indexing":%b}' % (b",".join(items), dump(page.next), dump(indexing))
    )


async def export_search(context: ServiceContext, request: Request) -> Response:
    """A file that is made as it is written. What is wrong with the query is said before it begins."""
    kind = request.query.get("format", "csv")
    if kind not in _FORMATS:
        raise BadRequest("The format is csv or json.", facts={"field": "format"})
    parts = understood(request.query.get("query", ""))
    pages = export(context.review, request.principal, parts)
    first = await context.workers.run(_next, pages)  # whatever is wrong is an answer, not half a file
    pieces = partial(_pieces, context, request, _FORMATS[kind], first, pages)
    return StreamingResponse(
        content_type="application/octet-stream", headers=attachment_headers(f"submissions.{kind}"), pieces=pieces
    )


def search_filters(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    """For completion. The tracks are those of this service."""
    tracks = sorted(context.review.policy.all_tracks())
    told = [
        {
            "name": name,
            "meaning": each.meaning,
            "example": each.example,
            "values": tracks if name == "track" else [ME] if name in PEOPLE else list(each.values),
        }
        for name, each in FILTERS.items()
    ]
    return json_response({"filters": told})


def list_saved_searches(context: ServiceContext, request: Request) -> Response:
    return _saved(saved.saved_searches(context.review, request.principal))


def save_search(context: ServiceContext, request: Request) -> Response:
    form = Fields(request.json_object(), BadRequest).only(("name", "query"))
    name = form.text("name", MOST_NAME, least=1, one_line=True)
    kept = SavedSearch(name, form.text("query", MOST_CHARACTERS, one_line=True))
    return _saved(saved.save_search(context.review, request.principal, kept))


def delete_saved_search(context: ServiceContext, request: Request) -> Response:
    form = Fields(request.json_object(), BadRequest).only(("name",))
    name = form.text("name", MOST_NAME, least=1, one_line=True)
    return _saved(saved.forget_search(context.review, request.principal, name))


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """Everybody who reads may search: they find what they may see."""
    read, token, written = Scope.READ, Session.TOKEN, BodyRule(JSON, context.limits.json)
    searches = "/api/v1/saved-searches"
    return (
        Route(
            operation="searchSubmissions",
            method="GET",
            path="/api/v1/search",
            scope=read,
            session=token,
            work=search_submissions,
        ),
        Route(
            operation="exportSearch",
            method="GET",
            path="/api/v1/search/export",
            scope=read,
            session=token,
            flow=export_search,
        ),
        Route(
            operation="searchFilters",
            method="GET",
            path="/api/v1/search/filters",
            scope=read,
            session=token,
            work=search_filters,
        ),
        Route(
            operation="listSavedSearches",
            method="GET",
            path=searches,
            scope=read,
            session=token,
            work=list_saved_searches,
        ),
        Route(
            operation="saveSearch",
            method="POST",
            path=searches,
            scope=read,
            session=token,
            work=save_search,
            body=written,
        ),
        Route(
            operation="deleteSavedSearch",
            method="POST",
            path=f"{searches}/delete",
            scope=read,
            session=token,
            work=delete_saved_search,
            body=written,
        ),
    )


def _saved(found: Sequence[SavedSearch]) -> Response:
    return json_response({"searches": [{"name": each.name, "query": each.query} for each in found]})


def _excerpt(hit: SearchHit) -> bytes:
    found = hit.excerpt
    if found is None:
        return b"null"
    pieces: list[Json] = [{"text": text, "found": is_found} for text, is_found in found.pieces if text]
    return dump({"kind": found.kind.value, "where": found.where, "pieces": pieces})


Writer = Callable[[ServiceContext, Request, ExportedPage, bool], str]


def _csv(context: ServiceContext, request: Request, page: ExportedPage, first: bool) -> str:  # noqa: ARG001 - as the other format
    rows = [spreadsheet.row(each) for each in page.items]
    head = (
        "\ufeff" + spreadsheet.csv_lines([spreadsheet.COLUMNS]) if first else ""
    )  # the mark says UTF-8 to spreadsheets
    return head + spreadsheet.csv_lines(rows) + (spreadsheet.csv_lines([("", _CUT)]) if page.cut else "")


def _json(context: ServiceContext, request: Request, page: ExportedPage, first: bool) -> str:
    looking = viewer(context.review, request.principal)
    items = [dump(submission_json(each, looking.waits(each), ())).decode() for each in page.items]
    before = '{"items":[\n' if first else ",\n" if items else ""
    return before + ",\n".join(items)


_FORMATS: dict[str, Writer] = {"csv": _csv, "json": _json}


async def _pieces(
    context: ServiceContext, request: Request, write: Writer, page: ExportedPage, pages: Pages
) -> AsyncIterator[bytes]:
    first, cut, following = True, False, page
    while True:
        yield write(context, request, following, first).encode("utf-8", "replace")
        first, cut = False, following.cut
        more = await context.workers.run(_maybe_next, pages)
        if more is None:
            break
        following = more
    if write is _json:
        yield b"\n]," + b'"complete":' + dump(not cut) + b"}\n"


def _next(pages: Pages) -> ExportedPage:
    return next(pages)


def _maybe_next(pages: Pages) -> ExportedPage | None:
    return next(pages, None)
