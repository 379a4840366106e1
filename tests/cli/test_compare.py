"""`enablement compare` over real notebooks, run in a real kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from enablement_ext.cli.app import main

Capture = pytest.CaptureFixture[str]
PLOT = """\
import zlib, struct, IPython.display
def png(red):
    raw = b"".join(b"\\0" + bytes([red, 0, 0]) * 4 for _ in range(4))
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
IPython.display.Image(png(RED))"""
TABLE = """\
class Frame:
    def _repr_html_(self):
        rows = "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in ROWS)
        return f"<table><thead><tr><th></th><th>n</th></tr></thead><tbody>{rows}</tbody></table>"
    def __repr__(self):
        return "frame"
Frame()"""
SOURCES = [
    "object()",
    "import uuid; uuid.uuid4()",
    "import os; 0.1 + float(os.environ.get('SHIFT', '0'))",
    "RED = int(os.environ.get('RED', '200'))",
    PLOT,
    "ROWS = [('a', 1), ('b', 2)][:: int(os.environ.get('STEP', '1'))]",
    TABLE,
    "%time sum(range(10))",
    "print(6 * 7)",
]


def ran(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("SHIFT", "RED", "STEP"):
        monkeypatch.setenv(name, environ[name]) if name in environ else monkeypatch.delenv(name, raising=False)
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"c{at}") for at, source in enumerate(SOURCES, 1)]
    )
    return NotebookClient(book, timeout=120, allow_errors=True).execute()


@pytest.mark.slow
def test_a_notebook_that_was_run_again_is_told_cell_by_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    paths = [tmp_path / f"{name}.ipynb" for name in ("sent", "run", "again")]
    changed = {"SHIFT": "0.01", "RED": "10", "STEP": "-1"}
    for path, environ in zip(paths, ({}, changed, changed), strict=True):
        nbformat.write(ran(environ, monkeypatch), path)
    assert main(["compare", *map(str, paths), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    verdicts = {each["id"]: (each["verdict"], each["step"]) for each in found["cells"]}
    assert verdicts == {
        "c1": ("equivalent", "text"),
        "c2": ("differs-each-time", "numbers"),
        "c3": ("not-as-sent", "numbers"),
        "c4": ("identical", "bytes"),
        "c5": ("not-as-sent", "picture"),
        "c6": ("identical", "bytes"),
        "c7": ("not-as-sent", "table"),
        "c8": verdicts["c8"],
        "c9": ("identical", "bytes"),
    }
    assert verdicts["c8"][0] in ("identical", "equivalent"), "only its timer's reading may differ"
    assert main(["compare", str(paths[0]), str(paths[0])]) == 0
    assert capsys.readouterr().out == "9 of 9 cells the same\n"
    assert main(["compare", str(paths[0]), str(paths[1])]) == 1
    said = capsys.readouterr().out
    assert "cell 3: differs. It came out differently: 0.1 became 0.11" in said
    assert "cell 5: differs. It came out differently: a picture is another." in said
    assert "cell 7: differs. It came out differently: a table is in another order." in said


def written(path: Path, *cells: Any) -> Path:
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


def code(source: str, count: int | None, **more: Any) -> Any:
    return nbformat.v4.new_code_cell(source, id=source, execution_count=count, **more)


def test_cells_that_are_not_in_both_are_said(tmp_path: Path, capsys: Capture) -> None:
    sent = written(tmp_path / "a.ipynb", code("one", 1), code("two", 2))
    other = written(tmp_path / "b.ipynb", code("one", 1), code("three", 2))
    assert main(["compare", str(sent), str(other)]) == 1
    assert (
        capsys.readouterr().out
        == "cell 2: not-run. It was not run.\n1 of 2 cells the same, 1 cells that were not sent\n"
    )


@pytest.mark.parametrize(("text", "said"), [(None, "No such file"), ("{", "JSON"), ('{"nbformat": 3}', "odd.ipynb: ")])
def test_what_is_no_notebook_is_refused(text: str | None, said: str, tmp_path: Path, capsys: Capture) -> None:
    good, odd = written(tmp_path / "a.ipynb", code("one", 1)), tmp_path / "odd.ipynb"
    if text is not None:
        odd.write_text(text)
    assert main(["compare", str(good), str(odd)]) == 2
    assert said in capsys.readouterr().err


def test_a_tolerance_that_is_none_is_refused(tmp_path: Path, capsys: Capture) -> None:
    good = written(tmp_path / "a.ipynb", code("one", 1))
    assert main(["compare", str(good), str(good), "--tolerance", "2"]) == 2
    assert "between 0 and 1" in capsys.readouterr().err
