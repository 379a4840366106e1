"""What a refused notebook's author is told to do, tried with Jupyter Server's own files: it opens and saves as the advice says, or cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager
from tornado.web import HTTPError

from enablement_ext.core.errors import BadNotebook
from enablement_ext.core.notebook.canonical import canonicalise
from enablement_ext.lab.notebook_file import read_notebook

CELL: dict[str, object] = {
    "cell_type": "code",
    "id": "a",
    "metadata": {},
    "source": "x",
    "outputs": [],
    "execution_count": None,
}
WHOLE: dict[str, object] = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
OLD_CELL = {"cell_type": "code", "input": "x", "outputs": [], "language": "python"}
OLD = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [OLD_CELL]}]}


def raw(**change: object) -> bytes:
    """The notebook, changed; without what is None."""
    return json.dumps({key: value for key, value in {**WHOLE, **change}.items() if value is not None}).encode()


SAVED = {
    "a key twice": raw().replace(b'"source": "x"', b'"source": "x", "source": "y"'),
    "nbformat 3": json.dumps(OLD).encode(),
    "no nbformat": raw(nbformat=None),
}
NOT_OPENED = {
    "empty": b"",
    "byte order mark": b"\xef\xbb\xbf" + raw(),
    "UTF-16": raw().decode().encode("utf-16"),
    "Latin-1": raw().replace(b'"x"', b'"\xe9"'),
    "not JSON": b"# churn",
    "cut off": raw()[:-5],
    "a control character": raw().replace(b'"x"', b'"\t"'),
    "a number without end": raw(metadata={"n": "N"}).replace(b'"N"', b"9" * 5000),
    "a list": b"[]",
    "no cells": raw(cells=None),
    "nbformat 5": raw(nbformat=5),
}
AS_TEXT = {
    "minor 6": raw(nbformat_minor=6),
    "minor missing": raw(nbformat_minor=None),
    "minor a text": raw(nbformat_minor="5"),
    "minor negative": raw(nbformat_minor=-1),
}


def advice(data: bytes) -> str:
    """What the author is told; the dialog says it when it opens, the service says the same."""
    with pytest.raises(BadNotebook) as refused:
        canonicalise(data)
    with pytest.raises(BadNotebook) as early:
        read_notebook("a.ipynb", data)
    assert early.value.message == refused.value.message
    return refused.value.message


def opened_and_saved(data: bytes, home: Path) -> bytes:
    """What is on disk after it was opened and saved. Raises `HTTPError` where it cannot be opened."""
    (home / "a.ipynb").write_bytes(data)
    contents = FileContentsManager(root_dir=str(home))
    notebook = contents.get("a.ipynb", type="notebook")
    contents.save({"type": "notebook", "content": json.loads(json.dumps(notebook["content"]))}, "a.ipynb")
    return (home / "a.ipynb").read_bytes()


@pytest.mark.parametrize("case", SAVED)
def test_where_saving_helps_it_is_advised(case: str, tmp_path: Path) -> None:
    assert "in JupyterLab" in advice(SAVED[case])
    assert "save it" in advice(SAVED[case])
    canonicalise(opened_and_saved(SAVED[case], tmp_path))


@pytest.mark.parametrize("case", NOT_OPENED)
def test_where_jupyterlab_cannot_open_it_nobody_is_sent_there(case: str, tmp_path: Path) -> None:
    told = advice(NOT_OPENED[case])
    assert "JupyterLab cannot open" in told
    assert "save it" not in told
    with pytest.raises(HTTPError):
        opened_and_saved(NOT_OPENED[case], tmp_path)


@pytest.mark.parametrize("case", AS_TEXT)
def test_where_saving_changes_nothing_the_place_is_named(case: str, tmp_path: Path) -> None:
    assert '"nbformat_minor": 5' in advice(AS_TEXT[case])
    repaired = json.dumps({**json.loads(AS_TEXT[case]), "nbformat_minor": 5}).encode()
    canonicalise(repaired)
    try:
        saved = opened_and_saved(AS_TEXT[case], tmp_path)
    except HTTPError:
        return
    with pytest.raises(BadNotebook):
        canonicalise(saved)
