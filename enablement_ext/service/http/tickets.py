"""Pages that confirm something: a form with a ticket (docs/adr/0031-decision-origin.md), issued with the page and checked with what is posted.

A form counts with the browser session that read the page and with the ticket that the page carried: signed, for this session, naming what was
seen, good for ten minutes. Whether the person is still signed in and may still do it, the hub is asked now, past every cache.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from enablement_ext.core.access.clients import Client, browser_words
from enablement_ext.core.errors import Forbidden, NotFound
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.page_words import RISK_WORDS
from enablement_ext.service.runtime.signing_key import after
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.validation import form_fields

TICKET_SECONDS = 600
_FORM_BODY = BodyRule("application/x-www-form-urlencoded", 64 * 1024)


Flow = Callable[[ServiceContext, Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a ticket is for; `elsewhere` says in a refusal what a page of another address belongs to."""

    name: str
    elsewhere: str


@dataclass(frozen=True, slots=True)
class ConfirmedForm:
    """What was posted: the form's fields, what the ticket says the person saw, who they are, and their groups as the hub says now."""

    fields: Mapping[str, str]
    seen: Mapping[str, object]
    by: str
    groups: frozenset[str]


def issue_ticket(context: ServiceContext, request: Request, purpose: Purpose, seen: Mapping[str, object]) -> str:
    """A ticket for the form of the page at this address. `seen`: what an answer to it will be bound to."""
    ticket = {
        "by": request.principal.name,
        "session": request.session,
        "subject": _subject(request),
        **seen,
    }
    return context.signer.sign(purpose.name, ticket, after(context.review.clock.now(), TICKET_SECONDS))


def form_values(
    context: ServiceContext, request: Request, purpose: Purpose, seen: Mapping[str, object]
) -> dict[str, object]:
    """What every page with such a form shows: the ticket, where the form goes, in whose name, for how long, and which risks were accepted."""
    return {
        "ticket": issue_ticket(context, request, purpose, seen),
        "action": request.path,
        "by": request.principal.name,
        "minutes": TICKET_SECONDS // 60,
        "risks": [RISK_WORDS[risk] for risk in context.decisions.taken],
        "prefix": context.urls.prefix,
    }


def form_route(operation: str, path: str, scope: Scope, flow: Flow) -> Route[ServiceContext]:
    """The route that takes such a form: with a ticket, by navigation alone, and nothing but a form."""
    return Route(
        operation=operation,
        method="POST",
        path=path,
        scope=scope,
        session=Session.TICKET,
        flow=flow,
        navigation=True,
        body=_FORM_BODY,
    )


async def confirmed_form(
    context: ServiceContext, request: Request, purpose: Purpose, bound: tuple[str, ...] = ()
) -> ConfirmedForm:
    """The form, where its ticket is good and belongs to this address; the fields `bound` must say what the ticket says.

    Raises `BadRequest`, `Forbidden`, `HubUnavailable`.
    """
    fields = form_fields(request.body)
    ticket = context.signer.open(purpose.name, fields.get("ticket", ""), context.review.clock.now())
    if ticket is None or (ticket["by"], ticket["session"]) != (request.principal.name, request.session):
        raise Forbidden("This page is too old, or was not made by this service for you. Open it again from the lab.")
    if ticket["subject"] != _subject(request) or any(fields.get(name) != str(ticket[name]) for name in bound):
        raise Forbidden(f"This page belongs to {purpose.elsewhere}. Open it again from the lab.")
    by = str(ticket["by"])
    return ConfirmedForm(fields, ticket, by, await _groups_now(context, by))


def client_of(request: Request) -> Client:
    """Where a form was sent from, as it is told to the person in whose name it was sent."""
    return Client(request.address, browser_words(request.headers.get("user-agent", "")))


def _subject(request: Request) -> str:
    """What the page is about: the parameters of its path, which has the form of the form's own."""
    return " ".join(str(value) for value in (*request.numbers.values(), *request.names.values()))


async def _groups_now(context: ServiceContext, name: str) -> frozenset[str]:
    try:
        return await context.hub.groups_of(name)
    except NotFound:
        raise Forbidden from None  # the account is gone
