"""The decision page (docs/adr/0031-decision-origin.md).

Whoever holds a reviewer's server token, and JavaScript of a lab page, must not be able to decide. So the page has an origin that no lab
page shares, is shown only to a browser that navigates to it with the service's own session, and takes only what its own form posts: with that
session, and with a ticket bound to session, submission, content id, the newest decision and the reviewer's drafts that it lists, good for ten
minutes. An approval also needs that what the page said of checks and of the run is so still: where it is not, the page is shown again. A decision
makes every ticket of that submission void, which is what makes one single-use, and publishes these drafts, or neither happens.
"""

from __future__ import annotations

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.review.discussion.drafts import digest
from enablement_ext.core.review.evidence.overrides import OverrideWish, may_be_overridden
from enablement_ext.core.review.evidence.sentences import evidence_sentence, evidence_title
from enablement_ext.core.review.models import RequirementKind, RequirementState, Verdict
from enablement_ext.core.review.requirements import open_evidence
from enablement_ext.core.review.version_changes import CHANGE_WORDS
from enablement_ext.core.secrets.not_secrets import HINTS
from enablement_ext.core.text.cleaning import clean, is_visible
from enablement_ext.service.context import ServiceContext
from enablement_ext.service.http.differences.making import changes_since
from enablement_ext.service.http.evidence.override_form import WHY, override_wish
from enablement_ext.service.http.evidence.shown import evidence_shown
from enablement_ext.service.http.page_words import RISK_WORDS, draft_words, requirement_words
from enablement_ext.service.http.rendering import lab_url, page
from enablement_ext.service.http.tickets import (
    ConfirmedForm,
    Purpose,
    client_of,
    confirmed_form,
    form_route,
    form_values,
)
from enablement_ext.service.use_cases.decide import DecisionCommand, DecisionView, decide, decision_view
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response
from enablement_ext.web.routes import Route

PURPOSE = Purpose("decision", "another submission or version")
_REASON = 10_000
_USUAL_DAYS = (1, 7, 30, 90)
_LABELS = {
    Verdict.APPROVE: ("Approve", "Exactly these bytes may be handed over."),
    Verdict.REQUEST_CHANGES: ("Request changes", "The author is to send a new version."),
    Verdict.REJECT: ("Reject", "This ends the review. It is kept."),
}


async def show(context: ServiceContext, request: Request) -> Response:
    """The page. Raises `NotFound`, `OwnSubmission`, `Forbidden`, `IllegalAction`."""
    return await _page(context, request)


async def _page(context: ServiceContext, request: Request, again: DecisionCommand | None = None) -> Response:
    """The page; `again`: what was decided on one that is out of date, so that nothing has to be written twice."""
    who = request.principal
    view = await context.workers.run(decision_view, context.review, who, request.numbers["number"])
    seen = {
        "content_id": view.version.content_id,
        "decided": view.decided,
        "drafts": digest(view.drafts),
        "listed": len(view.drafts),
        "shown": view.shown,
    }
    evidence = await evidence_shown(context, view.version, view.evidence)
    values: dict[str, object] = {
        "view": view,
        "requirements": [(gate.state.value, *requirement_words(gate)) for gate in view.requirements],
        "evidence": evidence,
        "overridable": _overridable(view, again),
        "unmet": _unmet(view),
        "days": _days(view),
        "again": again,
        "since": None if view.since is None else await changes_since(context, view.since),
        "decided_before": view.since is not None,
        "changes": [CHANGE_WORDS[kind] for kind in view.version.changes],
        "verdicts": [(verdict.value, *_LABELS[verdict]) for verdict in view.verdicts],
        "not_secrets": [(HINTS.get(each.rule, each.rule), each) for each in view.version.answers.not_secrets],
        "drafts": [draft_words(draft, view.submission, view.threads) for draft in view.drafts],
        "open": _open(view),
        "content_id": _readable(view.version.content_id),
        **form_values(context, request, PURPOSE, seen),
        "lab": lab_url(context.urls, view.submission.number),
    }
    images = "data:" if evidence.has_pictures else "'none'"
    return page("decide.html", values, form_action="'self'", images=images, status=200 if again is None else 409)


async def post(context: ServiceContext, request: Request) -> Response:
    """The decision of the form's session; that its holder is signed in and may still decide, the hub says now."""
    form = await confirmed_form(context, request, PURPOSE, bound=("content_id",))
    command = _command(context, request, form)
    taken = context.decisions.taken
    submission = await context.writers.run(decide, context.review, command)
    if submission is None:
        return await _page(context, request, command)
    values: dict[str, object] = {
        "submission": submission,
        "label": _LABELS[command.verdict][0],
        "decision": command,
        "content_id": _readable(command.content_id),
        "lab": lab_url(context.urls, command.number),
        "risks": [RISK_WORDS[risk] for risk in taken],
        "prefix": context.urls.prefix,
        "published": int(str(form.seen["listed"])),
        "overridden": len(command.overrides.reasons),
    }
    return page("decided.html", values)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001
    """Both are reached by navigation only; the POST with the ticket that the page carries."""
    path = "/decide/{number}"
    return (
        Route(
            operation="decisionPage",
            method="GET",
            path=path,
            scope=Scope.DECIDE,
            session=Session.BROWSER,
            flow=show,
            navigation=True,
        ),
        form_route("decide", path, Scope.DECIDE, post),
    )


def _command(context: ServiceContext, request: Request, form: ConfirmedForm) -> DecisionCommand:
    verdict, reason = form.fields.get("verdict", ""), clean(form.fields.get("reason", ""))
    if verdict not in Verdict._value2member_map_:
        raise BadRequest("Choose what you decide.", facts={"field": "verdict"})
    if len(reason) > _REASON:
        raise BadRequest(f"The reason is longer than {_REASON} characters.", facts={"field": "reason"})
    tracks = sorted(context.review.policy.tracks_of(form.groups))
    return DecisionCommand(
        reviewer=form.by,
        groups=form.groups,
        number=request.numbers["number"],
        content_id=str(form.seen["content_id"]),
        decided=int(str(form.seen["decided"])),
        track=form.fields.get("track") or (tracks[0] if tracks else ""),
        verdict=Verdict(verdict),
        reason=reason if is_visible(reason) else "",
        client=client_of(request),
        drafts=str(form.seen["drafts"]),
        shown=str(form.seen["shown"]),
        overrides=override_wish(form.fields) if verdict == Verdict.APPROVE else OverrideWish(),
        risks=context.decisions.taken,
    )


def _open(view: DecisionView) -> str:
    """What an approval leaves open besides the reviewer's own track; "" for nothing."""
    waiting = [gate for gate in view.requirements if gate.state is RequirementState.UNSATISFIED]
    tracks = [str(gate.facts["track"]) for gate in waiting if gate.kind is RequirementKind.TRACK]
    count = view.open_threads
    threads = [f"{count} thread{'s' if count > 1 else ''}"] if count else []
    return ", ".join([*threads, *(f"the track {track}" for track in tracks if track not in view.tracks)])


def _unmet(view: DecisionView) -> list[str]:
    """Why it cannot be approved as it is, and no reason helps; a sentence each."""
    blocked = [gate for gate in open_evidence(view.requirements) if not may_be_overridden(gate)]
    return [evidence_sentence(gate) for gate in blocked]


def _overridable(view: DecisionView, again: DecisionCommand | None) -> list[dict[str, str]]:
    """What may be overridden: the name of its field, what it asks for, where it stands, and what was written there before."""
    written = {} if again is None else dict(again.overrides.reasons)
    return [
        {
            "field": f"{WHY}{gate.key}",
            "title": evidence_title(gate),
            "sentence": evidence_sentence(gate),
            "reason": written.get(gate.key, ""),
        }
        for gate in view.requirements
        if may_be_overridden(gate)
    ]


def _days(view: DecisionView) -> list[int]:
    """For how long an override can hold: usual lengths up to the longest that the rules let all of them have."""
    most = min((int(str(gate.facts["days"])) for gate in view.requirements if may_be_overridden(gate)), default=0)
    return [*(days for days in _USUAL_DAYS if days < most), most]


def _readable(content_id: str) -> str:
    """In groups of eight, so that two people can read it to each other."""
    return " ".join(content_id[start : start + 8] for start in range(0, len(content_id), 8))
