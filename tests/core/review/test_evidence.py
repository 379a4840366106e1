"""What must be known of a version before it is approved: what the rules ask for, where it stands, and which overrides count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement_ext.core.checks.policy import BadPolicy, read_policy
from enablement_ext.core.checks.registry import OWN, kinds_of
from enablement_ext.core.comparison import RunVerdict
from enablement_ext.core.errors import BadRequest, Forbidden
from enablement_ext.core.review.due_runs import models
from enablement_ext.core.review.due_runs.models import DueRun, DueRunResult, NewDueRun, RunOutcome
from enablement_ext.core.review.evidence.judging import (
    Evidence,
    EvidenceStanding,
    evidence_digest,
    evidence_requirements,
)
from enablement_ext.core.review.evidence.overrides import (
    Override,
    OverrideCase,
    OverrideScope,
    OverrideWish,
    overrides_in,
    wished,
    with_overrides,
)
from enablement_ext.core.review.evidence.rules import EvidenceRules
from enablement_ext.core.review.evidence.sentences import evidence_sentence
from enablement_ext.core.review.models import CheckRecord, Event, Requirement, RequirementState
from enablement_ext.core.review.policy import Policy
from enablement_ext.core.review.requirements import open_evidence, open_gates
from tests.core.review.factories import NOW, version

KINDS = kinds_of(OWN)
SAME = frozenset({RunVerdict.IDENTICAL, RunVerdict.EQUIVALENT})
RULES = EvidenceRules(("order",), SAME, frozenset({"rerun"}), 30)
QUEUED = models.queued(NewDueRun(1, 1, "dana", "dana", NOW), 1)
RUNNING = models.taken(QUEUED, NOW, timedelta(minutes=1))


def document(*verdicts: str) -> str:
    """Of a run."""
    return json.dumps({"cells": [{"cell": index, "verdict": verdict} for index, verdict in enumerate(verdicts)]})


def ended(outcome: RunOutcome, reason: str = "", document: str = "", line: str = "") -> DueRun:
    """A run that ended."""
    return models.ended(RUNNING, NOW, DueRunResult(outcome, reason, line, document))


RUNS: Mapping[str, tuple[DueRun | None, bool, EvidenceStanding]] = {
    "never asked for": (None, True, EvidenceStanding.NOT_MADE),
    "never asked for, and off": (None, False, EvidenceStanding.CANNOT_BE_MADE),
    "queued": (QUEUED, True, EvidenceStanding.UNDER_WAY),
    "queued, and switched off since": (QUEUED, False, EvidenceStanding.CANNOT_BE_MADE),
    "running": (RUNNING, True, EvidenceStanding.UNDER_WAY),
    "same": (ended(RunOutcome.SAME, document=document("identical", "equivalent")), True, EvidenceStanding.HOLDS),
    "same, and switched off since": (ended(RunOutcome.SAME, document=document("identical")), False, EvidenceStanding.HOLDS),
    "said to be the same, and nothing to show for it": (ended(RunOutcome.SAME), True, EvidenceStanding.BROKE_OFF),
    "no code": (ended(RunOutcome.SAME, document=document()), True, EvidenceStanding.NOTHING_TO_RUN),
    "differs": (ended(RunOutcome.DIFFERS, document=document("identical", "error")), True, EvidenceStanding.FAILS),
    "a tag left it out": (ended(RunOutcome.SAME, document=document("not-compared")), True, EvidenceStanding.FAILS),
    "a verdict of a newer service": (ended(RunOutcome.SAME, document=document("perfect")), True, EvidenceStanding.FAILS),
    "died": (ended(RunOutcome.DIED, "out-of-memory", document("identical")), True, EvidenceStanding.BROKE_OFF),
    "cancelled": (ended(RunOutcome.CANCELLED, "asked"), True, EvidenceStanding.NOT_MADE),
    "cannot": (ended(RunOutcome.NOT_RUN, "environment-missing", line="Not here."), True, EvidenceStanding.CANNOT_BE_MADE),
}  # fmt: skip
STATES = {
    EvidenceStanding.HOLDS: RequirementState.SATISFIED,
    EvidenceStanding.NOTHING_TO_RUN: RequirementState.NOT_APPLICABLE,
    EvidenceStanding.CANNOT_BE_MADE: RequirementState.ERROR,
    EvidenceStanding.BROKE_OFF: RequirementState.ERROR,
}


@pytest.mark.parametrize("name", RUNS)
def test_only_a_run_that_came_out_so_holds(name: str) -> None:
    run, on, standing = RUNS[name]
    (gate,) = evidence_requirements(replace(RULES, checks=()), Evidence(None, run, on))
    assert (gate.facts["standing"], gate.state) == (standing, STATES.get(standing, RequirementState.UNSATISFIED))
    passes = standing in (EvidenceStanding.HOLDS, EvidenceStanding.NOTHING_TO_RUN)
    assert (open_gates(Policy(), [gate]) == open_evidence([gate]) == ()) is passes
    assert evidence_sentence(gate).endswith(".")


def found(code: str, level: str = "warn", cell: int | None = 3, **facts: object) -> dict[str, object]:
    """A finding as it is kept."""
    return {"code": code, "level": level, "cell": cell, "facts": facts, "sentence": "", "override": ""}


def record(*findings: dict[str, object], made: tuple[str, ...] = ("order", "personal")) -> CheckRecord:
    """What checks found."""
    return CheckRecord("", findings, made=made)


CHECKS: Mapping[str, tuple[str, CheckRecord | None, EvidenceStanding]] = {
    "no checks": ("order", None, EvidenceStanding.NOT_MADE),
    "it arrived before there was this one": ("order", record(made=("personal",)), EvidenceStanding.NOT_MADE),
    "nobody knows which were made": ("order", record(made=()), EvidenceStanding.NOT_MADE),
    "nothing": ("order", record(found("personal.number"), found("orderly.x")), EvidenceStanding.HOLDS),
    "a fact": ("order", record(found("order.never-run", "allow")), EvidenceStanding.HOLDS),
    "a warning": ("order", record(found("order.never-run")), EvidenceStanding.FAILS),
    "a code": ("order.backwards", record(found("order.never-run")), EvidenceStanding.HOLDS),
    "this code": ("order.never-run", record(found("order.never-run", "block")), EvidenceStanding.FAILS),
    "not finished": ("order", record(found("checks.incomplete", check="order")), EvidenceStanding.BROKE_OFF),
    "another not finished": ("order", record(found("checks.incomplete", check="lint")), EvidenceStanding.HOLDS),
    "none finished": ("order", record(found("checks.incomplete", check="all of them")), EvidenceStanding.BROKE_OFF),
    "more than are listed": ("order", record(found("lint.x"), found("checks.more", "allow")), EvidenceStanding.BROKE_OFF),
    "more facts": ("order", record(found("lint.x", "allow"), found("checks.more", "allow")), EvidenceStanding.HOLDS),
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
def test_only_a_check_that_was_made_and_found_nothing_holds(name: str) -> None:
    asked, kept, standing = CHECKS[name]
    (gate,) = evidence_requirements(EvidenceRules((asked,)), Evidence(kept))
    assert (gate.facts["standing"], gate.state) == (standing, STATES.get(standing, RequirementState.UNSATISFIED))
    assert evidence_sentence(gate).endswith(".")


def test_how_far_an_open_run_is_makes_no_difference_and_its_end_does() -> None:
    digests = []
    for run in (QUEUED, RUNNING, models.renewed(RUNNING, NOW, (3, 4)), RUNS["differs"][0], RUNS["same"][0], None):
        evidence = Evidence(None, run, runs=True)
        digests.append(evidence_digest(evidence_requirements(RULES, evidence), evidence))
    assert digests[0] == digests[1] == digests[2]
    assert len(set(digests[2:])) == 4


TOML = """version = 1
[requirements]
checks = ["order", "personal.number"]
rerun = ["identical", "equivalent", "differs-each-time"]
override = ["rerun", "order"]
[image.ml.requirements]
checks = ["names"]
[track.clinical.requirements]
checks = ["personal", "order"]
rerun = ["identical", "equivalent"]
override = ["rerun"]
override_days = 7
[track.quick.requirements]
"""


def test_an_image_has_rules_of_its_own_and_every_track_adds_to_them() -> None:
    policy = read_policy(TOML, KINDS)
    asked = policy.for_submission("", ["clinical", "quick"], KINDS).requirements
    assert asked.keys == ("rerun", "check:order", "check:personal.number", "check:personal")
    assert asked.rerun == SAME
    assert (set(asked.overridable), asked.days) == ({"rerun"}, 7), "one that does not let it be overridden suffices"
    assert policy.for_submission("ml", [], KINDS).requirements == EvidenceRules(("names",))
    assert policy.for_submission("other", [], KINDS).requirements.overridable == {"rerun", "check:order"}
    assert policy.for_submission("ml", ["clinical"], KINDS).requirements.keys == (
        "rerun", "check:names", "check:personal", "check:order",
    )  # fmt: skip
    assert read_policy("version = 1", KINDS).requirements.keys == ()


MISTAKES: Mapping[str, str] = {
    'checks = ["ordr"]': "ordr: no check",
    'checks = ["secrets"]': "secrets: no check of what was sent",
    'checks = ["release.drift"]': "release.drift: no check of what was sent",
    'checks = ["checks.incomplete"]': "no check of what was sent",
    'checks = "order"': "checks: must be a list",
    'rerun = ["same"]': "'same' is none of",
    'rerun = ["error"]': "identical must be among",
    "rerun = []": "identical must be among",
    "rerun = true": "rerun: must be a list",
    'checks = ["order"]\noverride = ["rerun"]': "rerun is not required here",
    "override_days = 0": "must be a number from 1",
    "override_days = true": "must be a number from 1",
    'reruns = ["identical"]': "reruns: there is no such key",
}


@pytest.mark.parametrize("wrong", MISTAKES)
def test_a_mistake_in_what_is_required_is_said(wrong: str) -> None:
    for place in ("requirements", "track.x.requirements", "image.x.requirements"):
        with pytest.raises(BadPolicy, match=MISTAKES[wrong]):
            read_policy(f"version = 1\n[{place}]\n{wrong}", KINDS)
    with pytest.raises(BadPolicy, match="must be a table"):
        read_policy("version = 1\nrequirements = 3", KINDS)


DIFFERS = Evidence(None, RUNS["differs"][0], runs=True)
(GATE,) = evidence_requirements(replace(RULES, checks=()), DIFFERS)
CASE = OverrideCase(version(1), "dana", frozenset(), NOW)


def made(scope: OverrideScope = OverrideScope.SHOWN, days: int = 7, by: str = "remy") -> Override:
    """An override of the run, with decision 4, as its event says it."""
    (one,) = wished(OverrideWish((("rerun", "The data moved."),), scope, days), [GATE], by, CASE)
    facts: dict[str, Any] = json.loads(json.dumps(replace(one, decision=4).facts()))
    (again,) = overrides_in([Event(1, NOW, by, "requirement_overridden", 1, 1, facts), Event(2, NOW, by, "sent", 1, 1)])
    assert again == replace(one, decision=4)
    return again


def state(override: Override, gate: Requirement = GATE, case: OverrideCase = CASE) -> RequirementState:
    """Of the requirement with it."""
    return with_overrides([gate], [override], case)[0].state


def gate_of(run: DueRun | None, rules: EvidenceRules = RULES) -> Requirement:
    """What is required of a run."""
    return evidence_requirements(rules, Evidence(record(), run, runs=True))[0]


def test_an_override_counts_for_what_was_known_and_for_its_time() -> None:
    shown, later = made(), made(OverrideScope.SUBMISSION)
    assert state(shown) is state(later) is RequirementState.OVERRIDDEN
    told = with_overrides([GATE], [shown], CASE)[0].facts["override"]
    assert isinstance(told, Mapping)
    assert (told["by"], told["reason"]) == ("remy", "The data moved.")
    other = gate_of(ended(RunOutcome.DIFFERS, document=document("error", "error")))
    assert state(shown, other) is RequirementState.UNSATISFIED, "another run says something else"
    assert state(later, other) is RequirementState.OVERRIDDEN
    next_version = replace(CASE, version=replace(version(1), number=2, content_id="other"))
    assert state(shown, case=next_version) is RequirementState.UNSATISFIED
    assert state(later, case=next_version) is RequirementState.OVERRIDDEN
    assert state(shown, gate_of(RUNS["same"][0])) is RequirementState.SATISFIED, "what holds needs none"
    over = replace(CASE, now=NOW + timedelta(days=7))
    assert state(shown, case=over) is state(later, case=over) is RequirementState.UNSATISFIED


@pytest.mark.parametrize("scope", OverrideScope)
def test_an_override_counts_for_nothing_where_it_may_not(scope: OverrideScope) -> None:
    override = made(scope)
    withdrawn = replace(RULES, overridable=frozenset())
    assert state(override, gate_of(RUNS["differs"][0], withdrawn)) is RequirementState.UNSATISFIED
    assert state(override, case=replace(CASE, disputed=frozenset({4}))) is RequirementState.UNSATISFIED
    assert state(override, case=replace(CASE, author="remy")) is RequirementState.UNSATISFIED
    own = replace(CASE, version=replace(version(1), sent_by="remy"))
    assert state(override, case=own) is RequirementState.UNSATISFIED
    (check,) = evidence_requirements(EvidenceRules(("order",), None, frozenset({"check:order"})), Evidence())
    assert state(override, check) is RequirementState.UNSATISFIED, "it is for another requirement"


@pytest.mark.parametrize(
    ("wish", "gate", "refusal"),
    [
        (OverrideWish((("check:order", "x"),)), GATE, Forbidden),
        (OverrideWish((("track:technical", "x"),)), GATE, Forbidden),
        (OverrideWish((("rerun", "x"),)), gate_of(RUNS["same"][0]), Forbidden),
        (OverrideWish((("rerun", "x"),)), gate_of(QUEUED, replace(RULES, overridable=frozenset())), Forbidden),
        (OverrideWish((("rerun", "x"),), days=31), GATE, BadRequest),
        (OverrideWish((("rerun", "x"),), days=0), GATE, BadRequest),
    ],
)
def test_what_the_rules_do_not_let_be_overridden_is_refused(
    wish: OverrideWish, gate: Requirement, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        wished(wish, [gate], "remy", CASE)
