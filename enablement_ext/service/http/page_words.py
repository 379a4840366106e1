"""The English of the service's own pages for codes of the contract. They have no translations: the lab extension's words are its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from enablement_ext.core.access.decision_origin import Risk
from enablement_ext.core.review.models import Requirement, RequirementKind

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
    return f"Approved: {facts['track']}", "; ".join(parts)


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []
