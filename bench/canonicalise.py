"""How fast notebooks come in, beside the least that reading, writing and hashing the same JSON can cost.

`python -m bench.canonicalise [--sizes 20K,1M,50M] [--rounds 30]`. The yardstick is json.loads + json.dumps + sha256 over the same bytes, which
looks at nothing. Also shown: a page of 50 cells for a reader, and the search for secrets, both over the stored bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable

from bench.notebooks import make_notebook
from bench.report import Report, Table, at_most, milliseconds
from bench.rounds import Contender, alternate
from enablement_ext.adapters.re2_prefilter import Re2Prefilter
from enablement_ext.core.notebook import canonicalise, view
from enablement_ext.core.secrets.scan import secrets_in_notebook

_UNITS = {"K": 1_000, "M": 1_000_000}
_OURS, _LEAST, _VIEW, _SECRETS = "canonicalise", "loads + dumps + sha256", "a page to read", "search for secrets"
_TARGET = 1.0  # of the yardstick, from 1 MB on


def yardstick(data: bytes) -> str:
    """Read, write and hash without looking."""
    return hashlib.sha256(json.dumps(json.loads(data), ensure_ascii=False).encode()).hexdigest()


def row(size: int, rounds: int) -> tuple[object, ...]:
    """Measure one size."""
    data = make_notebook(size, seed=7)
    stored = canonicalise(data).data
    engine = Re2Prefilter()
    repeat = max(1, 2_000_000 // size)
    scores = alternate(
        [
            Contender(_OURS, _timed(lambda: canonicalise(data), repeat)),
            Contender(_LEAST, _timed(lambda: yardstick(data), repeat)),
            Contender(_VIEW, _timed(lambda: view(stored, 0, 50), repeat)),
            Contender(_SECRETS, _timed(lambda: secrets_in_notebook(stored, engine), repeat)),
        ],
        rounds,
    )
    ratio = scores.ratio(_OURS, _LEAST)
    ours, least = scores.median(_OURS), scores.median(_LEAST)
    return (
        f"{len(data):,}",
        f"{milliseconds(ours)}, {len(data) / ours / 1e6:.0f} MB/s",
        f"{milliseconds(least)}, {len(data) / least / 1e6:.0f} MB/s",
        ratio,
        at_most(ratio, _TARGET) if size >= 1_000_000 else "",
        milliseconds(scores.median(_VIEW)),
        milliseconds(scores.median(_SECRETS)),
    )


def _timed(call: Callable[[], object], repeat: int) -> Callable[[int], float]:
    """Seconds of one call, small ones averaged over several."""

    def once(_round: int) -> float:
        started = time.perf_counter()
        for _ in range(repeat):
            call()
        return (time.perf_counter() - started) / repeat

    return once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="20K,1M,50M")
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    sizes = [int(float(size[:-1]) * _UNITS[size[-1]]) for size in arguments.sizes.split(",")]
    head = ["bytes", _OURS, _LEAST, "ratio", "target", _VIEW, _SECRETS]
    report = Report("canonicalise", "Notebooks coming in", __doc__ or "")
    report.parts.append(Table(head, [row(size, arguments.rounds) for size in sizes]))
    report.notes.append(
        "Small notebooks cost more than the yardstick because every cell is looked at; images cost less because they are not."
    )
    report.write()


if __name__ == "__main__":
    main()
