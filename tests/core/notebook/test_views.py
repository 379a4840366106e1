"""Stored notebooks for reading: pages, and what is left out."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from enablement_ext.core.errors import BadNotebook, NotFound
from enablement_ext.core.notebook import StoredNotebook, ViewLimits, view, view_cell
from enablement_ext.core.notebook.stored import StoredCell
from tests.core.notebook.factories import code, display, markdown, raw, stored, stream


def _cells(data: bytes, limits: ViewLimits | None = None) -> list[dict[str, Any]]:
    cells = view(data, 0, 500, limits or ViewLimits())["cells"]
    assert isinstance(cells, list)
    return cells


def _output(*outputs: Mapping[str, object], limits: ViewLimits | None = None) -> dict[str, Any]:
    (cell,) = _cells(stored(code("x", *outputs)), limits)
    (shown,) = cell["outputs"]
    assert isinstance(shown, dict)
    return shown


def test_everything_small_is_shown() -> None:
    data = stored(
        code(
            "a\nb",
            stream("hi\nho"),
            display({"image/png": "QUJD", "application/json": {"a": [1]}}, {"image/png": {"width": 3}}),
            execution_count=4,
        ),
        markdown("# t", attachments={"a.png": {"image/png": "QUJD"}}),
        metadata={"language_info": {"name": "python"}},
    )
    shown = view(data, 0, 10)
    assert (shown["language"], shown["total"]) == ("python", 2)
    first, second = _cells(data)
    assert first == {
        "index": 0,
        "id": "c0",
        "cell_type": "code",
        "source": "a\nb",
        "source_sha256": StoredNotebook(data).cell(0).source_sha256,
        "execution_count": 4,
        "outputs_total": 2,
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": "hi\nho", "cut": []},
            {
                "output_type": "display_data",
                "data": {"image/png": "QUJD", "application/json": {"a": [1]}},
                "metadata": {"image/png": {"width": 3}},
                "cut": [],
            },
        ],
    }
    assert second["attachments"] == {"a.png": {"image/png": "QUJD"}}
    assert (second["outputs"], second["outputs_total"]) == ([], 0)
    assert "execution_count" not in second
    json.dumps(shown)


@pytest.mark.parametrize(
    ("first", "count", "ids"),
    [(0, 2, ["c0", "c1"]), (3, 9, ["c3", "c4"]), (5, 1, []), (9, 1, []), (0, 0, []), (-3, 1, ["c0"])],
)
def test_pages(first: int, count: int, ids: list[str]) -> None:
    shown = view(stored(*(markdown(str(number)) for number in range(5))), first, count)
    cells = shown["cells"]
    assert isinstance(cells, list)
    assert [cell["id"] for cell in cells] == ids
    assert shown["total"] == 5


@pytest.mark.parametrize("shift", range(7))
def test_a_cell_is_found_wherever_a_search_begins_anew(shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = stored(*(markdown("x" * (7 * number + shift)) for number in range(30)))
    whole = [cell.raw for cell in StoredNotebook(data).cells]
    monkeypatch.setattr("enablement_ext.core.notebook.stored._AT_ONCE", 7)
    assert [cell.raw for cell in StoredNotebook(data).cells] == whole
    assert len(whole) == 30


def test_a_cell_that_lacks_something_is_no_stored_cell() -> None:
    with pytest.raises(BadNotebook, match="not in canonical form"):
        StoredCell(0, b'   "cell_type": "code",\n   "id": "a"').whole  # noqa: B018 - it raises


def test_an_empty_notebook() -> None:
    assert view(stored(), 0, 10) == {"language": "", "cells": [], "total": 0}


def test_plain_text_is_cut_at_a_line_end() -> None:
    text = "line é\n" * 100
    shown = _output(stream(text), limits=ViewLimits(text=50))
    assert shown["text"] == "line é\n" * 6
    assert shown["cut"] == [{"mime": "text/plain", "bytes": 800}]
    assert _output(display({"text/plain": "x" * 100}), limits=ViewLimits(text=50))["data"] == {"text/plain": "x" * 50}


def test_html_images_and_data_are_left_out_whole() -> None:
    big = display(
        {"text/html": "<b>" * 100, "image/png": "QUJD" * 100, "application/json": ["x" * 100], "text/plain": "short"}
    )
    shown = _output(big, limits=ViewLimits(text=50, image=50))
    assert shown["data"] == {"text/plain": "short"}
    assert shown["cut"] == [
        {"mime": "application/json", "bytes": 104},
        {"mime": "image/png", "bytes": 400},
        {"mime": "text/html", "bytes": 300},
    ]


def test_svg_counts_as_text() -> None:
    shown = _output(display({"image/svg+xml": "s" * 60, "image/png": "Q" * 60}), limits=ViewLimits(text=50, image=100))
    assert shown["data"] == {"image/png": "Q" * 60}


def test_a_long_traceback_is_cut() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["frame\n" * 10, "last"]}
    assert _output(error)["traceback"] == error["traceback"]
    shown = _output(error, limits=ViewLimits(text=30))
    assert len("\n".join(shown["traceback"])) <= 30
    assert shown["cut"] == [{"mime": "text/plain", "bytes": 65}]


def test_a_long_source_is_cut_and_says_so() -> None:
    (cell,) = _cells(stored(code("line\n" * 100)), ViewLimits(text=52))
    assert cell["source"] == "line\n" * 10
    assert cell["source_cut"] == 500


def test_many_outputs_are_counted_and_the_first_shown() -> None:
    (cell,) = _cells(stored(code("x", *(stream(str(number)) for number in range(150)))))
    assert len(cell["outputs"]) == 100
    assert cell["outputs_total"] == 150


def test_a_page_has_a_size_whatever_is_in_it() -> None:
    limits = ViewLimits(text=1_000, image=1_000, page=5_000, remnant=10)
    cells = [
        code("s\n" * 400, stream("t\n" * 400), display({"image/png": "Q" * 900, "text/html": "h" * 900}))
        for _ in range(50)
    ]
    shown = _cells(stored(*cells), limits)
    assert len(shown) == 50
    assert len(json.dumps([cell["outputs"] for cell in shown])) < 5_000 + 50 * 400
    assert all(len(cell["source"]) <= 10 for cell in shown[10:])
    assert all(cell["outputs"][1]["cut"] for cell in shown[10:])


@pytest.mark.slow
def test_twenty_thousand_images_and_a_huge_table_make_a_small_page() -> None:
    images = code("x", *(display({"image/png": "QUJD" * 50}) for _ in range(20_000)))
    table = code("y", display({"text/html": "<tr><td>1</td></tr>\n" * 1_000_000, "text/plain": "1\n" * 1_000_000}))
    data = stored(images, table)
    assert len(json.dumps(view(data, 0, 200))) < 10_000_000
    assert len(json.dumps(view_cell(data, 1))) < 10_000_000


def test_one_cell_is_cut_less_strictly() -> None:
    data = stored(markdown("a"), code("x", display({"text/html": "h" * 300_000})))
    assert _cells(data)[1]["outputs"][0]["cut"] == [{"mime": "text/html", "bytes": 300_000}]
    cell = view_cell(data, 1)
    outputs = cell["outputs"]
    assert isinstance(outputs, list)
    assert outputs[0]["cut"] == []


@pytest.mark.parametrize("index", [-1, 1, 99])
def test_a_cell_that_is_not_there(index: int) -> None:
    with pytest.raises(NotFound):
        view_cell(stored(markdown("a")), index)


def test_only_images_of_attachments_are_shown() -> None:
    attached = {"a.png": {"image/png": "QUJD"}, "b.html": {"text/html": "<b>"}, "c.png": {"image/png": "Q" * 60}}
    (cell,) = _cells(stored(markdown("x", attachments=attached)), ViewLimits(image=50))
    assert cell["attachments"] == {"a.png": {"image/png": "QUJD"}}


@pytest.mark.parametrize(
    "data", [b"", b"{}", raw(markdown("a")), stored(markdown("a"))[:-2], stored(markdown("a"))[3:]]
)
def test_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    with pytest.raises(BadNotebook):
        view(data, 0, 10)


def test_texts_that_look_like_the_layout_change_nothing() -> None:
    layouts = [
        '\n  {\n   "cell_type": "code"',
        '],\n "metadata": {}',
        ',\n   "source": []',
        '\n   "outputs": []',
        "\n    {\n",
        "\n  },\n  {\n",
    ]
    cells = [
        code(
            text,
            stream(text),
            display({"text/plain": text, "application/json": {text: [text]}}),
            metadata={"tags": [text]},
        )
        for text in layouts
    ]
    data = stored(*cells, metadata={"title": layouts[1]})
    assert [cell["source"] for cell in _cells(data)] == layouts
    assert [cell["outputs"][0]["text"] for cell in _cells(data)] == layouts
    assert [cell["outputs_total"] for cell in _cells(data)] == [2] * len(layouts)
    assert [cell.outputs_total for cell in StoredNotebook(data).cells] == [2] * len(layouts)


@pytest.mark.parametrize("seed", range(5))
def test_every_cell_is_found_wherever_it_starts(seed: int) -> None:
    chance = random.Random(seed)
    sizes = [chance.choice((0, 1, 100, 4_000, 8_150, 8_192, 30_000)) + chance.randrange(20) for _ in range(200)]
    cells = [
        chance.choice((markdown("x" * size), code("y", display({"image/png": "Q" * size})), code("z\n" * (size // 4))))
        for size in sizes
    ]
    data = stored(*cells)
    notebook = StoredNotebook(data)
    assert [cell.id for cell in notebook.cells] == [f"c{number}" for number in range(200)]
    assert [cell.source for cell in notebook.cells] == [cell["source"] for cell in cells]
    assert [cell.outputs for cell in notebook.cells] == [cell.get("outputs", []) for cell in cells]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"vscode": {"languageId": "sql"}}, "sql"),
        ({"kernel": "R"}, "R"),
        ({"dotnet_interactive": {"language": "csharp"}}, "csharp"),
        ({"polyglot_notebook": {"kernelName": "fsharp"}}, "fsharp"),
        ({"vscode": {}}, None),
        ({}, None),
    ],
)
def test_the_language_that_a_cell_names_is_shown(metadata: dict[str, object], language: str | None) -> None:
    (cell,) = _cells(stored(code("x", metadata=metadata)))
    assert cell.get("language") == language
