"""The search for secrets, beside hashing and parsing the same bytes with the standard library.

`python -m bench.secrets [--rounds 15] [--public FOLDER]`. Notebooks heavy with text: prose, code, printed lines, coloured tracebacks, tables; no
pictures, which nobody searches. The yardstick is `hashlib.sha256` and `json.loads` over the same bytes. What is found is counted on planted
secrets, each kind in each place of a notebook, plain and in disguise; false alarms on the notebooks of a folder of other people's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, alternate
from enablement_ext.adapters.re2_prefilter import Re2Prefilter
from enablement_ext.core.errors import EnablementError
from enablement_ext.core.notebook import canonicalise
from enablement_ext.core.secrets.literals import LiteralPrefilter
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.secrets.scan import secrets_in_notebook
from tests.core.secrets.planted import DISGUISES, PLANTED, hosts

_ENGINE, _WITHOUT, _YARDSTICK = "with RE2", "without an engine", "sha256 + json.loads"
_TARGET = 2.0  # times the yardstick
_SIZES = (20_000, 1_000_000, 20_000_000)
_ONE_CELL = 80_000_000
_WORDS = "the score of a model says nothing about customers & tokens that nobody < counted in 2026 – Größe, password policy".split()


def text_notebook(size: int, seed: int) -> bytes:
    """A stored notebook of about `size` bytes of text: the same arguments make the same bytes."""
    chance = random.Random(seed)
    cells: list[dict[str, object]] = []
    written = 0
    while written < size:
        cells.append(_cell(chance, len(cells)))
        written += len(json.dumps(cells[-1], ensure_ascii=False, indent=1).encode())
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return canonicalise(json.dumps(notebook).encode()).data


def _line(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=12)) + f" {chance.random():.4f}\n"


def _cell(chance: random.Random, number: int) -> dict[str, object]:
    rows = "".join(f"<tr><td>{chance.random():.6f}</td><td>{chance.randrange(10**6)}</td></tr>\n" for _ in range(20))
    printed = "".join(_line(chance) for _ in range(20))
    outputs: list[dict[str, object]] = [
        {"output_type": "stream", "name": "stdout", "text": printed},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": f"<table>{rows}</table>", "text/plain": printed[:600]}},
    ]  # fmt: skip
    if number % 10 == 0:
        lines = [f"\x1b[0;32m---> {count}\x1b[0m {_line(chance)}" for count in range(10)]
        outputs.append({"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": lines})
    source = "".join(
        f"frame[{chance.randrange(9)!r}] = fit({word!r}, token_count=3)  # {_line(chance)}" for word in _WORDS[:6]
    )
    return {"cell_type": "code", "id": f"c{number}", "metadata": {}, "execution_count": 1, "source": source, "outputs": outputs}  # fmt: skip


def speed(size: int, rounds: int) -> tuple[object, ...]:
    """One size."""
    data = text_notebook(size, seed=11)
    engine, literals = Re2Prefilter(), LiteralPrefilter()
    repeat = max(1, 1_000_000 // size)
    contenders = [
        Contender(_ENGINE, _timed(lambda: secrets_in_notebook(data, engine), repeat)),
        Contender(_YARDSTICK, _timed(lambda: _least(data), repeat)),
    ]
    scores = alternate(contenders, rounds)
    slow = _timed(lambda: secrets_in_notebook(data, literals), 1)(0)
    ratio = scores.ratio(_ENGINE, _YARDSTICK)
    ours, least = scores.median(_ENGINE), scores.median(_YARDSTICK)
    return (
        f"{len(data):,}",
        f"{milliseconds(ours)}, {len(data) / ours / 1e6:.0f} MB/s",
        f"{milliseconds(least)}, {len(data) / least / 1e6:.0f} MB/s",
        ratio,
        at_most(ratio, _TARGET) if size >= 1_000_000 else "",
        f"{len(data) / slow / 1e6:.0f} MB/s",
    )


def _least(data: bytes) -> object:
    """The yardstick."""
    return hashlib.sha256(data).digest(), json.loads(data)


def _timed(call: Callable[[], object], repeat: int) -> Callable[[int], float]:
    def once(_round: int) -> float:
        """Processor time: the machine may do other things beside."""
        started = time.process_time()
        for _ in range(repeat):
            call()
        return (time.process_time() - started) / repeat

    return once


def longest_pause(prefilter: Prefilter) -> float:
    """Seconds for which another thread could not run while one cell of 80 MB is searched."""
    line = "a long line of printed output without anything to find 0123456789\n"
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "outputs": [], "source": line * (_ONE_CELL // len(line))}  # fmt: skip
    data = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    stored = canonicalise(data).data
    pauses, ended = [0.0], threading.Event()

    def watch() -> None:
        last = time.perf_counter()
        while not ended.wait(0.001):
            now = time.perf_counter()
            pauses.append(now - last)
            last = now

    watcher = threading.Thread(target=watch)
    watcher.start()
    secrets_in_notebook(stored, prefilter)
    ended.set()
    watcher.join()
    return max(pauses)


def recall(disguise: str) -> tuple[object, ...]:
    """How many of the planted secrets are found in one disguise, in every place of a notebook."""
    engine, literals = Re2Prefilter(), LiteralPrefilter()
    planted = found = same = 0
    for rule, text in PLANTED.values():
        for cell in hosts(DISGUISES[disguise](text)):
            notebook = {"cells": [{"id": "a", **cell}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            data = canonicalise(json.dumps(notebook).encode()).data
            findings = secrets_in_notebook(data, engine)
            planted += 1
            found += any(finding.rule == rule for finding in findings)
            same += findings == secrets_in_notebook(data, literals)
    return disguise, planted, found, f"{100 * found / planted:.1f} %", "yes" if same == planted else "**no**"


def false_alarms(folder: Path) -> tuple[object, ...]:
    """What is found in the notebooks of a folder, and how fast; each finding is printed, for a person to judge."""
    engine = Re2Prefilter()
    notebooks = size = alarms = 0
    ours = least = 0.0
    for path in sorted(folder.rglob("*.ipynb")):
        try:
            data = canonicalise(path.read_bytes()).texts
        except EnablementError:
            continue
        began = time.process_time()
        findings = secrets_in_notebook(data, engine)
        searched = time.process_time()
        _least(data)
        least += time.process_time() - searched
        ours += searched - began
        notebooks, size, alarms = notebooks + 1, size + len(data), alarms + len(findings)
        for finding in findings:
            print(path, finding.where, finding.line, finding.rule)
    return f"{notebooks:,}", f"{size:,}", alarms, f"{ours / least:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--public", type=Path)
    arguments = parser.parse_args()
    report = Report("secrets", "The search for secrets", __doc__ or "")
    head = ["bytes", _ENGINE, _YARDSTICK, "ratio", "target", _WITHOUT]
    report.parts.append(Table(head, [speed(size, arguments.rounds) for size in _SIZES], "Speed, in processor time"))
    pauses = [
        (name, milliseconds(longest_pause(one)))
        for name, one in ((_ENGINE, Re2Prefilter()), (_WITHOUT, LiteralPrefilter()))
    ]
    report.parts.append(
        Table(["search", "longest pause"], pauses, "How long others wait while one cell of 80 MB is searched")
    )
    found = ["disguise", "planted", "found", "recall", "the same without an engine"]
    report.parts.append(Table(found, [recall(name) for name in DISGUISES], "What is found"))
    if arguments.public:
        alarms = false_alarms(arguments.public)
        report.parts.append(
            Table(
                ["notebooks", "bytes of text", "findings", "time, of the yardstick"],
                [alarms],
                "Notebooks of other people: false alarms",
            )
        )
    report.notes.append("Small notebooks cost more than the yardstick because every cell is looked at by itself.")
    report.notes.append(
        "Disguises that break a word are for shapes that begin with a literal; an assignment is also found through most of them."
    )
    report.write()


if __name__ == "__main__":
    main()
