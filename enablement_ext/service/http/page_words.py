"""The English of the service's own pages for codes of the contract. They have no translations: the lab extension's words are its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from enablement_ext.core.access.confirmations import ConfirmedKind
from enablement_ext.core.access.decision_origin import Risk
from enablement_ext.core.review.differences.sources import line_differences
from enablement_ext.core.review.discussion.drafts import Draft, DraftKind, DraftStanding, standing
from enablement_ext.core.review.discussion.suggestions import Suggestion
from enablement_ext.core.review.evidence.judging import is_evidence
from enablement_ext.core.review.evidence.overrides import OverrideScope
from enablement_ext.core.review.evidence.sentences import evidence_sentence, evidence_title
from enablement_ext.core.review.models import Anchor, Requirement, RequirementKind, Submission, Thread, Verdict
from enablement_ext.service.use_cases.confirmations.views import ConfirmationView

# What a page says about a risk that an administrator accepted.
RISK_WORDS: Mapping[Risk, str] = MappingProxyType(
    {
        Risk.SHARED_ORIGIN: "This page has the address of the labs: JavaScript of a notebook that you ran could decide here in your name.",
        Risk.PLAIN_HTTP: "This hub is not on https: a notebook that you ran could be sent your login and decide here in your name.",
        Risk.ONE_ACCOUNT: (
            "This is a demo: all servers run under the account of the review service, and a notebook could decide here in anybody's name."
        ),
    }
)


_VERDICT_WORDS = {
    Verdict.APPROVE: "Approved",
    Verdict.REQUEST_CHANGES: "Requested changes to",
    Verdict.REJECT: "Rejected",
}


_SHOWN = 2_000  # characters of a draft
_QUOTED = 400
_EDITED = 60  # lines of a suggestion
_DRAFT_WORDS = {
    DraftKind.COMMENT: "Comment on",
    DraftKind.SUGGESTION: "Suggest an edit of",
    DraftKind.REPLY: "Reply in the thread on",
    DraftKind.RESOLVE: "Resolve the thread on",
    DraftKind.REOPEN: "Open again the thread on",
}
_STANDING_WORDS = {
    DraftStanding.OLDER_VERSION: "Written on version {}, and published there.",
    DraftStanding.RESOLVED: "The thread was resolved meanwhile, and stays so.",
    DraftStanding.DONE: "Somebody did this already: it changes nothing.",
}


def confirmation_words(view: ConfirmationView) -> str:
    """What was done, in one line."""
    one = view.confirmation
    if view.submission is not None and view.decision is not None:
        what = f"version {view.decision.version} of #{view.submission.number}, {view.submission.title}"
        if one.kind is ConfirmedKind.SETTLEMENT:
            return f"Settled a decision that was on hold: {what}"
        return f"{_VERDICT_WORDS[view.decision.verdict]} {what}"
    if view.package_request is not None:
        asked = view.package_request
        return f"Answered the request for {asked.package} in {asked.image}"
    if one.subject.person is not None:
        return f"Let {one.subject.person} use {one.subject.repository}"
    return f"Got a password to read {one.subject.repository}"


def requirement_words(requirement: Requirement) -> tuple[str, str]:
    """A title, and a detail in brackets; "" for none."""
    facts = requirement.facts
    if is_evidence(requirement):
        return evidence_title(requirement), f"{evidence_sentence(requirement)}{_override_words(facts.get('override'))}"
    if requirement.kind is RequirementKind.THREADS:
        way = "" if facts["blocks"] else "; does not stand in the way of an approval"
        return "Threads resolved", f"{facts['open']} open{way}" if facts["open"] else ""
    approved, against = _names(facts["approved_by"]), _names(facts["against"])
    parts = [f"{len(approved)} of {facts['needed']} approvals"]
    if approved:
        parts.append(f"by {', '.join(approved)}")
    if against:
        parts.append(f"changes wanted by {', '.join(against)}")
    if held := _names(facts["held"]):
        parts.append(f"on hold: {', '.join(held)}")
    return f"Approved: {facts['track']}", "; ".join(parts)


def _override_words(override: object) -> str:
    if not isinstance(override, Mapping):
        return ""
    for_what = (
        "for what is known of this version" if override["scope"] == OverrideScope.SHOWN else "for later versions too"
    )
    return f" Overridden by {override['by']}, {for_what}, until {str(override['until'])[:10]}: “{override['reason']}”"


class DraftWords(NamedTuple):
    """A draft on the decision page: what it does, the lines it is on, what it says, and what happened since it was written."""

    title: str
    quote: str
    text: str
    cut: bool
    note: str
    edit: tuple[tuple[str, str], ...] = ()  # of a suggestion: lines with their marks, those that stay left out


def draft_words(draft: Draft, submission: Submission, threads: Mapping[int, Thread]) -> DraftWords:
    """In plain words; a long text is cut, so that two hundred of them are a page still."""
    thread = None if draft.thread is None else threads[draft.thread]
    anchor = draft.anchor or (thread.anchor if thread is not None else Anchor())
    said = "" if thread is None else next((each.text for each in thread.comments if not each.deleted), "")
    return DraftWords(
        title=f"{_DRAFT_WORDS[draft.kind]} {_place_words(anchor)}",
        quote="" if draft.suggestion else (anchor.quote if thread is None else said)[:_QUOTED],
        text=draft.text[:_SHOWN],
        cut=len(draft.text) > _SHOWN or (draft.suggestion is not None and len(_edit(draft.suggestion)) > _EDITED),
        note=_STANDING_WORDS.get(standing(draft, submission, threads), "").format(draft.version),
        edit=() if draft.suggestion is None else _edit(draft.suggestion)[:_EDITED],
    )


def _edit(suggestion: Suggestion) -> tuple[tuple[str, str], ...]:
    """What goes and what comes, line by line."""
    lines = line_differences(suggestion.replaces, suggestion.source) or ()
    sides = [
        (mark, "".join(pieces)[:_QUOTED])
        for line in lines
        if not line.same
        for mark, pieces in (("−", line.old), ("+", line.new))
        if pieces is not None
    ]
    return tuple(sides)


def _place_words(anchor: Anchor) -> str:
    if anchor.cell is None:
        return "the whole submission"
    if anchor.output is not None:
        return f"output {anchor.output + 1} of a cell"
    if anchor.lines is None:
        return "a cell"
    first, last = anchor.lines
    return f"line {first} of a cell" if first == last else f"lines {first} to {last} of a cell"


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []
