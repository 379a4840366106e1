"""The use case over the sandbox in memory: one run or two, what goes in, and what is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from enablement_ext.adapters.memory.sandbox import WHOLE, MemorySandbox
from enablement_ext.core.comparison import CellRun, Ending, RunVerdict
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.errors import BadNotebook, SandboxOff
from enablement_ext.core.notebook import StoredNotebook, canonicalise
from enablement_ext.core.runs.layers import LayerState, SandboxGrade, SandboxLayer, SandboxReport, Strength
from enablement_ext.core.runs.models import BroughtFile, RunEnd, RunObserver, WrittenFile
from enablement_ext.core.runs.needs import needs_of
from enablement_ext.core.runs.report import cell_lines, rerun_document, self_test_lines, verdict_line
from enablement_ext.core.runs.rerun import RerunJob, rerun, without_outputs

SECRET = "the-result-that-was-sent"


def text(*lines: str) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": "stdout", "text": list(lines)}]


def error(name: str, value: str) -> list[dict[str, Any]]:
    return [{"output_type": "error", "ename": name, "evalue": value, "traceback": []}]


def cell(source: str, outputs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "outputs": outputs,
        "execution_count": 1,
        "metadata": {},
        "id": "".join(filter(str.isalnum, source)),
    } | more


def job(*cells: dict[str, Any], **more: Any) -> RerunJob:
    notebook = {"cells": list(cells), "metadata": {"widgets": SECRET}, "nbformat": 4, "nbformat_minor": 5}
    return RerunJob(StoredNotebook(canonicalise(json.dumps(notebook).encode()).data), "n.ipynb", **more)


def ran(outputs: list[dict[str, Any]], ending: Ending = Ending.FINISHED) -> CellRun:
    return CellRun(ending, outputs)


def verdicts(found: Any) -> list[str]:
    return [str(each.verdict.verdict) for each in found.cells]


def test_a_second_run_only_where_a_cell_differs() -> None:
    sandbox = MemorySandbox({"a": [ran(text("1"))], "b": [ran(text("2"))]})
    found = rerun(job(cell("a", text("1")), cell("b", text("2"))), sandbox, Comparer())
    assert (found.same, len(found.runs)) == (True, 1)
    sandbox = MemorySandbox({"a": [ran(text("1"))], "b": [ran(text("5"))], "c": [ran(text("7")), ran(text("8"))]})
    asked = job(cell("a", text("1")), cell("b", text("2")), cell("c", text("6")))
    found = rerun(asked, sandbox, Comparer())
    assert verdicts(found) == ["identical", "not-as-sent", "differs-each-time"]
    assert (found.same, len(found.runs), sandbox.requests[0]) == (False, 2, sandbox.requests[1])
    assert verdict_line(found, "image x 1") == (
        "1 of 3 cells the same, 1 not as sent, 1 different each time · image x 1 · 0.0 s for two runs"
    )
    once = rerun(RerunJob(asked.notebook, asked.path, again=False), sandbox, Comparer())
    assert verdicts(once) == ["identical", "differs", "differs"]


def test_nothing_that_was_shown_goes_into_the_sandbox() -> None:
    sandbox = MemorySandbox()
    markdown = {"cell_type": "markdown", "source": "words", "metadata": {"x": SECRET}, "id": "m"}
    sent = job(
        cell("a", text(SECRET), metadata={"tags": ["x"], "more": SECRET}), markdown, cell("b", error(SECRET, SECRET))
    )
    rerun(sent, sandbox, Comparer())
    for request in sandbox.requests:
        assert [each.source for each in request.cells] == ["a", "b"]
        files = {file.path: b"".join(file.chunks()) for file in request.files}
        assert files.keys() == {"n.ipynb"}
        assert SECRET.encode() not in files["n.ipynb"]
        assert len(files["n.ipynb"]) == request.files[0].size
        assert SECRET not in repr(request)
    assert [each["source"] for each in json.loads(without_outputs(sent.notebook))["cells"]] == ["a", "words", "b"]


def test_a_death_is_named_and_what_comes_behind_it_was_not_run() -> None:
    sandbox = MemorySandbox({"a": [ran(text("1"))]}, deaths={"b": RunEnd.OUT_OF_MEMORY})
    found = rerun(job(cell("a", text("1")), cell("b", text("2")), cell("c", text("3"))), sandbox, Comparer())
    assert verdicts(found) == ["identical", "error", "not-run"]
    assert list(cell_lines(found)) == [
        "cell 2: error. The kernel died (out-of-memory).",
        "cell 3: not-run. It was not run (out-of-memory).",
    ]
    assert "ended: out of memory" in verdict_line(found, "x")
    assert not found.same


def test_tags_and_cells_without_results() -> None:
    sandbox = MemorySandbox({"a": [ran(text("1"))], "b": [ran(text("5"))], "c": [ran(text("9"))]})
    tagged = job(
        cell("skip", text("x"), metadata={"tags": ["skip-execution"]}),
        cell("a", text("1")),
        cell("b", text("2"), metadata={"tags": ["nbval-ignore-output"]}),
    )
    found = rerun(tagged, sandbox, Comparer())
    assert verdicts(found) == ["not-run", "identical", "not-compared"]
    assert found.same
    assert not rerun(job(cell("c", [], execution_count=None)), sandbox, Comparer()).same
    everything = job(cell("skip", text("x"), metadata={"tags": ["skip-execution"]}))
    assert not rerun(everything, sandbox, Comparer()).same
    assert rerun(job(), sandbox, Comparer()).same


def test_a_run_that_lost_messages_is_never_the_same() -> None:
    sandbox = MemorySandbox({"a": [CellRun(Ending.TRUNCATED, text("1"), reason="messages-lost")]})
    found = rerun(job(cell("a", text("1"))), sandbox, Comparer())
    assert verdicts(found) == [str(RunVerdict.TRUNCATED)]
    assert not found.same


def test_cancelling_ends_it_with_what_there_is() -> None:
    sandbox = MemorySandbox({"a": [ran(text("5"))]})
    seen: list[int] = []
    watch = RunObserver(cell_ended=lambda each: seen.append(each.index), is_cancelled=lambda: bool(seen))
    found = rerun(job(cell("a", text("1")), cell("b", text("2"))), sandbox, Comparer(), watch)
    assert (found.runs[0].end, seen, len(found.runs)) == (RunEnd.CANCELLED, [0], 1)
    assert verdicts(found) == ["differs", "not-run"]


NEEDS = [
    (
        error("FileNotFoundError", "[Errno 2] No such file or directory: 'data/a.csv'"),
        "read('data/a.csv')",
        "data/a.csv",
    ),
    (error("FileNotFoundError", "[Errno 2] No such file or directory: 'b.csv'"), "read('b.csv')", ""),  # it was brought
    (error("FileNotFoundError", "[Errno 2] No such file or directory: 'made.csv'"), "read(name)", ""),
    (
        error("URLError", "<urlopen error [Errno -3] Temporary failure in name resolution>"),
        "get('https://x.org/a')",
        "the network (x.org)",
    ),
    (error("OSError", "[Errno 101] Network is unreachable"), "connect()", "the network"),
    (error("ValueError", "Network is down"), "connect()", ""),
    (error("KeyError", "'TOKEN'"), "os.environ['TOKEN']", "the environment variable TOKEN"),
    (error("KeyError", "'column'"), "frame['column']", ""),
    (text("No such file"), "read('data/a.csv')", ""),
]


@pytest.mark.parametrize(("outputs", "source", "need"), NEEDS)
def test_a_need_has_evidence(outputs: list[dict[str, Any]], source: str, need: str) -> None:
    assert needs_of(outputs, ["import os", source], {"b.csv"}) == ((need,) if need else ())


def test_an_error_that_was_sent_along_is_no_need() -> None:
    failed = error("FileNotFoundError", "[Errno 2] No such file or directory: 'a.csv'")
    sandbox = MemorySandbox({"read('a.csv')": [ran(failed, Ending.FAILED)]})
    assert verdicts(rerun(job(cell("read('a.csv')", text("1"))), sandbox, Comparer())) == ["needs-resource"]
    assert verdicts(rerun(job(cell("read('a.csv')", failed)), sandbox, Comparer())) == ["error"]


def lacking(layer: SandboxLayer, strength: Strength) -> SandboxReport:
    return SandboxReport(
        tuple(LayerState(layer, strength, "why") if each.layer is layer else each for each in WHOLE.layers)
    )


@pytest.mark.parametrize(
    ("report", "grade"),
    [
        (WHOLE, SandboxGrade.FULL),
        (SandboxReport(()), SandboxGrade.OFF),
        *((lacking(layer, Strength.WEAKER), SandboxGrade.REDUCED) for layer in SandboxLayer),
        (lacking(SandboxLayer.NETWORK, Strength.MISSING), SandboxGrade.OFF),
        (lacking(SandboxLayer.HOME, Strength.MISSING), SandboxGrade.OFF),
        (lacking(SandboxLayer.MEMORY, Strength.MISSING), SandboxGrade.OFF),
        (lacking(SandboxLayer.LANDLOCK, Strength.MISSING), SandboxGrade.REDUCED),
        (lacking(SandboxLayer.SECCOMP, Strength.MISSING), SandboxGrade.REDUCED),
    ],
)
def test_the_grade_follows_from_the_layers(report: SandboxReport, grade: SandboxGrade) -> None:
    assert report.grade is grade
    sandbox = MemorySandbox(report=report)
    if grade is SandboxGrade.OFF:
        with pytest.raises(SandboxOff, match="Re-running is off on this host"):
            rerun(job(cell("a", [])), sandbox, Comparer())
        assert not sandbox.requests
    else:
        found = rerun(job(cell("a", [])), sandbox, Comparer())
        assert ("reduced sandbox" in verdict_line(found, "x")) is (grade is SandboxGrade.REDUCED)
    assert list(self_test_lines(report))[-1].startswith(f"grade {grade}")


def test_another_language_is_said_before_anything_runs() -> None:
    sandbox, sent = MemorySandbox(), job(cell("a", []))
    document = json.loads(sent.notebook._data) | {"metadata": {"language_info": {"name": "R"}}}
    other = StoredNotebook(canonicalise(json.dumps(document).encode()).data)
    with pytest.raises(BadNotebook, match="this one is in R"):
        rerun(RerunJob(other, "n.ipynb"), sandbox, Comparer())
    assert not sandbox.requests


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a\0b"])
def test_a_file_lies_below_the_notebook(path: str) -> None:
    with pytest.raises(ValueError, match="below the run's folder"):
        BroughtFile(path, 0, lambda: iter([]))


def test_the_document_for_programs_has_all_of_it() -> None:
    sandbox = MemorySandbox({"a": [ran(text("5"))]}, writes={"a": [WrittenFile("out.csv", 3, "ab")]})
    found = json.loads(json.dumps(rerun_document(rerun(job(cell("a", text("1"))), sandbox, Comparer()), "image x 1")))
    assert found["cells"][0]["verdict"] == "not-as-sent"
    assert [run["files"][0]["path"] for run in found["runs"]] == ["out.csv", "out.csv"]
    assert found["sandbox"]["grade"] == "full"
