"""Two versions of a notebook become one: what is kept, what conflicts, and that nothing is lost."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enablement_ext.core.errors import BadRequest
from enablement_ext.core.git.merge.cells import (
    NotebookDocument,
    parse_notebook,
    with_outputs,
)
from enablement_ext.core.git.merge.notebook_diff import SummaryCode, VersionSummary, compare, summary
from enablement_ext.core.git.merge.notebook_merge import MergeConflict, Resolution, merge, merged_lines
from enablement_ext.core.notebook.working.cells import matching_cells, source_of


def cell(name: str, source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [], **more}


def book(*cells: dict[str, Any]) -> NotebookDocument:
    return NotebookDocument({"metadata": {}, "nbformat": 4, "nbformat_minor": 5}, cells)


BASE = book(cell("a", "x = 1\ny = 2\nz = 3"), cell("b", "fit(x)"), cell("c", "plot(y)"))


def sources(data: bytes) -> list[str]:
    found = parse_notebook(data)
    assert found is not None
    return [source_of(each) for each in found.cells]


def test_changes_in_different_cells_and_lines_go_together() -> None:
    mine = book(cell("a", "x = 10\ny = 2\nz = 3"), cell("b", "fit(x)"), cell("n", "mine()"), cell("c", "plot(y)"))
    theirs = book(cell("a", "x = 1\ny = 2\nz = 30"), cell("b", "fit(x, y)"), cell("m", "theirs()"))
    found = merge(BASE, mine, theirs)
    assert found.conflicts == ()
    assert sources(found.resolved({})) == ["x = 10\ny = 2\nz = 30", "fit(x, y)", "mine()", "theirs()"]


def test_what_both_changed_is_a_conflict_with_three_ways_out() -> None:
    mine, theirs = book(cell("b", "fit(1)")), book(cell("b", "fit(2)"), cell("d", "new"))
    found = merge(book(cell("b", "fit(x)")), mine, theirs)
    (conflict,) = found.conflicts
    assert sources(found.resolved({conflict.key: Resolution.OURS})) == ["fit(1)", "new"]
    assert sources(found.resolved({conflict.key: Resolution.THEIRS})) == ["fit(2)", "new"]
    both = found.resolved({conflict.key: Resolution.BOTH})
    assert sources(both) == ["fit(1)", "fit(2)", "new"]
    ids = [each["id"] for each in json.loads(both)["cells"]]
    assert len(set(ids)) == 3
    with pytest.raises(BadRequest):
        found.resolved({})


def test_taken_out_here_and_changed_there() -> None:
    found = merge(BASE, book(*BASE.cells[:2]), book(*BASE.cells[:2], cell("c", "plot(x, y)")))
    (conflict,) = found.conflicts
    assert conflict.ours is None
    assert sources(found.resolved({conflict.key: Resolution.THEIRS}))[-1] == "plot(x, y)"
    assert len(sources(found.resolved({conflict.key: Resolution.OURS}))) == 2
    untouched = merge(BASE, book(*BASE.cells[:2]), BASE)
    assert len(sources(untouched.resolved({}))) == 2


def test_the_same_done_twice_is_done_once() -> None:
    mine = book(*BASE.cells, cell("n", "score()"))
    theirs = book(*BASE.cells, cell("other", "score()"))
    assert sources(merge(BASE, mine, theirs).resolved({})).count("score()") == 1


def test_results_of_mine_stay_where_the_work_is_the_same() -> None:
    result = [{"output_type": "stream", "name": "stdout", "text": "42"}]
    mine = book(cell("a", "x", outputs=result, execution_count=1), cell("b", "y", outputs=result, execution_count=2))
    version = book(cell("a", "x"), cell("b", "y + 1"), cell("c", "z")).data()
    found = json.loads(with_outputs(version, mine.data()))["cells"]
    assert [each["outputs"] for each in found] == [result, [], []]
    assert with_outputs(b"no notebook", mine.data()) == b"no notebook"
    assert with_outputs(version, b"") == version


def test_cells_without_ids_are_found_by_text_and_place() -> None:
    old = [{"cell_type": "code", "source": text} for text in ("a", "b", "c")]
    new = [{"cell_type": "code", "source": text} for text in ("a", "B", "c", "d")]
    assert matching_cells(old, new) == {0: 0, 1: 1, 2: 2}


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6)
TEXTS = st.lists(st.sampled_from(["", "x", "y", "x\ny", "x\ny\nz", "q\ny\nz"]), min_size=8, max_size=8)


def made(names: Sequence[str], texts: Sequence[str]) -> NotebookDocument:
    return book(*(cell(name, texts["abcdefgh".index(name)]) for name in names))


BOOKS = st.builds(made, NAMES, TEXTS)


@given(BOOKS, BOOKS, BOOKS)
def test_nothing_is_lost(base: NotebookDocument, mine: NotebookDocument, theirs: NotebookDocument) -> None:
    found = merge(base, mine, theirs)
    both = found.resolved({conflict.key: Resolution.BOTH for conflict in found.conflicts})
    lines = {line for source in sources(both) for line in source.split("\n")}
    was = {line for each in base.cells for line in source_of(each).split("\n")}
    for side in (mine, theirs):
        fresh = {line for each in side.cells for line in source_of(each).split("\n")} - was
        assert fresh <= lines
    ids = [each["id"] for each in json.loads(both)["cells"]]
    assert len(ids) == len(set(ids))
    assert merge(base, mine, theirs) == found
    assert not merge(base, mine, mine).conflicts
    alone = merge(base, base, theirs)
    assert not alone.conflicts
    assert sorted(sources(alone.resolved({}))) == sorted(source_of(each) for each in theirs.cells)


def of_minor(minor: int, *cells: dict[str, Any]) -> NotebookDocument:
    whole = [{"execution_count": None, **each} for each in cells]
    bare = [{key: value for key, value in each.items() if key != "id"} if minor < 5 else each for each in whole]
    return NotebookDocument({"metadata": {}, "nbformat": 4, "nbformat_minor": minor}, tuple(bare))


@pytest.mark.parametrize("ours", [4, 5])
@pytest.mark.parametrize("theirs", [4, 5])
def test_two_formats_become_a_valid_notebook_of_the_newer_one(ours: int, theirs: int) -> None:
    base = [cell("a", "x = 1"), cell("b", "fit(x)"), cell("b2", "fit(x)"), cell("c", "plot()")]
    mine = [cell("a", "x = 10"), *base[1:], cell("n", "mine()")]
    other = [*base[:3], cell("c", "plot(y)"), cell("m", "x = 10")]
    found = merge(of_minor(4, *base), of_minor(ours, *mine), of_minor(theirs, *other))
    assert found.conflicts == ()
    made = json.loads(found.resolved({}))
    nbformat.validate(made)
    assert made["nbformat_minor"] == max(ours, theirs)
    ids = [each.get("id") for each in made["cells"]]
    if 5 in (ours, theirs):
        assert len(set(ids)) == len(ids)
        assert ids[1] == "b", "an id that one side has stays"
    else:
        assert ids == [None] * len(ids)


def test_an_id_that_the_format_forbids_is_replaced() -> None:
    found = merge(None, book(cell("no spaces!", "x"), cell("a", "y")), book(cell("a", "y")))
    made = json.loads(found.resolved({}))
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each["id"]) for each in made["cells"])


def test_outputs_with_nan_stay_in_the_work_tree() -> None:
    odd = cell("a", "x = 1", outputs=[{"output_type": "display_data", "data": {"application/json": [float("nan")]}}])
    found = with_outputs(book(cell("a", "x = 1"), cell("b", "new")).data(), book(odd).data())
    assert b"NaN" in found


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abcde")))
def test_lines_of_one_side_alone_win(base: list[str], other: list[str]) -> None:
    assert merged_lines(base, base, other) == other
    assert merged_lines(base, other, base) == other
    assert merged_lines(base, other, other) == other


def _without_common_ids(cells: int) -> tuple[NotebookDocument, NotebookDocument, NotebookDocument]:
    def large(prefix: str, text: str) -> NotebookDocument:
        return book(*(cell(f"{prefix}{number}", f"{text}{number}\n" * 40) for number in range(cells)))

    return large("a", "x"), large("b", "x"), large("c", "y")


def test_notebooks_whose_ids_say_nothing_are_merged() -> None:
    assert len(merge(*_without_common_ids(100)).items) >= 100


@pytest.mark.timing
def test_two_large_notebooks_whose_ids_say_nothing_are_merged_in_seconds() -> None:
    large = _without_common_ids(2000)
    began = time.process_time()
    assert len(merge(*large).items) >= 2000
    assert time.process_time() - began < 15


def test_a_comparison_says_what_changed() -> None:
    new = book(cell("a", "x = 1\ny = 20\nz = 3"), cell("n", "new"), cell("c", "plot(y)"))
    rows = compare(BASE.data(), new.data())
    assert [row.state for row in rows] == ["changed", "added", "removed", "same"] or [row.state for row in rows] == [
        "changed",
        "removed",
        "added",
        "same",
    ]
    assert [(line.mark, line.text) for line in rows[0].lines] == [
        (" ", "x = 1"),
        ("-", "y = 2"),
        ("+", "y = 20"),
        (" ", "z = 3"),
    ]
    assert summary(BASE.data(), new.data()) == VersionSummary(
        SummaryCode.CELLS, {"changed": 1, "added": 1, "removed": 1}
    )
    assert summary(BASE.data(), BASE.data()).code is SummaryCode.SETTINGS
    assert summary(None, BASE.data()).code is SummaryCode.NEW
    assert summary(b"a\n", b"b\n").code is SummaryCode.CHANGED
    assert [row.state for row in compare(b"a\n", b"a\nb\n")] == ["changed"]


def test_what_is_no_notebook_is_no_book() -> None:
    for data in (b"", b"[]", b'{"nbformat": 3, "cells": []}', b'{"nbformat": 4, "cells": [1]}', b"\xff", None):
        assert parse_notebook(data) is None
    assert isinstance(merge(None, BASE, book(cell("a", "other"))).items[0], MergeConflict)
