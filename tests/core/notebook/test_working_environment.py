"""Kernel and minor format of a notebook stay as they were committed, unless the work itself needs another one."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from enablement_ext.core.git.clean_filter import clean

PYTHON = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CHURN = {"display_name": "churn (3.12)", "language": "python", "name": "churn-env"}
R = {"display_name": "R", "language": "R", "name": "ir"}


def notebook(minor: int = 5, source: str = "x = 1", ids: bool | None = None, **metadata: Any) -> bytes:
    cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "source": [source]}
    cell |= {"execution_count": 3}
    if ids if ids is not None else minor >= 5:
        cell["id"] = "a1"
    made = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}
    return json.dumps(made, sort_keys=True).encode()


def kept(data: bytes, committed: bytes) -> dict[str, Any]:
    found = clean(data, clean(committed).data)
    assert clean(found.data, clean(committed).data).data == found.data, "a version of a version is the same"
    made: dict[str, Any] = json.loads(found.data)
    return made


ANACONDA = {"display_name": "Python [conda env:x]", "name": "conda-env-x-py"}
UNNAMED = {"display_name": "Python 3", "name": "python3"}
SAME = {
    "another environment": (CHURN, PYTHON),
    "another name on the screen": ({**PYTHON, "display_name": "Python 3"}, PYTHON),
    "a language that is not said there": (CHURN, UNNAMED),
    "a language that is not said here": (UNNAMED, CHURN),
    "neither says its language": (ANACONDA, UNNAMED),
    "Python and python": ({**CHURN, "language": "Python"}, PYTHON),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_a_kernel_of_the_same_language_stays_as_it_was_committed(case: str) -> None:
    here, there = SAME[case]
    committed = notebook(kernelspec=there)
    assert clean(notebook(kernelspec=here), committed).data == clean(committed).data
    changed = kept(notebook(source="x = 2", kernelspec=here), committed)
    assert (changed["metadata"], changed["cells"][0]["source"]) == ({"kernelspec": there}, ["x = 2"])


@pytest.mark.parametrize(("here", "there"), [(R, PYTHON), (PYTHON, R), (R, UNNAMED), ({"name": "ir"}, CHURN)])
def test_a_kernel_of_another_language_is_work(here: dict[str, str], there: dict[str, str]) -> None:
    assert kept(notebook(kernelspec=here), notebook(kernelspec=there))["metadata"] == {"kernelspec": here}


def test_a_kernel_that_a_running_one_names_the_language_of() -> None:
    running = notebook(kernelspec=ANACONDA, language_info={"name": "python", "version": "3.12.1"})
    assert kept(running, notebook(kernelspec=PYTHON))["metadata"] == {"kernelspec": PYTHON}
    assert kept(running, notebook(kernelspec=R))["metadata"] == {"kernelspec": ANACONDA}


def test_a_kernel_comes_and_goes_with_machines() -> None:
    without, named = notebook(title="Churn", zoom=1), notebook(title="Churn", zoom=1, kernelspec=PYTHON)
    assert clean(named, clean(without).data).data == clean(without).data
    assert clean(without, clean(named).data).data == clean(named).data, "in its place, as Jupyter writes it"


def test_what_is_committed_and_is_no_notebook_changes_nothing() -> None:
    data = notebook(kernelspec=CHURN)
    for committed in (b"", b"{}", b"[]", b"<<<<<<< ours\n", b"\xff", b'{"nbformat": 4, "cells": [], "metadata": 3}'):
        assert clean(data, committed).data == clean(data).data


@pytest.mark.parametrize("here", [0, 2, 4, 5])
@pytest.mark.parametrize("there", [0, 2, 4, 5])
def test_the_minor_format_stays_where_the_file_is_valid_in_it(here: int, there: int) -> None:
    found = kept(notebook(here, "x = 2"), notebook(there))
    nbformat.validate(found)
    assert (found["nbformat_minor"], found["cells"][0].get("id")) == (there, "a1" if there >= 5 else None)
    assert clean(notebook(here), clean(notebook(there)).data).data == clean(notebook(there)).data, "it is no change"


def test_ids_that_the_older_format_has_all_the_same_stay() -> None:
    """VS Code wrote them before there were any."""
    assert kept(notebook(5), notebook(2, ids=True))["cells"][0]["id"] == "a1"
    assert kept(notebook(2, ids=True), notebook(5))["nbformat_minor"] == 5


def test_cells_of_an_older_format_get_their_ids_back() -> None:
    """Colab writes 4.0, where cells have none: each is found again by its text or its place, and new ones get one that stays."""

    def made(minor: int, *cells: tuple[str, str]) -> bytes:
        base = {"cell_type": "markdown", "metadata": {}}
        book = [{**base, "source": source, **({"id": name} if minor >= 5 else {})} for name, source in cells]
        return json.dumps({"cells": book, "metadata": {}, "nbformat": 4, "nbformat_minor": minor}).encode()

    committed = made(5, ("a", "# Churn"), ("b", "the last quarter"), ("c", "the end"), ("d", "the end"))
    later = made(0, ("", "new"), ("", "# Churn"), ("", "the last year"), ("", "the end"), ("", "new"), ("", "the end"))
    found = kept(later, committed)
    nbformat.validate(found)
    names = [cell["id"] for cell in found["cells"]]
    assert names[1:4] + names[5:] == ["a", "b", "c", "d"]
    assert len(set(names)) == 6
    assert found == kept(later, committed)


def test_an_attachment_needs_its_format() -> None:
    made = json.loads(notebook(4))
    made["cells"] = [{"cell_type": "markdown", "metadata": {}, "source": "", "attachments": {"a.png": {}}}]
    assert kept(json.dumps(made).encode(), notebook(0))["nbformat_minor"] == 4
    assert kept(json.dumps(made).encode(), notebook(1))["nbformat_minor"] == 1


def test_a_name_that_stands_twice_in_a_kernel_of_another_machine_is_not_in_the_way() -> None:
    doubled = notebook(kernelspec=PYTHON).replace(b'"language"', b'"name": "python3", "language"')
    assert clean(doubled, clean(notebook(kernelspec=PYTHON)).data).why is None
    assert clean(doubled).why == "doubled-name"
