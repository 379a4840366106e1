"""What becomes of notebooks that are accepted."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import nbformat
import pytest

from enablement_ext.core.errors import BadNotebook
from enablement_ext.core.notebook import canonicalise
from tests.core.notebook.factories import Json, cells_of, code, display, markdown, raw, stored, stream


def _as_jupyter_writes(notebook: Any) -> bytes:
    return (str(nbformat.writes(notebook)) + "\n").encode()


def _ordinary() -> Any:
    """A notebook with everything that people's notebooks have."""
    new = nbformat.v4
    first = new.new_code_cell(
        "import pandas as pd\n\nprint('ü\\n')\r\n",
        execution_count=3,
        metadata={"tags": ["parameters"], "jupyter": {"source_hidden": True}, "collapsed": False, "scrolled": "auto"},
    )
    first.outputs = [
        new.new_output("stream", text="hi\nho"),
        new.new_output(
            "execute_result",
            data={
                "text/plain": "1",
                "image/png": "QUJD" * 5_000 + "\n",
                "text/html": "<b>\n</b>",
                "image/svg+xml": "<svg>\n</svg>",
            },
            metadata={"image/png": {"width": 3, "height": 4}, "isolated": True},
            execution_count=3,
        ),
        new.new_output("error", ename="E", evalue="ünfug", traceback=["\u001b[0;31mE", "b\nc"]),
    ]
    text = new.new_markdown_cell("# x\u2028\n![a](attachment:a.png)", attachments={"a.png": {"image/png": "QUJD"}})
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    language = {"name": "python", "version": "3.11.7", "codemirror_mode": {"name": "ipython", "version": 3}}
    return new.new_notebook(
        cells=[first, text, new.new_code_cell(""), new.new_raw_cell("r", metadata={"format": "text/html"})],
        metadata={"kernelspec": kernel, "language_info": language},
    )


def test_a_notebook_as_jupyter_saves_it_is_its_own_canonical_form() -> None:
    saved = _as_jupyter_writes(_ordinary())
    assert canonicalise(saved).data == saved


def test_the_form_is_the_same_however_the_file_was_spelled() -> None:
    saved = _as_jupyter_writes(_ordinary())
    notebook = json.loads(saved)
    compact = json.dumps(notebook, separators=(",", ":")).encode()
    escaped = json.dumps(notebook, ensure_ascii=True, indent=4).encode()
    turned = json.dumps({key: notebook[key] for key in reversed(notebook)}, ensure_ascii=False).encode()
    assert {canonicalise(data).data for data in (compact, escaped, turned)} == {saved}


def test_the_result_is_a_valid_notebook_and_a_fixed_point() -> None:
    result = canonicalise(raw(markdown("a"), code("b", stream("x")), nbformat_minor=2))
    nbformat.validate(nbformat.reads(result.data.decode(), as_version=4))
    assert canonicalise(result.data) == result
    assert result.sha256 == hashlib.sha256(result.data).hexdigest()


def test_facts_of_the_cells() -> None:
    result = canonicalise(
        raw(
            code("a\nb", stream("x"), stream("y"), execution_count=7),
            markdown(""),
            metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
        )
    )
    first, second = result.cells
    assert (first.index, first.id, first.cell_type, first.lines, first.outputs, first.execution_count) == (
        0,
        "c0",
        "code",
        2,
        2,
        7,
    )
    assert first.source_sha256 == hashlib.sha256(b"a\nb").hexdigest()
    assert (second.lines, second.outputs, second.execution_count) == (0, 0, None)
    assert result.language == "R"
    assert canonicalise(raw()).language == ""


@pytest.mark.parametrize("minor", range(6))
def test_minor_versions_0_to_5_become_5(minor: int) -> None:
    assert json.loads(canonicalise(raw(markdown("a"), nbformat_minor=minor)).data)["nbformat_minor"] == 5


def test_missing_ids_are_made_from_the_source_and_survive_insertion() -> None:
    def without_ids(*cells: Json) -> bytes:
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()

    before = canonicalise(without_ids(code("a"), code("a"), markdown("a"))).cells
    after = canonicalise(without_ids(markdown("new"), code("a"), code("a"), markdown("a"))).cells
    assert len({cell.id for cell in before}) == 3
    assert [cell.id for cell in after[1:]] == [cell.id for cell in before]


def test_a_made_id_does_not_meet_a_given_one() -> None:
    made = canonicalise(raw(code("a", id=None))).cells[0].id
    ids = [cell.id for cell in canonicalise(raw(markdown("x", id=made), code("a", id=None))).cells]
    assert ids == [made, f"{made}-2"]


@pytest.mark.parametrize("where", ["notebook", "cell", "output", "display hints", "own"])
@pytest.mark.parametrize("mark", ["trusted", "signature"])
@pytest.mark.parametrize("worth", [True, "true", 1, {"trusted": True}, [True]])
def test_marks_of_trust_are_dropped_at_every_level(where: str, mark: str, worth: object) -> None:
    marked = {mark: worth}
    output = display({"text/html": "<b>"}, marked if where == "output" else {})
    if where == "display hints":
        output["metadata"] = {"text/html": marked}
    cell = code("x", output, metadata=marked if where == "cell" else {"enablement": marked} if where == "own" else {})
    text = markdown("y", metadata=marked if where == "cell" else {})
    data = canonicalise(
        raw(cell, text, metadata=marked if where == "notebook" else {}, **(marked if where == "notebook" else {}))
    ).data
    assert mark.encode() not in data


def test_unknown_keys_and_metadata_are_dropped() -> None:
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"a": "b" * 1000}}}
    cell = code(
        "x",
        {**stream("t"), "transient": {"display_id": "1"}},
        metadata={"execution": {"iopub.status.idle": "now"}},
        extra=1,
    )
    text = markdown("y", outputs=[{"output_type": "evil"}], execution_count="?")
    data = stored(cell, text, metadata={"widgets": widgets, "vscode": {}}, orig_nbformat=3)
    first, second = cells_of(data)
    assert sorted(first) == ["cell_type", "execution_count", "id", "metadata", "outputs", "source"]
    assert first["metadata"] == {}
    assert first["outputs"] == [{"name": "stdout", "output_type": "stream", "text": ["t"]}]
    assert sorted(second) == ["cell_type", "id", "metadata", "source"]
    assert json.loads(data)["metadata"] == {}


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ({"tags": ["a", "a", "b", 7, ""]}, {"tags": ["a", "b"]}),
        ({"tags": "a"}, {}),
        ({"tags": ["x"] * 51}, {}),
        ({"collapsed": "yes"}, {}),
        ({"name": "x" * 201}, {}),
        ({"jupyter": {"source_hidden": True, "other": 1}}, {"jupyter": {"source_hidden": True}}),
        (
            {"enablement": {"image": "datascience", "Odd Key": "x", "deep": {"a": 1}}},
            {"enablement": {"image": "datascience"}},
        ),
        (
            {"enablement": {"image": {"slug": "ds", "release": "2026.9.0", "digest": "sha256:0", "trusted": "x"}}},
            {"enablement": {"image": {"slug": "ds", "release": "2026.9.0", "digest": "sha256:0"}}},
        ),
        ({"slideshow": {"slide_type": "slide"}}, {"slideshow": {"slide_type": "slide"}}),
        ({"vscode": {"languageId": "sql", "other": 1}}, {"vscode": {"languageId": "sql"}}),
        ({"vscode": {"other": 1}}, {}),
        ({"vscode": {"languageId": "x" * 41}}, {}),
        ({"vscode": {"languageId": "<b>"}}, {}),
        ({"kernel": "Python 3"}, {"kernel": "Python 3"}),
        ({"kernel": {"name": "R"}}, {}),
        ({"dotnet_interactive": {"language": "c#"}}, {"dotnet_interactive": {"language": "c#"}}),
        ({"polyglot_notebook": {"kernelName": "fsharp"}}, {"polyglot_notebook": {"kernelName": "fsharp"}}),
    ],
)
def test_metadata_is_kept_from_an_allow_list(metadata: Json, kept: Json) -> None:
    (cell,) = cells_of(stored(code("x", metadata=metadata)))
    assert cell["metadata"] == kept


def test_json_values_are_kept_as_values() -> None:
    figure = {"data": [{"y": [1, 2.5, None, True]}], "layout": {"title": "é"}}
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"application/vnd.plotly.v1+json": figure, "application/json": [1]},
    }
    (cell,) = cells_of(stored(code("x", output)))
    assert cell["outputs"] == [output]


def test_half_characters_are_refused_where_they_would_be_kept() -> None:
    with pytest.raises(BadNotebook, match="Cell 2 contains half a character"):
        canonicalise(raw(markdown("fine \U0001f600"), markdown("\ud83d")))
    with pytest.raises(BadNotebook, match="metadata"):
        canonicalise(raw(metadata={"title": "\udc00"}))
    with pytest.raises(BadNotebook, match="Cell 1"):
        canonicalise(raw(code("x", display({"text/plain": "\udfff"}))))
    assert b"\\ud" not in stored(markdown("x"), metadata={"dropped": "\ud800"})


OTHERS = [
    {"vscode": {"languageId": "sql"}},
    {"kernel": "R"},
    {"dotnet_interactive": {"language": "csharp"}},
    {"polyglot_notebook": {"kernelName": "csharp"}},
]


@pytest.mark.parametrize("metadata", OTHERS)
def test_two_notebooks_that_run_differently_are_not_the_same(metadata: Json) -> None:
    plain, other = stored(code("x")), stored(code("x", metadata=metadata))
    assert plain != other
    assert canonicalise(other).data == other
