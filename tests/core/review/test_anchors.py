"""Threads keep their place from version to version."""

from __future__ import annotations

import json
import time

import pytest

from enablement_ext.core.errors import Unprocessable
from enablement_ext.core.notebook import StoredNotebook, canonicalise, source_hash
from enablement_ext.core.review.anchors import PortedAnchor, checked, place, place_all
from enablement_ext.core.review.models import Anchor, Ported
from tests.core.notebook.factories import Json, code, display, markdown, stored, stream

_UNCHANGED, _MOVED, _CHANGED, _DELETED = Ported.UNCHANGED, Ported.MOVED, Ported.CHANGED, Ported.DELETED
_SOURCE = "import a\n\nx = 1\ny = 2\nz = 3\nshow(x)"
_TEXT = markdown("# Title\n\nWhy", id="t")
_CODE = code(_SOURCE, stream("1"), display({"text/plain": "fig", "image/png": "QUJD"}), id="c", execution_count=1)
_LAST = code("w = 4", id="w")
_OLD = stored(_TEXT, _CODE, _LAST)


def _placed(anchor: Anchor, *cells: Json) -> PortedAnchor:
    return place(anchor, _OLD, stored(*cells))


def _with_source(source: str) -> PortedAnchor:
    return _placed(Anchor("c", lines=(3, 4)), _TEXT, {**_CODE, "source": source}, _LAST)


def test_a_checked_anchor_knows_what_it_was_made_on() -> None:
    anchor = checked(Anchor("c", lines=(3, 4)), _OLD)
    assert anchor == Anchor("c", source_hash(_SOURCE), (3, 4), None, "x = 1\ny = 2")
    assert checked(Anchor("c", output=1), _OLD) == Anchor("c", source_hash(_SOURCE), None, 1, "")
    assert checked(Anchor("t"), _OLD).quote == "# Title\n\nWhy"
    assert checked(Anchor(), _OLD) == Anchor()


def test_what_the_client_says_of_hash_and_quote_is_not_believed() -> None:
    forged = Anchor("c", source_sha256="0" * 64, lines=(1, 1), quote="import os; os.system('x')")
    assert checked(forged, _OLD) == Anchor("c", source_hash(_SOURCE), (1, 1), None, "import a")
    assert checked(Anchor(None, source_sha256="0" * 64, quote="x"), _OLD) == Anchor()


def test_quotes_are_bounded() -> None:
    notebook = stored(code("x" * 5_000 + "\n" + "y\n" * 50, id="c"))
    assert checked(Anchor("c"), notebook).quote == "x" * 2_000
    assert checked(Anchor("c", lines=(2, 51)), notebook).quote == "\n".join("y" * 20)


def test_an_empty_cell_has_one_line_to_stand_on() -> None:
    assert checked(Anchor("e", lines=(1, 1)), stored(code("", id="e"))).quote == ""


@pytest.mark.parametrize(
    ("anchor", "says"),
    [
        (Anchor("nope"), "no such cell"),
        (Anchor(""), "no such cell"),
        (Anchor("c", lines=(0, 1)), "not a range"),
        (Anchor("c", lines=(3, 2)), "not a range"),
        (Anchor("c", lines=(1, 7)), "6 lines"),
        (Anchor("c", lines=(-1, 1)), "not a range"),
        (Anchor("c", output=2), "2 outputs"),
        (Anchor("c", output=-1), "2 outputs"),
        (Anchor("t", output=0), "0 outputs"),
        (Anchor("c", lines=(1, 1), output=0), "not on both"),
        (Anchor(None, lines=(1, 1)), "belong to a cell"),
        (Anchor(None, output=0), "belong to a cell"),
    ],
)
def test_an_anchor_that_points_nowhere_is_refused(anchor: Anchor, says: str) -> None:
    with pytest.raises(Unprocessable, match=says):
        checked(anchor, _OLD)


@pytest.mark.parametrize(
    "anchor", [Anchor(), Anchor("c"), Anchor("c", lines=(2, 3)), Anchor("c", output=1), Anchor("t", lines=(1, 1))]
)
def test_in_the_same_version_nothing_moves(anchor: Anchor) -> None:
    here = PortedAnchor(_UNCHANGED, anchor.cell, anchor.lines, anchor.output)
    assert place(anchor, _OLD, _OLD) == here
    assert _placed(anchor, _TEXT, _CODE, code("w = 5", id="w")) == here


def test_cells_added_elsewhere_move_nothing() -> None:
    cells = (markdown("new", id="n"), _TEXT, code("also", id="m"), _CODE, _LAST)
    assert _placed(Anchor("c", lines=(3, 4)), *cells) == PortedAnchor(_UNCHANGED, "c", (3, 4), None)


def test_a_cell_in_another_order_has_moved() -> None:
    placed = place_all([Anchor("t"), Anchor("c"), Anchor("w")], _OLD, stored(_CODE, _LAST, _TEXT))
    assert [there.state for there in placed] == [_MOVED, _UNCHANGED, _UNCHANGED]


def test_a_cell_with_another_id_is_found_by_its_source() -> None:
    assert _placed(Anchor("c", lines=(3, 4)), _TEXT, {**_CODE, "id": "new"}, _LAST) == PortedAnchor(
        _UNCHANGED, "new", (3, 4), None
    )
    assert _placed(Anchor("c"), _TEXT, {**_CODE, "id": "new", "cell_type": "raw"}, _LAST).state is _DELETED


def test_equal_sources_are_each_taken_once() -> None:
    old = stored(code("x", id="a"), code("x", id="b"))
    new = stored(code("x", id="p"), code("x", id="q"))
    assert [there.cell for there in place_all([Anchor("a"), Anchor("b")], old, new)] == ["p", "q"]
    one = stored(code("x", id="b"))
    assert [there.state for there in place_all([Anchor("a"), Anchor("b")], old, one)] == [_DELETED, _UNCHANGED]


def test_a_deleted_cell() -> None:
    assert _placed(Anchor("c", lines=(3, 4)), _TEXT, _LAST) == PortedAnchor(_DELETED, None, None, None)
    assert _placed(Anchor("gone before"), _TEXT) == PortedAnchor(_DELETED, None, None, None)


def test_a_cell_as_a_whole_has_changed() -> None:
    assert _placed(Anchor("c"), _TEXT, {**_CODE, "source": "other"}, _LAST) == PortedAnchor(_CHANGED, "c", None, None)


@pytest.mark.parametrize(
    ("source", "state", "lines"),
    [
        ("import a\n\nx = 1\ny = 2\nz = 33\nshow(x)", _UNCHANGED, (3, 4)),
        ("import a\nimport b\n\nx = 1\ny = 2\nz = 3\nshow(x)", _MOVED, (4, 5)),
        ("x = 1\ny = 2\nz = 3\nshow(x)", _MOVED, (1, 2)),
        ("import a\n\nx = 1\ny = 22\nz = 3\nshow(x)", _CHANGED, (3, 4)),
        ("import a\n\nx = 1\nnew = 0\ny = 2\nz = 3\nshow(x)", _CHANGED, (3, 5)),
        ("import a\n\nx = 1\nz = 3\nshow(x)", _CHANGED, (3, 3)),
        ("import a\n\nz = 3\nshow(x)", _DELETED, None),
        ("", _DELETED, None),
    ],
)
def test_lines_follow_their_text(source: str, state: Ported, lines: tuple[int, int] | None) -> None:
    assert _with_source(source) == PortedAnchor(state, "c", lines, None)


@pytest.mark.parametrize(
    ("outputs", "state", "output"),
    [
        ([stream("2"), _CODE["outputs"][1]], _UNCHANGED, 1),  # type: ignore[index]
        ([_CODE["outputs"][1]], _MOVED, 0),  # type: ignore[index]
        ([stream("1"), display({"text/plain": "other"})], _CHANGED, 1),
        ([stream("1")], _DELETED, None),
        ([], _DELETED, None),
    ],
)
def test_outputs_follow_their_content(outputs: list[Json], state: Ported, output: int | None) -> None:
    placed = _placed(Anchor("c", output=1), _TEXT, {**_CODE, "outputs": outputs}, _LAST)
    assert placed == PortedAnchor(state, "c", None, output)


def test_running_again_with_the_same_result_changes_no_output() -> None:
    def run(count: int) -> bytes:
        result = {**display({"text/plain": "1"}), "output_type": "execute_result", "execution_count": count}
        return stored(code("x", result, id="c", execution_count=count))

    assert place(Anchor("c", output=0), run(1), run(2)) == PortedAnchor(_UNCHANGED, "c", None, 0)


def test_many_threads_are_placed_together() -> None:
    old = stored(code("\n".join(f"line{number}" for number in range(2_000)), id="c"))
    new = stored(code("\n".join(f"line{number}" for number in range(-1, 2_000)), id="c"))
    anchors = [Anchor("c", lines=(number, number)) for number in range(1, 2_001)]
    assert place_all(anchors, old, new) == [
        PortedAnchor(_MOVED, "c", (number + 1, number + 1), None) for number in range(1, 2_001)
    ]


def _without_ids(*cells: Json) -> bytes:
    bare = [{key: worth for key, worth in cell.items() if key != "id"} for cell in cells]
    return canonicalise(json.dumps({"cells": bare, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()).data


def test_an_edited_cell_without_id_is_found_between_its_neighbours() -> None:
    old = _without_ids(_TEXT, code("a\nb"), _LAST)
    made = StoredNotebook(old).cell(1).id
    edited = _without_ids(_TEXT, code("a\nb\nc"), _LAST)
    now = StoredNotebook(edited).cell(1).id
    assert place(Anchor(made), old, edited) == PortedAnchor(_CHANGED, now, None, None)
    assert place(Anchor(made, lines=(2, 2)), old, edited) == PortedAnchor(_UNCHANGED, now, (2, 2), None)
    for unlike in (
        (_TEXT, _LAST),
        (_TEXT, markdown("x"), _LAST),
        (_TEXT, code("1"), code("2"), _LAST),
        (_LAST, code("1"), _TEXT),
    ):
        assert place(Anchor(made), old, _without_ids(*unlike)).state is _DELETED


def test_with_real_ids_another_cell_in_the_same_place_is_another_cell() -> None:
    assert _placed(Anchor("c"), _TEXT, code("new", id="n"), _LAST).state is _DELETED


def test_another_type_is_a_change() -> None:
    assert _placed(Anchor("w"), _TEXT, _CODE, {**_LAST, "cell_type": "raw"}) == PortedAnchor(_CHANGED, "w", None, None)


def _half_changed(cells: int, *, turn: bool) -> tuple[bytes, bytes]:
    old = [code(f"x{number}") for number in range(cells)]
    new = [code(f"x{number}" if number % 2 else f"y{number}") for number in range(cells)]
    return _without_ids(*old), _without_ids(*(reversed(new) if turn else new))


@pytest.mark.parametrize("turn", [False, True])
def test_many_cells_are_aligned(turn: bool) -> None:
    assert place(Anchor("x"), *_half_changed(1000, turn=turn)).state is _DELETED


@pytest.mark.timing
@pytest.mark.parametrize("turn", [False, True])
def test_aligning_many_cells_is_fast(turn: bool) -> None:
    notebooks = _half_changed(20_000, turn=turn)
    start = time.process_time()
    place(Anchor("x"), *notebooks)
    assert time.process_time() - start < 5
