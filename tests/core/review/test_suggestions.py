"""Suggested edits: three-way merges of a cell, applying to a notebook as it is now, and what a version holds."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from enablement_ext.core.errors import BadRequest, Unprocessable
from enablement_ext.core.notebook.canonical import canonicalise
from enablement_ext.core.review.differences.alignment import PlainCell
from enablement_ext.core.review.discussion.applying import (
    ApplicationOutcome,
    PlacedSuggestion,
    holding,
    plan_applications,
)
from enablement_ext.core.review.discussion.merging import holds, merged
from enablement_ext.core.review.discussion.suggestions import Suggestion, SuggestionState, require_source
from tests.core.review.suggestion_histories import SEED, histories
from tests.service.factories import cell, notebook

FIVE = "import os\nx = 1\ny = 2\nz = x + y\nprint(z)"
MERGES = {
    "only theirs": (FIVE, FIVE, "import sys\n" + FIVE, "import sys\n" + FIVE),
    "far apart": (
        FIVE,
        FIVE.replace("import os", "import sys"),
        FIVE.replace("print(z)", "print(x)"),
        "import sys\nx = 1\ny = 2\nz = x + y\nprint(x)",
    ),
    "the same": (FIVE, FIVE.replace("1", "3"), FIVE.replace("1", "3"), FIVE.replace("1", "3")),
    "words of one line": (
        "fit(rows, deep=True)",
        "fit(data, deep=True)",
        "fit(rows, deep=False)",
        "fit(data, deep=False)",
    ),
    "no word between": ("fit(a)", "train(a)", "fit(b)", None),
    "one word": ("x = 1", "x = 2", "x = 3", None),
    "line deleted and changed": ("a = 1\nb = 2", "a = 1", "a = 1\nb = 3", None),
    "two additions at one place": ("a\nb", "a\nx\nb", "a\ny\nb", None),
    "emptied and changed": ("a = 1\nb = 2", "a = 1\nb = 3", "", None),
    "from nothing": ("", "", "a", "a"),
    "line ends are kept": ("a\nb\n", "a\nb\n", "a\nc\n", "a\nc\n"),
}


@pytest.mark.parametrize("case", sorted(MERGES))
def test_a_merge_is_both_changes_or_none(case: str, tmp_path: Path) -> None:
    base, mine, theirs, expected = MERGES[case]
    assert merged(base, mine, theirs) == expected
    assert merged(base, theirs, mine) == expected
    names = [tmp_path / name for name in ("mine", "base", "theirs")]
    for name, text in zip(names, (mine, base, theirs), strict=True):
        name.write_text(text + "\n")
    told = subprocess.run(["git", "merge-file", "-p", *names], capture_output=True, text=True, check=False)
    if told.returncode == 0:  # what Git merges is merged the same
        assert told.stdout == f"{expected}\n"
    if expected is not None:
        assert holds(base, theirs, expected)


def code(name: str, source: str) -> PlainCell:
    return PlainCell(name, "code", source)


BASE = [code("a", "import pandas as pd"), code("b", FIVE), code("c", "df.plot(x='day', y='sales')")]
EDIT = FIVE.replace("print(z)", "print(f'{z=}')")
PLANS = {
    "as it was": (BASE, ApplicationOutcome.FITS, 1),
    "moved, under a new id": ([BASE[2], code("new", FIVE), BASE[0]], ApplicationOutcome.FITS, 1),
    "the ids of two are exchanged": ([BASE[0], code("c", FIVE), code("b", BASE[2].source)], ApplicationOutcome.FITS, 1),
    "changed elsewhere": ([BASE[0], code("b", FIVE.replace("x = 1", "x = 5")), BASE[2]], ApplicationOutcome.MERGED, 1),
    "changed there": (
        [BASE[0], code("b", FIVE.replace("print(z)", "display(z)")), BASE[2]],
        ApplicationOutcome.CONFLICT,
        None,
    ),
    "in already": ([BASE[0], code("b", EDIT), BASE[2]], ApplicationOutcome.ALREADY_IN, None),
    "gone": ([BASE[0], BASE[2]], ApplicationOutcome.GONE, None),
    "of another type": ([BASE[0], PlainCell("b", "markdown", FIVE), BASE[2]], ApplicationOutcome.GONE, None),
    "two copies": ([code("p", FIVE), code("q", FIVE)], ApplicationOutcome.AMBIGUOUS, None),
    "a copy beside it": ([code("p", FIVE), code("b", FIVE)], ApplicationOutcome.FITS, 1),
    "an empty notebook": ([], ApplicationOutcome.GONE, None),
}


@pytest.mark.parametrize("case", sorted(PLANS))
def test_applying_to_a_notebook(case: str) -> None:
    now, outcome, at = PLANS[case]
    plan = plan_applications([(BASE, PlacedSuggestion(7, "b", Suggestion(FIVE, EDIT)))], now)
    assert [each.outcome for each in plan.applications] == [outcome]
    assert set(plan.sources) == set() if at is None else {at}
    if at is not None:
        assert plan.sources[at].endswith("print(f'{z=}')")


def test_two_of_one_cell_are_applied_one_after_another_or_conflict() -> None:
    one = PlacedSuggestion(1, "b", Suggestion(FIVE, EDIT))
    two = PlacedSuggestion(2, "b", Suggestion(FIVE, FIVE.replace("import os", "import sys")))
    other = PlacedSuggestion(3, "b", Suggestion(FIVE, FIVE.replace("print(z)", "show(z)")))
    plan = plan_applications([(BASE, each) for each in (one, two, other)], BASE)
    assert [each.outcome for each in plan.applications] == [
        ApplicationOutcome.FITS,
        ApplicationOutcome.MERGED,
        ApplicationOutcome.CONFLICT,
    ]
    assert plan.applications[2].mine == plan.sources[1] == EDIT.replace("import os", "import sys")


def stored(*cells: dict[str, object]) -> bytes:
    return canonicalise(notebook(*cells)).data


def test_a_version_holds_what_its_cells_say() -> None:
    old = stored(cell("a", "import os"), cell("b", FIVE))
    asked = [("b", Suggestion(FIVE, EDIT)), ("a", Suggestion("import os", "import sys"))]
    later = stored(cell("x", EDIT.replace("x = 1", "x = 7")), cell("a", "import os"))
    assert holding(asked, old, later) == [True, False]
    assert holding(asked, old, stored(cell("q", "import sys"))) == [False, True]
    assert holding(asked, old, old) == [False, False]


def test_the_state_of_a_suggestion() -> None:
    one = Suggestion("a", "b")
    assert one.state(withdrawn=False, changed=True) is SuggestionState.OUTDATED
    assert Suggestion("a", "b", rejected_in=3).state(withdrawn=False, changed=True) is SuggestionState.REJECTED
    assert Suggestion("a", "b", rejected_in=3).state(withdrawn=True, changed=False) is SuggestionState.WITHDRAWN
    assert (
        Suggestion("a", "b", applied_in=2, rejected_in=3).state(withdrawn=True, changed=False)
        is SuggestionState.APPLIED
    )


@pytest.mark.parametrize("source", ["x\u202e = 1", "x\x00", "x\x1b[2J", "x\u2028y", "\ud800"])
def test_marks_that_nobody_sees_are_no_suggestion(source: str) -> None:
    with pytest.raises(BadRequest):
        require_source(source, "x = 1")


def test_what_the_cell_has_may_stay_and_what_it_says_is_no_suggestion() -> None:
    require_source("x = '\u200f'\n\ty", "x = '\u200f'")
    with pytest.raises(Unprocessable):
        require_source("x", "x")


def test_histories_of_suggestions() -> None:
    outcomes, wrong = histories(400, SEED)
    assert wrong == []
    assert min(outcomes[each.value] for each in ApplicationOutcome) > 0  # every way it can end is among them
