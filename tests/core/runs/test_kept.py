"""What is kept of a re-run: within bounds, by the rules for outputs, and never a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from enablement_ext.adapters.memory.sandbox import MemorySandbox
from enablement_ext.core.comparison import CellRun, Ending
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.notebook import StoredNotebook, canonicalise
from enablement_ext.core.output_policy.rules import OutputRules
from enablement_ext.core.runs.kept import KeepingRules, KeptRerun, kept
from enablement_ext.core.runs.models import RunEnd
from enablement_ext.core.runs.rerun import RerunJob, rerun

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def printed(text: str) -> CellRun:
    return CellRun(Ending.FINISHED, [{"output_type": "stream", "name": "stdout", "text": text}])


def kept_of(outcomes: dict[str, CellRun], rules: KeepingRules | None = None, **deaths: RunEnd) -> KeptRerun:
    """A notebook whose cells were sent with "0" and show this when they are run."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": 1,
            "source": source,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "0\n"}],
        }
        for number, source in enumerate(outcomes)
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    sent = canonicalise(json.dumps(document).encode()).data
    sandbox = MemorySandbox({source: [run] for source, run in outcomes.items()}, deaths)
    outcome = rerun(RerunJob(StoredNotebook(sent), "a.ipynb"), sandbox, Comparer())
    return kept(sent, outcome, "image datascience 2026.11.0", rules or KeepingRules())


def shown(found: KeptRerun, cell: int) -> list[dict[str, object]]:
    return StoredNotebook(found.notebook).cell(cell).outputs


def test_the_notebook_shows_what_the_run_showed() -> None:
    found = kept_of({"a": printed("0\n"), "b": printed("1\n")})
    assert [each["verdict"] for each in json.loads(found.document)["cells"]] == ["identical", "not-as-sent"]
    assert shown(found, 1)[0]["text"] == ["1\n"]
    assert found.line.startswith("1 of 2 cells the same, 1 not as sent · image datascience 2026.11.0 · ")


def test_a_cell_that_did_not_come_to_its_end_shows_nothing() -> None:
    found = kept_of({"a": printed("0\n"), "b": printed("1\n"), "c": printed("0\n")}, b=RunEnd.OUT_OF_MEMORY)
    assert [len(shown(found, cell)) for cell in range(3)] == [1, 0, 0]
    assert "out of memory" in found.line


@pytest.mark.parametrize(
    "run",
    [
        printed(f"token {SECRET}\n"),
        CellRun(Ending.FAILED, [{"output_type": "error", "ename": SECRET, "evalue": "x", "traceback": []}]),
        CellRun(Ending.FAILED, [{"output_type": "error", "ename": "KeyError", "evalue": SECRET, "traceback": ["x"]}]),
        CellRun(Ending.FINISHED, [{"output_type": "display_data", "data": {"text/plain": SECRET}, "metadata": {}}]),
    ],
)
def test_a_secret_that_a_run_shows_is_kept_nowhere(run: CellRun) -> None:
    found = kept_of({"a": run, "b": printed("1\n")})
    first, second = json.loads(found.document)["cells"]
    assert (first["withheld"], second["withheld"]) == (True, False)
    assert SECRET not in found.notebook.decode() + found.document + found.line
    assert (shown(found, 0), len(shown(found, 1))) == ([], 1)


def test_the_rules_for_outputs_hold_for_what_a_run_shows() -> None:
    found = kept_of({"a": printed("1\n")}, KeepingRules(OutputRules(keep=False)))
    assert shown(found, 0) == []
    assert json.loads(found.document)["cells"][0]["verdict"] == "not-as-sent"


def test_a_verdict_stays_within_its_bounds_however_much_differs() -> None:
    outputs = [{"output_type": "display_data", "data": {"text/plain": "x" * n}, "metadata": {}} for n in range(9)]
    many = {f"cell {number}": CellRun(Ending.FINISHED, outputs) for number in range(20)}
    cells = json.loads(kept_of(many).document)["cells"]
    assert [len(each["differences"]) for each in cells] == [5] * 20
    shorter = json.loads(kept_of(many, KeepingRules(most_bytes=6_000)).document)["cells"]
    assert [each["differences"] for each in shorter] == [[]] * 20
    assert [each["more_differences"] for each in shorter] == [5 + each["more_differences"] for each in cells]
    long = json.loads(kept_of({"a": CellRun(Ending.FAILED, [error("m" * 9_000)])}).document)["cells"][0]
    assert len(long["sentence"]) <= 500


def error(message: str) -> dict[str, object]:
    return {"output_type": "error", "ename": "KeyError", "evalue": message, "traceback": []}
