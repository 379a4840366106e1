"""Overrides: whoever approves says why a requirement may be open all the same. Each is an event of the submission, and nothing beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from enablement_ext.core.errors import BadRequest, Forbidden
from enablement_ext.core.review.evidence.judging import is_evidence, seen_digest
from enablement_ext.core.review.models import Event, Requirement, RequirementState, Version

KIND = "requirement_overridden"  # of the event
MOST_REASON = 1000  # characters


class OverrideScope(StrEnum):
    """How far one reaches: in versions, and in what is known of them."""

    SHOWN = "shown"  # this version, for what was known of it then
    SUBMISSION = "submission"  # this version and later ones, whatever is known of them


@dataclass(frozen=True, slots=True)
class Override:
    """Why this requirement may be open. `seen` names what it said, `decision` is the approval that it was made with."""

    key: str
    by: str
    reason: str
    scope: OverrideScope
    until: datetime
    content_id: str
    seen: str
    decision: int

    def facts(self) -> dict[str, object]:
        """What its event says."""
        return {
            "requirement": self.key,
            "reason": self.reason,
            "scope": self.scope.value,
            "until": self.until.isoformat(),
            "content_id": self.content_id,
            "seen": self.seen,
            "decision": self.decision,
        }


@dataclass(frozen=True, slots=True)
class OverrideWish:
    """What a reviewer wrote: a reason for each requirement by its key, for what, and for how many days."""

    reasons: tuple[tuple[str, str], ...] = ()
    scope: OverrideScope = OverrideScope.SHOWN
    days: int = 1


def overrides_in(events: Iterable[Event]) -> tuple[Override, ...]:
    """Those that were ever made, oldest first."""
    return tuple(
        Override(
            str(event.data["requirement"]),
            event.actor,
            str(event.data["reason"]),
            OverrideScope(str(event.data["scope"])),
            datetime.fromisoformat(str(event.data["until"])),
            str(event.data["content_id"]),
            str(event.data["seen"]),
            int(str(event.data["decision"])),
        )
        for event in events
        if event.kind == KIND
    )


@dataclass(frozen=True, slots=True)
class OverrideCase:
    """For what overrides are asked: the version, who the submission belongs to, and the present time. `disputed`: decisions of which their maker
    said that they were not theirs, and nobody found that they were."""

    version: Version
    author: str
    disputed: frozenset[int]
    now: datetime

    def counts(self, override: Override, requirement: Requirement) -> bool:
        """Whether it lets this requirement be open: the rules allow one, its time is not over, it was for this, and nobody disputes it."""
        if override.key != requirement.key or not may_be_overridden(requirement) or override.until <= self.now:
            return False
        if override.by in (self.author, self.version.sent_by) or override.decision in self.disputed:
            return False
        if override.scope is OverrideScope.SUBMISSION:
            return True
        return (override.content_id, override.seen) == (self.version.content_id, seen_digest(requirement))


def may_be_overridden(requirement: Requirement) -> bool:
    """Whether it is open, and the rules let it be overridden."""
    stands = requirement.state in (RequirementState.UNSATISFIED, RequirementState.ERROR)
    return stands and is_evidence(requirement) and requirement.facts["overridable"] is True


def with_overrides(
    requirements: Sequence[Requirement], overrides: Sequence[Override], case: OverrideCase
) -> tuple[Requirement, ...]:
    """The requirements, those that are overridden as such; of several overrides the one that holds longest is told."""
    return tuple(_with_override(each, overrides, case) for each in requirements)


def wished(
    wish: OverrideWish, requirements: Sequence[Requirement], by: str, case: OverrideCase
) -> tuple[Override, ...]:
    """What is to be kept of a wish; each still belongs to no decision. Raises `Forbidden` for what the rules do not let be overridden, `BadRequest`."""
    open_ones = {each.key: each for each in requirements if may_be_overridden(each)}
    found = list[Override]()
    for key, reason in wish.reasons:
        requirement = open_ones.get(key)
        if requirement is None:
            raise Forbidden(
                "The rules of this hub do not let this requirement be overridden.", facts={"requirement": key}
            )
        days = requirement.facts["days"]
        if not isinstance(days, int) or not 1 <= wish.days <= days:
            raise BadRequest(f"An override of this holds for at most {days} days.", facts={"field": "days"})
        until = case.now + timedelta(days=wish.days)
        version = case.version
        found.append(Override(key, by, reason, wish.scope, until, version.content_id, seen_digest(requirement), 0))
    return tuple(found)


def _with_override(requirement: Requirement, overrides: Sequence[Override], case: OverrideCase) -> Requirement:
    counting = [each for each in overrides if case.counts(each, requirement)]
    if not counting:
        return requirement
    one = max(counting, key=lambda each: each.until)
    told = {"by": one.by, "reason": one.reason, "scope": one.scope.value, "until": one.until.isoformat()}
    return replace(requirement, state=RequirementState.OVERRIDDEN, facts={**requirement.facts, "override": told})
