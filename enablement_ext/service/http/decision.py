"""The decision page (docs/adr: the decision page has no origin).

Whoever holds a reviewer's server token, and JavaScript of a lab page on the same host, must not be able to decide. So the page is shown
only to a browser that navigates to it with the service's own session; it is sandboxed without an origin, so no other page can read it
or press its button; and its form carries a ticket that only the page's reader can send: bound to person, submission, content id and the
newest decision, good for ten minutes. A decision makes every ticket of that submission void, which is what makes one single-use.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from enablement_ext.core.errors import BadRequest, Forbidden, NotFound
from enablement_ext.core.review.models import Verdict
from enablement_ext.core.review.version_changes import CHANGE_WORDS
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.rendering import lab_url, page
from enablement_ext.service.runtime.signing_key import after
from enablement_ext.service.use_cases.decide import DecisionCommand, DecisionView, decide, decision_view
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response
from enablement_ext.web.routes import BodyRule, Route
from enablement_ext.web.validation import clean

FORM = "application/x-www-form-urlencoded"
PURPOSE = "decision"
TICKET_SECONDS = 600
_REASON = 10_000
_FORM_BYTES = 64 * 1024
_LABELS = {
    Verdict.APPROVE: ("Approve", "Exactly these bytes may be handed over."),
    Verdict.REQUEST_CHANGES: ("Request changes", "The author is to send a new version."),
    Verdict.REJECT: ("Reject", "This ends the review. It is kept."),
}


def show(context: ServiceContext, request: Request) -> Response:
    """The page. Raises `NotFound`, `OwnSubmission`, `Forbidden`, `IllegalAction`."""
    who = request.principal
    found = decision_view(context.review, who, request.numbers["number"])
    ticket = context.signer.sign(PURPOSE, _ticket(found, who.name), after(context.review.clock.now(), TICKET_SECONDS))
    asked = request.query.get("decision", "")
    chosen = asked if asked in {verdict.value for verdict in found.verdicts} else ""
    values: dict[str, object] = {
        "case": found,
        "changes": [CHANGE_WORDS[kind] for kind in found.version.changes],
        "verdicts": [(verdict.value, *_LABELS[verdict]) for verdict in found.verdicts],
        "chosen": chosen,
        "ticket": ticket,
        "content_id": _readable(found.version.content_id),
        "action": request.path,
        "minutes": TICKET_SECONDS // 60,
        "reviewer": who.name,
        "lab": lab_url(context.urls, found.submission.number),
    }
    return page("decide.html", values, form_action="'self'")


async def post(context: ServiceContext, request: Request) -> Response:
    """The decision. The ticket is the authority; that its holder may still decide, the hub says now."""
    form = _form(request)
    ticket = context.signer.open(PURPOSE, form.get("ticket", ""), context.review.clock.now())
    if ticket is None:
        raise Forbidden("This page is too old, or was not made by this service. Open it again from the lab.")
    order = await _order(context, request, form, ticket)
    after_it = await context.writers.run(decide, context.review, order)
    values: dict[str, object] = {
        "submission": after_it,
        "label": _LABELS[order.verdict][0],
        "order": order,
        "content_id": _readable(order.content_id),
        "lab": lab_url(context.urls, order.number),
    }
    return page("decided.html", values)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001
    """The routes of this module."""
    path = "/decide/{number}"
    return (
        Route(
            operation="decisionPage",
            method="GET",
            path=path,
            scope=Scope.DECIDE,
            session=Session.BROWSER,
            work=show,
            navigation=True,
        ),
        Route(
            operation="decide",
            method="POST",
            path=path,
            scope=Scope.DECIDE,
            session=Session.TICKET,
            flow=post,
            navigation=True,
            body=BodyRule(FORM, _FORM_BYTES),
        ),
    )


def _ticket(found: DecisionView, reviewer: str) -> dict[str, object]:
    return {
        "reviewer": reviewer,
        "number": found.submission.number,
        "content_id": found.version.content_id,
        "decided": found.decided,
    }


async def _order(
    context: ServiceContext, request: Request, form: dict[str, str], ticket: dict[str, object]
) -> DecisionCommand:
    number, content_id = request.numbers["number"], str(ticket["content_id"])
    if ticket["number"] != number or form.get("content_id") != content_id:
        raise Forbidden("This page belongs to another submission or version. Open it again from the lab.")
    reviewer = str(ticket["reviewer"])
    try:
        groups = await context.hub.groups_of(reviewer)
    except NotFound:
        raise Forbidden from None
    verdict = form.get("verdict", "")
    if verdict not in Verdict._value2member_map_:
        raise BadRequest("Choose what you decide.", facts={"field": "verdict"})
    reason = clean(form.get("reason", ""))
    if len(reason) > _REASON:
        raise BadRequest(f"The reason is longer than {_REASON} characters.", facts={"field": "reason"})
    tracks = sorted(context.review.policy.tracks_of(groups))
    return DecisionCommand(
        reviewer=reviewer,
        groups=groups,
        number=number,
        content_id=content_id,
        decided=int(str(ticket["decided"])),
        track=form.get("track") or (tracks[0] if tracks else ""),
        verdict=Verdict(verdict),
        reason=reason,
    )


def _form(request: Request) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            bytes(request.body).decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=20,
        )
    except ValueError:
        raise BadRequest("The form cannot be read.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise BadRequest("A field of the form stands twice.")
    return form


def _readable(content_id: str) -> str:
    """In groups of eight, so that two people can read it to each other."""
    return " ".join(content_id[start : start + 8] for start in range(0, len(content_id), 8))
