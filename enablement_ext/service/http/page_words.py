"""The English of the service's own pages for codes of the contract. They have no translations: the lab extension's words are its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from enablement_ext.core.access.confirmations import ConfirmedKind
from enablement_ext.core.access.decision_origin import Risk
from enablement_ext.core.review.models import Requirement, RequirementKind, Verdict
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


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []
