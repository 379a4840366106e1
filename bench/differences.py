"""How long it takes to say what differs between two versions of a notebook, beside nbdime on the same notebooks.

`python -m bench.differences [--rounds 5]`. Ours is everything that a checking process does: reading both stored notebooks,
aligning cells, words, outputs through the comparer with tables and pictures read, and the JSON of the answer. nbdime's is `diff_notebooks` of
notebooks that are parsed already. Both in processor time. The cases are the worst that were thought of; where nbdime takes longer than 20
seconds it is stopped, and the ratio is against those.
"""

from __future__ import annotations

import argparse
import base64
import json
import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
from nbdime import diff_notebooks

from bench.notebooks import make_notebook, png
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, alternate
from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.notebook.stored import StoredNotebook
from enablement_ext.core.review.differences.models import VersionDifference
from enablement_ext.core.review.differences.notebooks import notebook_difference
from enablement_ext.service.checking.app import installed_comparer
from enablement_ext.web.difference_json import version_difference_json
from enablement_ext.web.messages import dump

_OURS, _NBDIME = "difference", "nbdime"
_TARGET = 0.1
_LIMIT = 20  # seconds of processor time
_SECOND = 1.0
_USUAL = 0.1  # seconds of nbdime: below, nobody waits for either

_COMPARER = installed_comparer()  # a process makes it once

Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """Two stored notebooks."""

    name: str
    old: bytes
    new: bytes


def cases() -> list[Case]:
    """The usual one first, then the worst ones."""
    chance = random.Random(7)
    words = [f"w{number}" for number in range(300)]

    def source(lines: int) -> str:
        return "\n".join(" ".join(chance.choices(words, k=6)) for _ in range(lines))

    sources = [source(8) for _ in range(400)]
    changed = ["\n".join([*each.split("\n")[:3], f"y = {chance.random()}", *each.split("\n")[4:]]) for each in sources]
    pictures = [[_picture(side * 1000 + at) for at in range(400)] for side in (1, 2)]
    rows = [[_row(at, side) for at in range(400)] for side in (1, 2)]
    large = [canonicalise(make_notebook(50_000_000, seed)).data for seed in (1, 2)]
    usual = [_code(f"a{at}", each) for at, each in enumerate(sources[:60])]
    edited = [{**each, "source": changed[at]} if at % 5 == 0 else each for at, each in enumerate(usual)]
    return [
        Case("60 cells, 12 changed", _stored(usual), _stored(edited)),
        Case("400 cells, only new ids", _numbered("a", sources), _numbered("b", sources)),
        Case("400 cells, new ids, each changed", _numbered("a", sources), _numbered("b", changed)),
        Case("400 tables in one cell", _stored([_code("a", "f()", rows[0])]), _stored([_code("a", "f()", rows[1])])),
        Case(
            "400 pictures in one cell",
            _stored([_code("a", "f()", pictures[0])]),
            _stored([_code("a", "f()", pictures[1])]),
        ),
        Case("300 rewritten lines", _stored([_code("a", source(300))]), _stored([_code("a", source(300))])),
        Case("50 MB, one cell changed", large[0], _with_a_change(large[0])),
        Case("50 MB, everything another", large[0], large[1]),
    ]


def ours(case: Case) -> bytes:
    """What a checking process makes."""
    found = notebook_difference(StoredNotebook(case.old), StoredNotebook(case.new), _COMPARER)
    return dump(version_difference_json(VersionDifference(found)))


def theirs(old: bytes, new: bytes, seconds: Any) -> None:
    """nbdime in a process of its own; `seconds` is told how long it took."""
    one, other = (nbformat.reads(data.decode(), as_version=4) for data in (old, new))
    started = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(started) + _LIMIT + 1,) * 2)
    diff_notebooks(one, other)
    seconds.send(time.process_time() - started)


def timed_theirs(case: Case) -> Callable[[int], float]:
    """Seconds of nbdime, the limit where it takes longer."""

    def once(_round: int) -> float:
        receiver, sender = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=theirs, args=(case.old, case.new, sender))
        process.start()
        sender.close()
        try:
            return min(float(receiver.recv()), _LIMIT)
        except EOFError:  # the system ended it
            return _LIMIT
        finally:
            process.join()

    return once


def timed_ours(case: Case) -> Callable[[int], float]:
    """Seconds of ours."""

    def once(_round: int) -> float:
        started = time.process_time()
        ours(case)
        return time.process_time() - started

    return once


def row(case: Case, rounds: int) -> Sequence[object]:
    """Measure one case."""
    scores = alternate([Contender(_OURS, timed_ours(case)), Contender(_NBDIME, timed_theirs(case))], rounds, warm_up=0)
    ratio = scores.ratio(_OURS, _NBDIME)
    took, least = scores.median(_OURS), scores.median(_NBDIME)
    within = "met" if took <= _SECOND else "**missed**"
    beside = f"> {milliseconds(least)}" if least >= _LIMIT else milliseconds(least)
    return (
        case.name,
        milliseconds(took),
        f"≤ 1 s: {within}",
        beside,
        ratio,
        at_most(ratio, _TARGET) if least >= _USUAL else "",
    )


def _code(identity: str, source: str, outputs: Sequence[Cell] = ()) -> Cell:
    made: Cell = {"cell_type": "code", "id": identity, "metadata": {}, "execution_count": 1}
    return {**made, "source": source, "outputs": list(outputs)}


def _stored(cells: Sequence[Cell]) -> bytes:
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return canonicalise(json.dumps(document).encode()).data


def _numbered(prefix: str, sources: Sequence[str]) -> bytes:
    return _stored([_code(f"{prefix}{number}", source) for number, source in enumerate(sources)])


def _shown(data: dict[str, str]) -> Cell:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _picture(seed: int) -> Cell:
    return _shown({"image/png": base64.b64encode(png(random.Random(seed), 30_000)).decode()})


def _row(number: int, side: int) -> Cell:
    html = f"<table><tr><th>n</th><th>spend</th></tr><tr><td>{number}</td><td>{number * side}</td></tr></table>"
    return _shown({"text/html": html, "text/plain": f"{number} {number * side}"})


def _with_a_change(stored: bytes) -> bytes:
    document = json.loads(stored)
    document["cells"][5]["source"] = "changed = True"
    return canonicalise(json.dumps(document).encode()).data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    head = ["case", _OURS, "target", _NBDIME, "ratio", "target"]
    report = Report("differences", "What differs between two versions", __doc__ or "")
    report.parts.append(Table(head, [row(case, arguments.rounds) for case in cases()]))
    report.notes.append(
        "Of very many outputs that differ, the first are compared in detail (16 pictures, 2 MB of text); the others are said to be others."
    )
    report.write()


if __name__ == "__main__":
    main()
