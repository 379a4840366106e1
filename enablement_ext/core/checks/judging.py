"""Findings by the rules: the level of each, and which overrides count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.checks.models import Finding, FindingKind, JudgedFinding, Level
from enablement_ext.core.checks.policy import CheckPolicy
from enablement_ext.core.checks.registry import MORE
from enablement_ext.core.review.models import CheckOverride

MOST = 500  # findings of one notebook
_ORDER = (Level.BLOCK, Level.WARN, Level.ALLOW)


@dataclass(frozen=True, slots=True)
class Rules:
    """All there is to judge by. Overrides for what the policy does not let be overridden count for nothing."""

    kinds: Mapping[str, FindingKind]
    policy: CheckPolicy
    overrides: Sequence[CheckOverride] = ()


def judged(findings: Iterable[Finding], cell_ids: Sequence[str], rules: Rules) -> list[JudgedFinding]:
    """What blocks first, then warnings, then facts; in the order of the cells. Of very many the first."""
    found = [judge(finding, cell_ids, rules) for finding in findings]
    ordered = sorted(found, key=lambda each: _ORDER.index(each.level))
    if len(ordered) <= MOST:
        return ordered
    return [*ordered[:MOST], judge(Finding(MORE, facts={"count": len(ordered) - MOST}), cell_ids, rules)]


def judge(finding: Finding, cell_ids: Sequence[str], rules: Rules, file_line: int = 1) -> JudgedFinding:
    """One finding by the rules; `cell_ids` are those of the notebook, in order."""
    kind = rules.kinds[finding.code]
    level = rules.policy.level(finding.code, kind)
    inside = finding.cell is not None and 0 < finding.cell <= len(cell_ids)
    overridable = level is Level.BLOCK and rules.policy.may_override(finding.code)
    reasons = (each.reason for each in rules.overrides if (each.check, each.cell) == (finding.code, finding.cell))
    return JudgedFinding(
        finding,
        kind,
        level,
        cell_ids[finding.cell - 1] if inside and finding.cell else "",
        file_line,
        overridable,
        next(reasons, "") if overridable else "",
    )


def finding_json(each: JudgedFinding) -> dict[str, Any]:
    """As reports, the service and the lab tell it."""
    return {
        "code": each.finding.code,
        "level": each.level.value,
        "cell": each.finding.cell,
        "cell_id": each.cell_id,
        "line": each.finding.line,
        "facts": dict(each.finding.facts),
        "sentence": each.sentence,
        "remedy": each.kind.remedy,
        "fix": each.finding.fix and each.finding.fix.value,
        "overridable": each.overridable,
        "override": each.override,
    }
