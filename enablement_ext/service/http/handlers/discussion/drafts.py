"""The JSON API about drafts: one's own, published together."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.discussion.drafts import (
    MOST_DRAFTS,
    MOST_TEXT,
    OPENING,
    RESOLUTIONS,
    DraftKind,
    DraftRef,
)
from enablement_ext.core.review.discussion.suggestions import MOST_SOURCE, Suggestion
from enablement_ext.core.text.fields import Fields
from enablement_ext.service.context import ServiceContext, in_readers
from enablement_ext.service.http.handlers.discussion.threads import anchor_of
from enablement_ext.service.http.presentation import own_draft_json, placed_draft_json
from enablement_ext.service.use_cases.discussion import drafts
from enablement_ext.service.use_cases.discussion.drafts import NewDraft
from enablement_ext.service.use_cases.discussion.publish import publish
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import JSON, Request, Response, json_response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.serializers import event_json
from enablement_ext.web.validation import query_number

_LARGEST_ID = 2**48


def list_drafts(context: ServiceContext, request: Request) -> Response:
    version = query_number(request.query, "version", (1, 10**9), None)
    own = drafts.own_drafts(context.review, request.principal, request.numbers["number"], version)
    return json_response({"drafts": [placed_draft_json(draft) for draft in own]})


def add_draft(context: ServiceContext, request: Request) -> Response:
    new = new_draft_of(request.json_object())
    added = drafts.add_draft(context.review, request.principal, request.numbers["number"], new)
    return json_response(own_draft_json(added), 201)


def edit_draft(context: ServiceContext, request: Request) -> Response:
    form = Fields(request.json_object(), BadRequest).only(("stamp", "text", "source"))
    seen = DraftRef(request.numbers["draft"], form.number("stamp", 1))
    text, source = form.text("text", MOST_TEXT), source_of(form, "source") if "source" in form.members else None
    return json_response(own_draft_json(drafts.edit_draft(context.review, request.principal, seen, text, source)))


def discard_drafts(context: ServiceContext, request: Request) -> Response:
    refs = draft_refs_of(request.json_object())
    number = request.numbers["number"]
    drafts.discard_drafts(context.review, request.principal, number, refs)
    own = drafts.own_drafts(context.review, request.principal, number)
    return json_response({"drafts": [placed_draft_json(draft) for draft in own]})


def publish_drafts(context: ServiceContext, request: Request) -> Response:
    refs = draft_refs_of(request.json_object())
    if not refs:
        raise BadRequest("Name the drafts to publish.", facts={"field": "drafts"})
    event = publish(context.review, request.principal, request.numbers["number"], refs)
    return json_response({**event_json(event), "confirmed": None})


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:
    """Who may read a submission may draft what to say of it; whether they may say it is asked again when it is published."""
    written = BodyRule(JSON, context.limits.json)
    read, token = Scope.READ, Session.TOKEN
    every = "/api/v1/submissions/{number}/drafts"
    return (
        Route(
            operation="listDrafts",
            method="GET",
            path=every,
            scope=read,
            session=token,
            flow=in_readers(list_drafts),
        ),
        Route(
            operation="addDraft",
            method="POST",
            path=every,
            scope=read,
            session=token,
            flow=in_readers(add_draft),
            body=written,
        ),
        Route(
            operation="editDraft",
            method="POST",
            path="/api/v1/drafts/{draft}",
            scope=read,
            session=token,
            flow=in_readers(edit_draft),
            body=written,
        ),
        Route(
            operation="discardDrafts",
            method="POST",
            path=f"{every}/discard",
            scope=read,
            session=token,
            flow=in_readers(discard_drafts),
            body=written,
        ),
        Route(
            operation="publishDrafts",
            method="POST",
            path=f"{every}/publish",
            scope=read,
            session=token,
            flow=in_readers(publish_drafts),
            body=written,
        ),
    )


def new_draft_of(members: Mapping[str, object]) -> NewDraft:
    """What is to be kept as a draft. Raises `BadRequest`."""
    form = Fields(members, BadRequest).only(("version", "kind", "anchor", "thread", "text", "source", "replaces"))
    kind = form.maybe_choice("kind", DraftKind)
    if kind is None:
        raise form.wrong("kind", "is missing")
    opens, says, suggests = kind in OPENING, kind not in RESOLUTIONS, kind is DraftKind.SUGGESTION
    if opens == ("thread" in members) or opens != ("anchor" in members):
        raise form.wrong("thread" if opens else "anchor", "and this kind of draft exclude each other")
    if not says and "text" in members:
        raise form.wrong("text", "and this kind of draft exclude each other")
    if suggests != ("source" in members) or suggests != ("replaces" in members):
        raise form.wrong("source", "and “replaces” belong to a suggestion")
    anchor = anchor_of(form.inner("anchor")) if opens else None
    if suggests and (anchor is None or anchor.cell is None or anchor.lines or anchor.output is not None):
        raise form.wrong("anchor", "of a suggestion is a whole cell")
    return NewDraft(
        version=form.number("version", 1),
        kind=kind,
        anchor=anchor,
        thread=None if opens else form.number("thread", 1),
        text=form.text("text", MOST_TEXT, least=0 if suggests else 1) if says else "",
        suggestion=Suggestion(source_of(form, "replaces"), source_of(form, "source")) if suggests else None,
    )


def source_of(form: Fields, name: str) -> str:
    """The source of a cell, exactly as it was written. Raises `BadRequest`."""
    value = form.members.get(name)
    if not isinstance(value, str):
        raise form.wrong(name, "is not a text")
    if len(value) > MOST_SOURCE:
        raise form.wrong(name, f"is longer than {MOST_SOURCE} characters")
    return value


def draft_refs_of(members: Mapping[str, object]) -> tuple[DraftRef, ...]:
    """Drafts as they were seen. Raises `BadRequest`."""
    form = Fields(members, BadRequest).only(("drafts",))
    refs: dict[int, DraftRef] = {}
    for index, item in enumerate(form.items("drafts", MOST_DRAFTS)):
        if not isinstance(item, dict):
            raise form.wrong("drafts", "is not a list of objects")
        one = Fields(item, BadRequest, f"drafts.{index}.").only(("id", "stamp"))
        ref = DraftRef(one.number("id", 1), one.number("stamp", 1))
        if ref.id >= _LARGEST_ID:
            raise one.wrong("id", "is not a draft")
        if refs.setdefault(ref.id, ref) != ref:
            raise one.wrong("stamp", "stands twice and differs")
    return tuple(refs.values())
