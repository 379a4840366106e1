"""Whatever was accepted: what is stored is a valid notebook of nbformat 4.5, by nbformat's own schema, and nothing was made up."""

from __future__ import annotations

import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enablement_ext.core.errors import BadNotebook
from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.notebook.metadata import CELL, NOTEBOOK
from tests.core.notebook.factories import Json, code, display, markdown, raw, stored, stream

_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "\n", "a", "a,b", ",", "a\nb", "auto", " ", "python", "x" * 300]),
)
_VALUES = st.recursive(_ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
    ["name", "display_name", "language", "version", "codemirror_mode", "source_hidden", "outputs_hidden", "slide_type", "image", "slug"]
), inner, max_size=4), max_leaves=6)  # fmt: skip


def _metadata(keys: list[str]) -> st.SearchStrategy[Json]:
    return st.dictionaries(
        st.sampled_from([*keys, "authors", "orig_nbformat", "execution", "trusted"]), _VALUES, max_size=6
    )


def _is_valid(data: bytes) -> None:
    value = json.loads(data)
    assert (value["nbformat"], value["nbformat_minor"]) == (4, 5)
    nbformat.validate(nbformat.from_dict(value))


@settings(max_examples=400, deadline=None)
@given(_metadata(list(NOTEBOOK)), _metadata(list(CELL)), _VALUES)
def test_any_metadata(notebook: Json, cell: Json, hints: object) -> None:
    shown = display({"text/plain": "x", "image/png": "QUJD"}, {"image/png": hints, "isolated": hints})
    cells = (
        code("x", shown, stream("y"), metadata=cell),
        markdown("x", metadata=cell),
        markdown("x", cell_type="raw", metadata=cell),
    )
    _is_valid(stored(*cells, metadata=notebook))


@pytest.mark.parametrize("minor", range(6))
def test_every_minor_version(minor: int) -> None:
    _is_valid(stored(code("x", stream("y")), markdown("z"), nbformat_minor=minor))


@pytest.mark.parametrize(
    ("kernel", "kept"),
    [
        ({"name": "python3", "display_name": "Python"}, True),
        ({"name": "python3", "display_name": 7}, False),
        ({"name": ["python3"], "display_name": "Python"}, False),
        ({"display_name": "Python", "language": "python"}, False),
        ({"name": "x" * 300, "display_name": "Python"}, False),
    ],
)
def test_a_kernelspec_is_kept_whole_or_not_at_all(kernel: Json, kept: bool) -> None:
    data = stored(code("x"), metadata={"kernelspec": kernel})
    _is_valid(data)
    assert ("kernelspec" in json.loads(data)["metadata"]) is kept


def test_tags_with_commas_and_names_without_letters_are_left_out() -> None:
    data = stored(code("x", metadata={"tags": ["a,b", "c", ","], "name": ""}), code("y", metadata={"name": "a\nb"}))
    _is_valid(data)
    assert [cell["metadata"] for cell in json.loads(data)["cells"]] == [{"tags": ["c"]}, {}]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}, "Cell 2 has no source"),
        ({"cell_type": "markdown", "metadata": {}}, "Cell 2 has no source"),
        ({"cell_type": "raw", "metadata": {}}, "Cell 2 has no source"),
        ({"cell_type": "code", "metadata": {}, "source": "x", "execution_count": None}, "Cell 2 has no outputs"),
        (code("x", {"output_type": "stream", "name": "stdout"}), "Cell 2, output 1 has no text"),
        (code("x", {"output_type": "display_data", "metadata": {}}), "Cell 2, output 1 has no data"),
    ],
)
def test_what_is_missing_is_not_made_up(cell: Json, words: str) -> None:
    with pytest.raises(BadNotebook, match=words):
        canonicalise(raw(markdown("first"), cell))
