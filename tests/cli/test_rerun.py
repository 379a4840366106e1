"""`enablement rerun` over real notebooks in a real sandbox."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from enablement_ext.adapters.sandbox import BubblewrapSandbox, process
from enablement_ext.cli.app import main

Capture = pytest.CaptureFixture[str]


def code(source: str, result: str = "", **more: Any) -> Any:
    outputs = [nbformat.v4.new_output("stream", text=result)] if result else []
    return nbformat.v4.new_code_cell(source, execution_count=1, outputs=outputs, **more)


def written(path: Path, *cells: Any) -> Path:
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


@pytest.mark.slow
def test_verdicts_cell_by_cell_with_the_files_that_lie_beside(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1\n")
    book = written(
        tmp_path / "n.ipynb",
        code("print(6 * 7)", "42\n"),
        code("import random; print(random.random())", "0.5\n"),
        code("print(open('data/a.csv').read())", "1\n\n"),
        code("print(1)", "2\n"),
        code("n = open('made.txt', 'w').write('x')"),
    )
    python = ["--python", sys.executable]
    assert main(["rerun", str(book), *python, "--with", str(tmp_path / "data"), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert [each["verdict"] for each in found["cells"]] == [
        "identical",
        "differs-each-time",
        "identical",
        "not-as-sent",
        "identical",
    ]
    assert [(run["end"], [file["path"] for file in run["files"]]) for run in found["runs"]] == [
        ("finished", ["made.txt"])
    ] * 2
    assert main(["rerun", str(book), *python, "--once"]) == 1
    said = capsys.readouterr().out
    assert "2 of 5 cells the same, 2 differ, 1 without what it needs: data/a.csv" in said
    assert "cell 3: needs-resource. It needs what was not there: data/a.csv." in said
    assert "wrote made.txt (1 bytes)" in said
    same = written(tmp_path / "same.ipynb", code("print(6 * 7)", "42\n"))
    assert main(["rerun", str(same), *python, "--seconds", "300", "--processes", "200"]) == 0
    assert f"{same}: 1 of 1 cells the same · {sys.executable} · " in capsys.readouterr().out


@pytest.mark.slow
def test_the_self_test_says_what_holds(capsys: Capture) -> None:
    assert main(["rerun", "--self-test"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("network: holds")
    assert "grade " in said


def test_without_bubblewrap_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(process, "bubblewrap", lambda: None)
    book = written(tmp_path / "n.ipynb", code(f"open({str(tmp_path / 'ran')!r}, 'w')"))
    assert main(["rerun", str(book), "--python", sys.executable]) == 3
    said = capsys.readouterr()
    assert "Re-running is off on this host, and nothing is run without a sandbox" in said.err
    assert "apt install bubblewrap" in said.err
    assert not (tmp_path / "ran").exists()
    assert main(["rerun", "--self-test"]) == 1
    assert "network: missing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say which notebooks"),
        (["n.ipynb"], "say what to run them in"),
        (["n.ipynb", "--python", sys.executable, "--tolerance", "3"], "between 0 and 1"),
        (["n.ipynb", "--python", sys.executable, "--memory", "1"], "at least 64 MB"),
        (["n.ipynb", "--image", "nothing/1.0.0"], "there is no release 'nothing/1.0.0'"),
        (["gone.ipynb", "--python", sys.executable], "No such file"),
        (["n.ipynb", "--python", sys.executable, "--with", "gone.csv"], "gone.csv is not there"),
    ],
)
def test_what_cannot_be_asked_is_said(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing may run")

    monkeypatch.setattr(BubblewrapSandbox, "run", never)
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "n.ipynb", code("1"))
    assert main(["rerun", *arguments]) == 2
    assert said in capsys.readouterr().err
