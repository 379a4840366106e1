"""Requirements on what is known of a version, each with where it stands.

Only what was looked at holds. What was not made, is not over, broke off or cannot be made here is a standing of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from enablement_ext.core.comparison import RunVerdict
from enablement_ext.core.review.due_runs.models import DueRun, DueRunResult, RunOutcome
from enablement_ext.core.review.evidence.rules import RERUN, EvidenceRules, check_key
from enablement_ext.core.review.models import CheckRecord, Requirement, RequirementKind, RequirementState

_CELLS = 20  # of one requirement, by number
_LOUD = ("block", "warn")
_INCOMPLETE, _MORE = "checks.incomplete", "checks.more"  # findings of the frame around checks


class EvidenceStanding(StrEnum):
    """Where a requirement on checks or on a run stands."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_MADE = "not-made"
    UNDER_WAY = "under-way"
    BROKE_OFF = "broke-off"
    CANNOT_BE_MADE = "cannot-be-made"  # on this hub, or of this version
    NOTHING_TO_RUN = "nothing-to-run"


_STATES = {
    EvidenceStanding.HOLDS: RequirementState.SATISFIED,
    EvidenceStanding.FAILS: RequirementState.UNSATISFIED,
    EvidenceStanding.NOT_MADE: RequirementState.UNSATISFIED,
    EvidenceStanding.UNDER_WAY: RequirementState.UNSATISFIED,
    EvidenceStanding.BROKE_OFF: RequirementState.ERROR,
    EvidenceStanding.CANNOT_BE_MADE: RequirementState.ERROR,
    EvidenceStanding.NOTHING_TO_RUN: RequirementState.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a version: what checks found when it arrived, its newest run, and whether this hub runs anything again (`runs`)."""

    record: CheckRecord | None = None
    run: DueRun | None = None
    runs: bool = False


def evidence_requirements(rules: EvidenceRules, evidence: Evidence) -> tuple[Requirement, ...]:
    """One for the run where one is asked for, then one a check."""
    found = [] if rules.rerun is None else [_of_run(rules, rules.rerun, evidence)]
    return (*found, *(_of_check(rules, name, evidence.record) for name in rules.checks))


def seen_digest(requirement: Requirement) -> str:
    """Names what this requirement says of the version, and nothing of who overrode it."""
    facts = {name: fact for name, fact in requirement.facts.items() if name not in ("override", "overridable", "days")}
    return _digest([requirement.key, facts])


def evidence_digest(requirements: Sequence[Requirement], evidence: Evidence) -> str:
    """Names all that a page shows of them; how far an open run is makes no difference."""
    run = evidence.run
    result = None if run is None or run.result is None else [run.result.outcome, run.result.reason, run.result.line]
    shown = [[each.key, each.state, dict(each.facts)] for each in requirements if is_evidence(each)]
    return _digest([shown, None if run is None else [run.number, result]])


def is_evidence(requirement: Requirement) -> bool:
    """Whether it is about checks or a run."""
    return requirement.kind in (RequirementKind.CHECK, RequirementKind.RERUN)


def cells_of(run: DueRun | None) -> Sequence[Mapping[str, object]]:
    """The verdict on each cell, as the run's document has it; nothing where there is none."""
    text = "" if run is None or run.result is None else run.result.document
    found = json.loads(text)["cells"] if text else []
    return found if isinstance(found, list) else []


def _of_run(rules: EvidenceRules, accepted: frozenset[RunVerdict], evidence: Evidence) -> Requirement:
    standing, facts = _run_standing(accepted, evidence)
    facts |= {"accepted": sorted(accepted)}
    return _requirement(rules, RERUN, standing, facts)


def _run_standing(accepted: frozenset[RunVerdict], evidence: Evidence) -> tuple[EvidenceStanding, dict[str, object]]:
    run = evidence.run
    if run is None or run.result is None:
        if not evidence.runs:
            return EvidenceStanding.CANNOT_BE_MADE, {"reason": "off"}
        return (EvidenceStanding.NOT_MADE if run is None else EvidenceStanding.UNDER_WAY), {"reason": ""}
    return _ended_standing(accepted, run, run.result)


def _ended_standing(
    accepted: frozenset[RunVerdict], run: DueRun, result: DueRunResult
) -> tuple[EvidenceStanding, dict[str, object]]:
    outcome = result.outcome
    reason: dict[str, object] = {"reason": result.reason}
    if outcome is RunOutcome.NOT_RUN:
        return EvidenceStanding.CANNOT_BE_MADE, {**reason, "said": result.line}
    if outcome is RunOutcome.CANCELLED:
        return EvidenceStanding.NOT_MADE, reason
    if outcome is RunOutcome.DIED or not result.document:
        return EvidenceStanding.BROKE_OFF, reason
    cells = cells_of(run)
    if not cells:
        return EvidenceStanding.NOTHING_TO_RUN, {"reason": ""}
    failing = [{"cell": each["cell"], "verdict": each["verdict"]} for each in cells if each["verdict"] not in accepted]
    found: dict[str, object] = {"reason": "", "failing": failing[:_CELLS], "count": len(failing)}
    return (EvidenceStanding.FAILS if failing else EvidenceStanding.HOLDS), found


def _of_check(rules: EvidenceRules, name: str, record: CheckRecord | None) -> Requirement:
    facts: dict[str, object] = {"check": name, "reason": ""}
    check = name.partition(".")[0]
    if record is None or check not in record.made:
        return _requirement(rules, check_key(name), EvidenceStanding.NOT_MADE, facts)
    found = [each for each in record.findings if each["level"] in _LOUD and _is_named(str(each["code"]), name)]
    if found:
        cells = sorted({cell for each in found if isinstance(cell := each["cell"], int)})
        facts |= {"cells": cells[:_CELLS], "count": len(found)}
        return _requirement(rules, check_key(name), EvidenceStanding.FAILS, facts)
    if any(_hides(each, check, record) for each in record.findings):
        return _requirement(rules, check_key(name), EvidenceStanding.BROKE_OFF, facts)
    return _requirement(rules, check_key(name), EvidenceStanding.HOLDS, facts)


def _is_named(code: str, name: str) -> bool:
    """Whether it is this code, or one of the check with this name."""
    return name in (code, code.partition(".")[0])


def _hides(finding: Mapping[str, object], check: str, record: CheckRecord) -> bool:
    """Whether something of this check may be there and is not listed."""
    facts = finding["facts"]
    of = facts.get("check") if isinstance(facts, Mapping) else None
    if finding["code"] == _MORE:  # what blocks and warns is listed first
        return all(each["level"] in _LOUD for each in record.findings if each["code"] != _MORE)
    return finding["code"] == _INCOMPLETE and of in (check, "all of them")


def _requirement(
    rules: EvidenceRules, key: str, standing: EvidenceStanding, facts: Mapping[str, object]
) -> Requirement:
    kind = RequirementKind.RERUN if key == RERUN else RequirementKind.CHECK
    told = {"standing": standing.value, **facts, "overridable": key in rules.overridable, "days": rules.days}
    return Requirement(key, kind, _STATES[standing], told)


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
