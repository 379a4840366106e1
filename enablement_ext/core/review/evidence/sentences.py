"""Requirements on checks and runs in English, for the service's own pages and for errors. The lab has words of its own."""

from __future__ import annotations

from collections.abc import Mapping

from enablement_ext.core.review.evidence.judging import EvidenceStanding
from enablement_ext.core.review.models import Requirement, RequirementKind

_RUN = {
    EvidenceStanding.HOLDS: "Every cell came out as the rules ask when it was run again.",
    EvidenceStanding.NOT_MADE: "This version was not run again{why}.",
    EvidenceStanding.UNDER_WAY: "It is still waiting to be run again, or being run.",
    EvidenceStanding.BROKE_OFF: "The run broke off{why}, so nobody knows how it comes out.",
    EvidenceStanding.CANNOT_BE_MADE: "This version cannot be run again here{why}.",
    EvidenceStanding.NOTHING_TO_RUN: "There is no code in it that could be run.",
}
_CHECK = {
    EvidenceStanding.HOLDS: "The check {check} found nothing.",
    EvidenceStanding.NOT_MADE: "The check {check} was not made when this version arrived.",
    EvidenceStanding.BROKE_OFF: "The check {check} was not finished, so nobody knows what it would have found.",
}
_REASONS = {
    "asked": "somebody stopped the run",
    "superseded": "there is a newer version",
    "withdrawn": "it was withdrawn",
    "off": "this hub runs nothing again",
    "out-of-memory": "it took more memory than it may",
    "wall-time": "it took longer than it may",
    "output-cap": "it showed more than it may",
    "pids-cap": "it started more processes than it may",
    "kernel-never-answered": "the kernel never answered",
    "kernel-died": "the kernel died",
    "connection-lost": "the kernel closed its connection",
    "node-gone": "the sandbox was taken away",
    "worker-died": "what ran it died, several times",
    "no-space": "its result could not be stored",
}
_VERDICTS = {
    "equivalent": "the same but for what does not count",
    "differs": "differs",
    "not-as-sent": "not as sent",
    "differs-each-time": "differs each time",
    "error": "error",
    "truncated": "output was lost",
    "not-run": "not run",
    "needs-resource": "needs what was not sent",
    "not-compared": "not compared",
}


def evidence_title(requirement: Requirement) -> str:
    """What it asks for."""
    if requirement.kind is RequirementKind.RERUN:
        return "Comes out as it was sent when it is run again"
    return f"Nothing found by the check {requirement.facts['check']}"


def evidence_sentence(requirement: Requirement) -> str:
    """Where it stands."""
    facts = requirement.facts
    standing = EvidenceStanding(str(facts["standing"]))
    if requirement.kind is RequirementKind.RERUN:
        if standing is EvidenceStanding.FAILS:
            return f"Not as the rules ask when it was run again: {_failing(facts)}."
        said = str(facts.get("said") or "") or reason_words(str(facts["reason"]))
        return _RUN[standing].format(why=f" ({said.rstrip('.')})" if said else "")
    if standing is EvidenceStanding.FAILS:
        return f"The check {facts['check']} found something: {_count(facts['count'])}{_places(facts['cells'])}."
    return _CHECK[standing].format(check=facts["check"])


def verdict_words(verdict: str) -> str:
    """How a cell came out; "the same" where it did."""
    return _VERDICTS.get(verdict, "the same" if verdict == "identical" else verdict)


def reason_words(reason: str) -> str:
    """Why a run ended before its end, or was not made."""
    return _REASONS.get(reason, reason)


def _failing(facts: Mapping[str, object]) -> str:
    cells = facts["failing"]
    told = cells if isinstance(cells, list) else []
    said = [f"cell {int(each['cell']) + 1} {verdict_words(str(each['verdict']))}" for each in told]
    more = int(str(facts["count"])) - len(said)
    return ", ".join([*said, *([f"{more} more"] if more else [])])


def _count(number: object) -> str:
    return "1 finding" if number == 1 else f"{number} findings"


def _places(cells: object) -> str:
    numbers = ", ".join(map(str, cells)) if isinstance(cells, list) else ""
    return f" in cell {numbers}" if numbers else ""
