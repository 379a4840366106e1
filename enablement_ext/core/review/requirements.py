"""Requirements: which gates a version has passed, computed from the decisions that stand; and which of them fall with a new version.

A decision stands until it falls. Of each reviewer the latest one on a track counts, and none while one of them is on hold. A track is
satisfied by enough approvals while nobody's standing decision asks for changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from enablement_ext.core.review.evidence.judging import is_evidence
from enablement_ext.core.review.models import (
    ChangeKind,
    Decision,
    Requirement,
    RequirementKind,
    RequirementState,
    Verdict,
)
from enablement_ext.core.review.policy import Policy, Track
from enablement_ext.core.review.version_changes import Fall, FallReason, why_fallen

THREADS = "threads"
_TRACK = "track:"


def requirements(policy: Policy, decisions: Sequence[Decision], open_threads: int) -> tuple[Requirement, ...]:
    """Every gate with its state, tracks in the policy's order, then threads."""
    return (*(_of_track(track, decisions) for track in policy.tracks), _of_threads(policy, open_threads))


def open_gates(policy: Policy, gates: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """The gates that still stand in the way of "approved"."""
    passed = (RequirementState.SATISFIED, RequirementState.OVERRIDDEN, RequirementState.NOT_APPLICABLE)
    return tuple(gate for gate in gates if gate.state not in passed and (gate.key != THREADS or policy.threads_block))


def open_evidence(gates: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Of the gates that are about checks and runs those that stand in the way of an approval, whosoever it is."""
    stands = (RequirementState.UNSATISFIED, RequirementState.ERROR)
    return tuple(gate for gate in gates if gate.state in stands and is_evidence(gate))


def falling(
    policy: Policy, decisions: Iterable[Decision], changes: Iterable[ChangeKind], version: int
) -> dict[int, str]:
    """{decision id: why it falls, as a code} when this version arrives with these changes against the one before."""
    why = why_fallen(tuple(changes), policy.survive)
    fallen: dict[int, str] = {}
    for decision in decisions:
        if decision.fallen_because is not None:
            continue
        if decision.verdict is not Verdict.APPROVE:
            fallen[decision.id] = Fall(FallReason.ANSWERED, version=version).code()
        elif why:
            fallen[decision.id] = why.code()
    return fallen


def _of_track(track: Track, decisions: Iterable[Decision]) -> Requirement:
    unfallen = [d for d in decisions if d.track == track.name and d.fallen_because is None]
    held = sorted({d.by for d in unfallen if d.held_since is not None})
    standing = {d.by: d for d in unfallen if d.by not in held}
    approvals = sorted(d.by for d in standing.values() if d.verdict is Verdict.APPROVE)
    against = sorted(d.by for d in standing.values() if d.verdict is not Verdict.APPROVE)
    satisfied = len(approvals) >= track.approvals and not against
    state = RequirementState.SATISFIED if satisfied else RequirementState.UNSATISFIED
    facts = {"track": track.name, "needed": track.approvals, "approved_by": approvals, "against": against, "held": held}
    return Requirement(f"{_TRACK}{track.name}", RequirementKind.TRACK, state, facts)


def _of_threads(policy: Policy, open_threads: int) -> Requirement:
    state = RequirementState.UNSATISFIED if open_threads else RequirementState.SATISFIED
    return Requirement(THREADS, RequirementKind.THREADS, state, {"open": open_threads, "blocks": policy.threads_block})
