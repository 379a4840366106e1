"""Whole notebooks with known outcomes, run in the sandbox. What they claim is what a first run really showed, kept or changed."""

from __future__ import annotations

import base64
import copy
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from PIL import Image

from enablement_ext.core.comparison import RunVerdict
from enablement_ext.core.comparison.outputs import Comparer
from enablement_ext.core.notebook import StoredNotebook, canonicalise
from enablement_ext.core.runs.models import MIB, RunEnd, RunLimits, RunObserver, RunRequest, SourceCell
from enablement_ext.core.runs.ports import Sandbox
from enablement_ext.core.runs.rerun import RerunJob, RerunOutcome, rerun
from tests.adapters.sandbox import test_ends as ends
from tests.adapters.sandbox import test_hostile as hostile
from tests.generated.material import drawing, other_digit, png, printed
from tests.generated.outputs import SAME

LIMITS = RunLimits(memory_bytes=512 * MIB, pids=64, wall_seconds=600, work_bytes=64 * MIB)
NOT_SAME = frozenset(RunVerdict) - SAME
Verdicts = frozenset[RunVerdict]


@dataclass(frozen=True, slots=True)
class Cell:
    """A source, what it claims, and which verdicts are right."""

    source: str
    claims: Sequence[Mapping[str, Any]]
    allowed: Verdicts


@dataclass(frozen=True, slots=True)
class Made:
    """A notebook, the limits that it is run with, and how its first run ends."""

    name: str
    cells: tuple[Cell, ...]
    end: RunEnd = RunEnd.FINISHED
    limits: RunLimits = LIMITS


@dataclass(frozen=True, slots=True)
class Wrong:
    """A verdict that is not right; `dangerous` where it says "the same" of what is not."""

    name: str
    source: str
    verdict: str
    dangerous: bool


def _sums(random: Random) -> str:
    return f"import random\ndraw = random.Random({random.getrandbits(30)})\nprint([round(draw.gauss(5, 2), 4) for _ in range(5)])"


def _count(random: Random) -> str:
    return f"sum(each % 7 for each in range({random.randint(10, 9999)}))"


def _table(random: Random) -> str:
    return (
        "from IPython.display import HTML, display\nimport random\n"
        f"draw = random.Random({random.getrandbits(30)})\n"
        "cells = ''.join(f'<tr><th>{label}</th><td>{draw.randint(0, 999999)}</td></tr>' for label in 'abcde')\n"
        "display(HTML(f'<table><tr><th></th><th>n</th></tr>{cells}</table>'))"
    )


def _picture(random: Random) -> str:
    return (
        "from PIL import Image, ImageDraw\nimport random\n"
        f"draw = random.Random({random.getrandbits(30)})\npicture = Image.new('RGB', (160, 120), 'white')\n"
        "ImageDraw.Draw(picture).line([(x, draw.randint(9, 110)) for x in range(9, 150, 9)], 'blue', 2)\npicture"
    )


FIXED: Sequence[Callable[[Random], str]] = (_sums, _count, _table, _picture)
# What comes out as it was sent though not one byte needs to be the same, and what has another outcome by itself.
BY_ITSELF: Mapping[str, Verdicts] = {
    "import random; print(random.random())": frozenset({RunVerdict.DIFFERS_EACH_TIME}),
    "import os; print(os.urandom(8).hex())": frozenset({RunVerdict.DIFFERS_EACH_TIME}),
    "import time; print(time.perf_counter_ns())": frozenset({RunVerdict.DIFFERS_EACH_TIME}),
    "import datetime; print(datetime.datetime.now().isoformat(sep=' '), 'done')": SAME,
    "object()": SAME,
    "import warnings; warnings.warn('careful')": SAME,
    "%time 6 * 7": SAME,
    "set(['north', 'south', 'east', 'west', 'up', 'down'])": SAME,
    "for _ in range(3): print('a', end='', flush=True)": SAME,
    "open('customers.csv').read()": frozenset({RunVerdict.NEEDS_RESOURCE}),
    "import os; os.environ['ACCESS_KEY']": frozenset({RunVerdict.NEEDS_RESOURCE}),
    "import urllib.request; urllib.request.urlopen('https://data.example.org/x.csv')": frozenset(
        {RunVerdict.NEEDS_RESOURCE}
    ),
    "import socket; socket.create_connection(('192.0.2.1', 80), 5)": frozenset({RunVerdict.NEEDS_RESOURCE}),
    "import a_package_that_nobody_has": frozenset({RunVerdict.ERROR}),
    "print(left_over_from_a_cell_that_was_deleted)": frozenset({RunVerdict.ERROR}),
}
_CLAIM = printed("accuracy 0.99\n")
_WRITES = "import sys\nfor n in range(10_000):\n    _ = sys.stdout.write(str(n % 10)); sys.stdout.flush()"


def honest(random: Random, sandbox: Sandbox) -> Made:
    """Cells of all kinds: of the fixed ones some keep what they showed, and the rest claim something else."""
    sources = [make(random) for make in FIXED for _ in range(4)]
    own = list(BY_ITSELF)
    random.shuffle(own)
    first = sandbox.run(_request([*sources, *own]), RunObserver())
    shown = [[dict(output) for output in cell.run.outputs] for cell in first.cells]
    cells = [
        _fixed(random, at, source, outputs) for at, (source, outputs) in enumerate(zip(sources, shown, strict=False))
    ]
    for source, outputs in zip(own, shown[len(sources) :], strict=True):
        failed = any(output["output_type"] == "error" for output in outputs)
        cells.append(Cell(source, _CLAIM if failed else outputs, BY_ITSELF[source]))
    return Made("honest and not", tuple(cells))


def _fixed(random: Random, at: int, source: str, outputs: list[dict[str, Any]]) -> Cell:
    if at % 4 == 0:
        return Cell(source, outputs, SAME)
    return Cell(source, changed(random, outputs), frozenset({RunVerdict.NOT_AS_SENT}))


def changed(random: Random, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs with one thing in them that is not so: a digit, a pixel, or one output more."""
    found = copy.deepcopy(outputs)
    data = next((output["data"] for output in found if "data" in output), None)
    if random.random() < 0.1 or not found:
        return found + printed("and more\n")
    if data is None:
        found[0]["text"] = other_digit(random, "".join(found[0]["text"]))
    elif "image/png" in data:
        data["image/png"] = _other_pixel(random, data["image/png"])
    else:
        form = "text/html" if "text/html" in data else "text/plain"
        text = "".join(data[form])
        at = text.rfind("<td>") + 4 if form == "text/html" else 0
        data[form] = text[:at] + other_digit(random, text[at:])
    return found


def _other_pixel(random: Random, encoded: str | list[str]) -> str:
    if random.random() < 0.3:
        return png(drawing(random))
    picture = Image.open(io.BytesIO(base64.b64decode("".join(encoded)))).convert("RGB")
    place = random.randrange(picture.width), random.randrange(picture.height)
    red, green, blue = picture.getpixel(place)  # type: ignore[misc]
    picture.putpixel(place, (red ^ 1, green, blue))
    return png(picture)


def unfriendly(random: Random) -> list[Made]:
    """Bombs, forgers and liars, in an order of their own: none may have its claim confirmed, nor spoil what came before it."""
    bombs: list[tuple[str, RunEnd, dict[str, float]]] = [
        (ends.MEMORY, RunEnd.OUT_OF_MEMORY, {}),
        (ends.CHILD_TAKES_MEMORY, RunEnd.OUT_OF_MEMORY, {}),
        (ends.FORKS, RunEnd.PIDS_CAP, {}),
        ("while True: pass", RunEnd.WALL_TIME, {"wall_seconds": 5}),
        (ends.IGNORES_SIGNALS, RunEnd.WALL_TIME, {"wall_seconds": 5}),
        ("print('x' * 100_000_000)", RunEnd.OUTPUT_CAP, {}),
        ("for _ in range(100): print('x' * 1_000_000)", RunEnd.OUTPUT_CAP, {"output_bytes": 20 * MIB}),
        (ends.DAEMON, RunEnd.KERNEL_DIED, {}),
        (ends.HANGS_UP, RunEnd.CONNECTION_LOST, {}),
    ]
    made = [_bomb(random, *each) for each in bombs]
    made += [_forger(random, source) for source in (hostile.OTHERS_OUTPUT, hostile.OTHERS_DISPLAY)]
    made.append(_small_writes())
    random.shuffle(made)
    return made


def _bomb(random: Random, source: str, end: RunEnd, limits: dict[str, float]) -> Made:
    before = random.randint(0, 99)
    cells = (
        Cell(f"print({before})", printed(f"{before}\n"), SAME),
        Cell(source, _CLAIM, NOT_SAME),
        Cell("print('behind')", printed("behind\n"), frozenset({RunVerdict.NOT_RUN})),
    )
    return Made(source, cells, end, RunLimits(**{**_values(LIMITS), **limits}))


def _values(limits: RunLimits) -> dict[str, Any]:
    return {name: getattr(limits, name) for name in RunLimits.__slots__}


def _forger(random: Random, forge: str) -> Made:
    """A cell says for another what that one claims."""
    claimed = f"claim {random.random()}"
    shows = "from IPython.display import display; _ = display('mine', display_id='of-another')"
    forge = forge.replace("forged", claimed)
    cells = (
        Cell(hostile.SEND + shows, printed(claimed), NOT_SAME),
        Cell(forge + "\nprint('own')", printed("own\n"), SAME),
        Cell("print('behind')", printed("behind\n"), SAME),
    )
    return Made(forge, cells)


def _small_writes() -> Made:
    """All of it, or said to be cut."""
    whole = SAME | {RunVerdict.TRUNCATED}
    cut = Cell(_WRITES, printed("0123456789" * 999), frozenset({RunVerdict.NOT_AS_SENT, RunVerdict.TRUNCATED}))
    return Made("small writes", (Cell(_WRITES, printed("0123456789" * 1000), whole), cut))


def carried_out(made: Made, sandbox: Sandbox, how: Comparer) -> Iterator[Wrong]:
    """What was judged wrongly, none for a notebook that was judged well."""
    outcome = rerun(_job(made), sandbox, how)
    if outcome.runs[0].end is not made.end:
        yield Wrong(made.name, "", f"it ended {outcome.runs[0].end} and not {made.end}", dangerous=False)
    yield from _wrong_cells(made, outcome)


def _wrong_cells(made: Made, outcome: RerunOutcome) -> Iterator[Wrong]:
    for cell, judged in zip(made.cells, outcome.cells, strict=True):
        verdict = judged.verdict.verdict
        if verdict not in cell.allowed:
            yield Wrong(made.name, cell.source, verdict, dangerous=verdict in SAME)


def _job(made: Made) -> RerunJob:
    cells = [
        {
            "cell_type": "code",
            "id": f"c{at}",
            "metadata": {},
            "source": cell.source,
            "execution_count": at + 1,
            "outputs": list(cell.claims),
        }
        for at, cell in enumerate(made.cells)
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return RerunJob(StoredNotebook(canonicalise(json.dumps(document).encode()).data), "n.ipynb", limits=made.limits)


def _request(sources: Sequence[str]) -> RunRequest:
    return RunRequest(tuple(SourceCell(at, source) for at, source in enumerate(sources)), limits=LIMITS)
