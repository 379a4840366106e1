"""All requirements of a submission's latest version, from one snapshot of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enablement_ext.core.access.confirmations import Outcome
from enablement_ext.core.review.due_runs.models import RunKind
from enablement_ext.core.review.evidence.judging import Evidence, evidence_requirements
from enablement_ext.core.review.evidence.overrides import OverrideCase, may_be_overridden, overrides_in, with_overrides
from enablement_ext.core.review.models import Decision, Requirement, Submission, Version
from enablement_ext.core.review.ports import ReviewReader
from enablement_ext.core.review.requirements import requirements
from enablement_ext.service.use_cases.review_context import ReviewContext


@dataclass(frozen=True, slots=True)
class Gates:
    """Every requirement with its state, what is known of the version, and for whom overrides are asked."""

    requirements: tuple[Requirement, ...]
    evidence: Evidence
    case: OverrideCase


def gates_of(
    context: ReviewContext,
    reader: ReviewReader,
    submission: Submission,
    decisions: Sequence[Decision],
    open_threads: int | None = None,
) -> Gates:
    """As they stand now; `open_threads`: how many there are taken to be, where not those of the submission."""
    version = reader.version(submission.number, submission.latest)
    evidence = evidence_of(context, reader, version)
    rules = context.checks.rules_for(version.image.slug).requirements
    found = evidence_requirements(rules, evidence) if rules.keys else ()
    asks = any(may_be_overridden(each) for each in found)
    disputed = _disputed(reader, submission.number) if asks else frozenset[int]()
    case = OverrideCase(version, submission.author, disputed, context.clock.now())
    if asks:
        found = with_overrides(found, overrides_in(reader.events(submission.number)), case)
    threads = submission.open_threads if open_threads is None else open_threads
    return Gates((*requirements(context.policy, decisions, threads), *found), evidence, case)


def evidence_of(context: ReviewContext, reader: ReviewReader, version: Version) -> Evidence:
    """What is known of a version."""
    return Evidence(
        reader.check_record(version.submission, version.number),
        reader.latest_due_run(version.submission, version.number, RunKind.RERUN),
        context.reruns,
    )


def _disputed(reader: ReviewReader, submission: int) -> frozenset[int]:
    """Decisions whose maker says that they were not theirs, unless somebody found that they were."""
    return frozenset(
        each.subject.decision
        for each in reader.confirmations_about(submission)
        if each.subject.decision is not None
        and each.disputed_at is not None
        and (each.settlement is None or each.settlement.outcome is not Outcome.STANDS)
    )
