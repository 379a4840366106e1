"""Plans of a set-up, as values: what is refused, with which facts, and what is told before anything is written."""

from __future__ import annotations

import pytest

from enablement_ext.core.git.access.ports import Access
from enablement_ext.core.git.setup.plan import (
    FolderFacts,
    FolderState,
    HomeObstacle,
    ObstacleKind,
    RefusalCode,
    RepositoryStanding,
    StepKey,
    make_plan,
)
from enablement_ext.core.git.shape import RepositoryFacts, ShapeCode

URL = "http://hub/services/enablement/git/user/dana/churn"


def test_a_plan_is_a_value() -> None:
    plan = make_plan(FolderFacts("churn", kept=("a.ipynb",)), URL)
    assert plan == make_plan(FolderFacts("churn", kept=("a.ipynb",)), URL)
    assert [step.key for step in plan.steps] == list(StepKey)
    facts = {step.key: step.facts for step in plan.steps if step.facts}
    shared, prepared = {"shared": False}, {"existing": False}
    commit = {"files": 1, "first": True}
    assert facts == {StepKey.FORGE: shared, StepKey.PREPARE: prepared, StepKey.COMMIT: commit}
    adopted = make_plan(FolderFacts("churn", state=FolderState.THEIRS, has_commits=True), URL)
    assert StepKey.COMMIT not in [step.key for step in adopted.steps]
    assert next(step.facts for step in adopted.steps if step.key is StepKey.PREPARE) == {"existing": True}


REFUSED = {
    "no-git": FolderFacts("churn", git=False),
    "no-folder": FolderFacts("churn", exists=False),
    "home": FolderFacts("", is_home=True),
    "name": FolderFacts("a\nb"),
    "inside": FolderFacts("churn", in_repository=True),
    "nested": FolderFacts("churn", nested=("x",)),
    "odd": FolderFacts("churn", repository=RepositoryFacts(ShapeCode.ELSEWHERE)),
    "busy": FolderFacts("churn", repository=RepositoryFacts(operation="merge")),
    "other-remote": FolderFacts(
        "churn", state=FolderState.THEIRS, repository=RepositoryFacts(origin="https://forge.example/x")
    ),
    "unwritable": FolderFacts("churn", writable=False),
    "no-space": FolderFacts("churn", free_bytes=1000),
    "git-config": FolderFacts("churn", obstacle=HomeObstacle("~/.gitconfig", ObstacleKind.BROKEN, 3)),
}


REFUSAL_FACTS = {
    "nested": {"repository": "x"},
    "odd": {"shape": "elsewhere"},
    "busy": {"operation": "merge"},
    "git-config": {"file": "~/.gitconfig", "problem": "broken", "line": 3},
}


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_it_is_refused_with_a_reason(code: str) -> None:
    plan = make_plan(REFUSED[code], URL)
    assert not plan.possible
    assert plan.steps == ()
    assert [refusal.code for refusal in plan.refusals] == [code]
    assert plan.refusals[0].facts == REFUSAL_FACTS.get(code, {})


def test_every_refusal_is_tried() -> None:
    assert sorted([*REFUSED, "permission"]) == sorted(RefusalCode)


@pytest.mark.parametrize(("access", "commits"), [(Access.NONE, True), (Access.NONE, False), (Access.READ, False)])
def test_what_may_not_be_done_is_told_before(access: Access, commits: bool) -> None:
    facts = FolderFacts("churn", state=FolderState.THEIRS, has_commits=commits)
    plan = make_plan(facts, URL, RepositoryStanding(access, "dana / churn", "Ask dana."))
    assert [refusal.document() for refusal in plan.refusals] == [
        {"code": "permission", "facts": {"repository": "dana / churn", "ask": "Ask dana."}}
    ]


def test_who_may_only_read_connects_and_writes_nothing_to_the_server() -> None:
    plan = make_plan(
        FolderFacts("churn", state=FolderState.ADOPTED, has_commits=True), URL, RepositoryStanding(Access.READ)
    )
    assert [step.key for step in plan.steps] == [StepKey.CONFIGURE, StepKey.PREPARE]


def test_an_odd_name_below_is_not_repeated() -> None:
    (refusal,) = make_plan(FolderFacts("churn", nested=("a\nb",)), URL).refusals
    assert refusal.facts == {"repository": None}
