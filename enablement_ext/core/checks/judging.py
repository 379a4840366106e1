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


def judged(findings: Iterable[Finding], rules: Rules) -> list[JudgedFinding]:
    """What blocks first, then warnings, then facts; in the order of the cells. Of very many the first."""
    found = [judge(finding, rules) for finding in findings]
    ordered = sorted(found, key=lambda each: _ORDER.index(each.level))
    if len(ordered) <= MOST:
        return ordered
    return [*ordered[:MOST], judge(Finding(MORE, facts={"count": len(ordered) - MOST}), rules)]


def judge(finding: Finding, rules: Rules, file_line: int = 1) -> JudgedFinding:
    """The finding with its level, whether a reason may override it, and the reason that was given. `file_line`: where it stands in the .ipynb file."""
    kind = rules.kinds[finding.code]
    level = rules.policy.level(finding.code, kind)
    overridable = level is Level.BLOCK and rules.policy.may_override(finding.code)
    reasons = (each.reason for each in rules.overrides if (each.check, each.cell) == (finding.code, finding.cell))
    return JudgedFinding(
        finding,
        kind,
        level,
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
        "cell_id": each.finding.cell_id,
        "line": each.finding.line,
        "facts": dict(each.finding.facts),
        "sentence": each.sentence,
        "remedy": each.kind.remedy,
        "fix": each.finding.fix and each.finding.fix.value,
        "overridable": each.overridable,
        "override": each.override,
    }
