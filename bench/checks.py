"""All checks of a notebook, beside reading and validating it with nbformat.

`python -m bench.checks [--rounds 15]`. The usual notebook is the demo's, as a person made it; the others are made: prose, code, printed lines,
tables and plots. The yardstick is `json.loads` and `nbformat.validate` over the same bytes. Secrets stand by themselves: when something
arrives they are searched by the step before.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat

from bench.notebooks import make_notebook
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, alternate
from enablement_ext.adapters.re2_prefilter import Re2Prefilter
from enablement_ext.core.checks.models import NotebookSurroundings, ReleaseFacts
from enablement_ext.core.checks.own.python_lint import PythonLinter
from enablement_ext.core.checks.ports import NotebookCheck
from enablement_ext.core.checks.reading import checked_notebook
from enablement_ext.core.checks.registry import CheckEngines, all_checks, findings_of
from enablement_ext.core.notebook import canonicalise

_DEMO = Path(__file__).parents[1] / "demo" / "churn" / "churn.ipynb"
_AROUND = NotebookSurroundings(
    path="churn.ipynb", sent={}, release=ReleaseFacts("image", {"pandas": "3"}), git_known=True
)
_ALL, _ARRIVING, _YARDSTICK = "all checks", "what the service runs", "json.loads + nbformat.validate"
_USUAL, _LARGE = 5.0, 2.0  # times the yardstick
_MADE = (1_000_000, 50_000_000)


def row(name: str, data: bytes, target: float, rounds: int) -> tuple[object, ...]:
    """One notebook."""
    checks = all_checks((), CheckEngines(PythonLinter(), Re2Prefilter()))
    arriving = [check for check in checks if check.name != "secrets"]
    repeat = max(1, 300_000 // len(data))
    scores = alternate(
        [
            Contender(_ALL, _timed(lambda: _found(checks, data), repeat)),
            Contender(_ARRIVING, _timed(lambda: _found(arriving, data), repeat)),
            Contender(_YARDSTICK, _timed(lambda: nbformat.validate(json.loads(data)), repeat)),
        ],
        rounds,
    )
    ratio, service = scores.ratio(_ALL, _YARDSTICK), scores.ratio(_ARRIVING, _YARDSTICK)
    return (
        name,
        f"{len(data):,}",
        milliseconds(scores.median(_YARDSTICK)),
        milliseconds(scores.median(_ALL)),
        ratio,
        at_most(ratio, target),
        service,
        at_most(service, target),
    )


def _found(checks: Sequence[NotebookCheck], data: bytes) -> int:
    return len(findings_of(checks, checked_notebook(data, _AROUND)))


def _timed(call: Callable[[], object], repeat: int) -> Callable[[int], float]:
    def once(_round: int) -> float:
        """Processor time: the machine may do other things beside."""
        began = time.process_time()
        for _ in range(repeat):
            call()
        return (time.process_time() - began) / repeat

    return once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    notebooks = [("the demo's", canonicalise(_DEMO.read_bytes()).data, _USUAL)]
    notebooks += [
        ("made", canonicalise(make_notebook(size, seed=7)).data, _USUAL if size < 10_000_000 else _LARGE)
        for size in _MADE
    ]
    head = ["notebook", "bytes", _YARDSTICK, _ALL, "ratio", "goal", f"ratio of {_ARRIVING}", "goal"]
    report = Report("checks", "Checks of a notebook", __doc__ or "")
    report.parts.append(Table(head, [row(name, data, target, rounds) for name, data, target in notebooks]))
    report.notes.append(
        "nbformat's validation is compiled Python (fastjsonschema): of a small notebook it takes less than a millisecond."
    )
    report.write()


if __name__ == "__main__":
    main()
