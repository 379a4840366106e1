"""The first page of every list at a thousand, a hundred thousand and a million submissions, on SQLite and PostgreSQL.

`python -m bench.queue_page [--sizes 1000,100000,1000000] [--rounds 300]`. Ours is what the service does for a request: a snapshot,
the page as models, the contract's JSON. Raw is the least a program could do for the same rows: hand-written SQL on an open
connection of the bare driver, rows as dictionaries, `json.dumps`.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.queue_rows import VIEWER, fill_postgresql, fill_sqlite
from bench.report import Report, Table, at_most
from bench.rounds import Contender, Rounds, alternate
from enablement_ext.adapters.database.rows import SUBMISSION, submission_from
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.policy import Policy
from enablement_ext.core.review.queue import QueueFilter, QueueQuery, turns
from enablement_ext.service.caches.submission_json import SubmissionJsonCache
from enablement_ext.service.use_cases.review_context import Viewer
from enablement_ext.web.serializers import time_json
from tests.servers.postgres import Cluster, cluster

POLICY = Policy()
PRINCIPAL = Principal(VIEWER, frozenset({POLICY.tracks[0].group}), frozenset({"submit", "read", "review"}))
TRACKS = POLICY.reviewed_by(PRINCIPAL)
LOOKING = Viewer(
    principal=PRINCIPAL,
    policy=POLICY,
    now=datetime(2026, 1, 6, tzinfo=UTC),
    tracks=TRACKS,
    turns=frozenset(turns(VIEWER, TRACKS)),
    own=frozenset({f"user:{VIEWER}"}),
)
_TURNS = " UNION ".join(
    "SELECT * FROM (SELECT since_seq AS place, submission AS number FROM attention"
    f" WHERE who = '{who}' {own} ORDER BY since_seq LIMIT 51) AS t{index}"
    for index, (who, own) in enumerate(((f"user:{VIEWER}", ""), ("track:technical", f"AND author <> '{VIEWER}'")))
)
_COLUMNS = ", ".join(column.name for column in SUBMISSION if column.name != "number")
RAW = {
    QueueFilter.WAITING: f"SELECT {{}} FROM ({_TURNS} ORDER BY place LIMIT 51) AS k JOIN submissions s ON s.number = k.number",
    QueueFilter.UNCLAIMED: (
        f"SELECT {{}} FROM submissions WHERE unclaimed_seq > 0 AND author <> '{VIEWER}' ORDER BY unclaimed_seq LIMIT 51"
    ),
    QueueFilter.MINE: f"SELECT {{}} FROM submissions WHERE claim_by = '{VIEWER}' ORDER BY waiting_seq LIMIT 51",
    QueueFilter.ALL: "SELECT {} FROM submissions WHERE reviewed_seq > 0 ORDER BY reviewed_seq LIMIT 51",
    QueueFilter.SENT: f"SELECT {{}} FROM submissions WHERE author = '{VIEWER}' ORDER BY updated_seq DESC LIMIT 51",
}


def raw_sql(shown: QueueFilter) -> str:
    """The page and everybody whose turn it is, in one statement."""
    number = "s.number" if shown is QueueFilter.WAITING else "number"
    return (
        f"SELECT r.*, a.who, a.since, a.since_seq FROM ({RAW[shown].format(f'{number}, {_COLUMNS}')}) AS r"
        " LEFT JOIN attention a ON a.submission = r.number"
    )


@dataclass(frozen=True, slots=True)
class Bench:
    """One filled database: the store over it and a bare connection to it."""

    size: int
    store: DatabaseReviewStore
    raw: Any
    texts: SubmissionJsonCache = field(default_factory=SubmissionJsonCache)

    def ours(self, shown: QueueFilter) -> bytes:
        """What a request for the list's first page costs below HTTP."""
        with self.store.read() as reader:
            page = reader.page(QueueQuery(VIEWER, TRACKS, shown))
        return self.texts.page(LOOKING, page.items, None if page.next_after is None else str(page.next_after))

    def bare(self, shown: QueueFilter) -> str:
        """The same rows the short way."""
        cursor = self.raw.cursor()
        cursor.execute(raw_sql(shown))
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        self.raw.rollback()
        return json.dumps([dict(zip(names, row, strict=True)) for row in rows])

    def fresh(self, shown: QueueFilter) -> bytes:
        """Ours for submissions that this process has not seen before."""
        submission_from.cache_clear()
        time_json.cache_clear()
        return Bench(self.size, self.store, self.raw).ours(shown)

    def badge(self) -> object:
        """The badge's counters."""
        with self.store.read() as reader:
            return reader.counters(VIEWER, TRACKS)


def timed(call: Callable[[], object]) -> float:
    """Seconds of the best of five calls in a row: other work on the machine makes the others slower, not this one faster."""
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return min(taken)


def contender(name: str, call: Callable[[Bench], object], bench: Bench) -> Contender:
    """One call on one database, timed."""
    return Contender(name, lambda _: timed(lambda: call(bench)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=300)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    report = Report("queue_page", "The first page of the queue", __doc__ or "")
    with tempfile.TemporaryDirectory(prefix="enablement-bench-") as folder, cluster() as server:
        for kind, benches in (
            ("SQLite", _sqlite(Path(folder), sizes)),
            ("PostgreSQL", _postgresql(server, sizes)),
        ):
            report.parts += measured(kind, benches, arguments.rounds)
            for bench in benches:
                bench.store.close()
                bench.raw.close()
    report.notes += NOTES.replace("\n ", " ").strip().splitlines()
    report.write()


NOTES = """
All figures in one process on one thread; every size is open at once and they take turns, so that noise falls on all alike.
PostgreSQL listens on this machine; ours reads in a snapshot (REPEATABLE READ, read only), raw in psycopg's own default: a
 transaction, rolled back after the page.
Rows become values, and a submission becomes JSON text, once for each of its states (caches of 4,096 values and 8,000 texts): a queue
 is looked at again and again. `first sight` is the ratio to raw with these caches emptied before every page.
Raw does not parse times, build models or write the contract's JSON (nested image, claim, attention, RFC 3339 times); ours does.
Counting stops at 1,000 per counter. Finding has a page of its own: `bench.search`.
Not flat: a list whose first places are nearly all the viewer's own (unclaimed, and the tracks' part of waiting) walks over these.
"""


def measured(kind: str, benches: Sequence[Bench], rounds: int) -> list[Table]:
    """The tables of one kind of database."""
    smallest, largest = benches[0], benches[-1]
    tables = []
    rows = []
    for shown in QueueFilter:
        scores = alternate(_contenders(benches, shown), rounds, warm_up=5)
        ratios = [scores.ratio(f"ours {bench.size}", f"raw {bench.size}") for bench in benches]
        growth = scores.ratio(f"ours {largest.size}", f"ours {smallest.size}")
        times = [_micro(scores, f"ours {bench.size}") for bench in benches]
        fresh = scores.ratio("fresh", f"raw {largest.size}")
        rows.append((shown.value, *times, *ratios, fresh, growth, at_most(ratios[-1], 1.5), at_most(growth, 1.2)))
    head = ["list", *(f"{bench.size:,}" for bench in benches), *(f"to raw at {bench.size:,}" for bench in benches)]
    tables.append(
        Table(
            [*head, "first sight", f"{largest.size:,} to {smallest.size:,}", "to raw", "flat"],
            rows,
            f"{kind}: pages of 50",
        )
    )
    rows = []
    for name, call in OTHERS.items():
        contenders = [contender(str(bench.size), call, bench) for bench in benches]
        scores = alternate(contenders, max(3, rounds // 10), warm_up=2)
        times = [_micro(scores, str(bench.size)) for bench in benches]
        rows.append((name, *times, scores.ratio(str(largest.size), str(smallest.size))))
    head = ["", *(f"{bench.size:,}" for bench in benches), f"{largest.size:,} to {smallest.size:,}"]
    tables.append(Table(head, rows, f"{kind}: besides"))
    return tables


OTHERS: dict[str, Callable[[Bench], object]] = {
    "counters of the badge": Bench.badge,
}


def _contenders(benches: Sequence[Bench], shown: QueueFilter) -> list[Contender]:
    contenders = []
    for bench in benches:
        assert bench.ours(shown).count(b'"number":') == 50, (shown, bench.size)
        contenders.append(contender(f"ours {bench.size}", lambda b: b.ours(shown), bench))
        contenders.append(contender(f"raw {bench.size}", lambda b: b.bare(shown), bench))
    contenders.append(contender("fresh", lambda b: b.fresh(shown), benches[-1]))
    return contenders


def _micro(scores: Rounds, name: str) -> str:
    return f"{scores.median(name) * 1e6:.0f} µs"


def _sqlite(folder: Path, sizes: Sequence[int]) -> list[Bench]:
    benches = []
    for size in sizes:
        url = fill_sqlite(folder / f"{size}.sqlite", size)
        raw = sqlite3.connect(folder / f"{size}.sqlite", isolation_level=None)
        benches.append(Bench(size, DatabaseReviewStore(url), raw))
    return benches


def _postgresql(server: Cluster, sizes: Sequence[int]) -> list[Bench]:
    benches = []
    for size in sizes:
        url = fill_postgresql(server.create(), size)
        benches.append(Bench(size, DatabaseReviewStore(url), psycopg.connect(url)))
    return benches


if __name__ == "__main__":
    main()
