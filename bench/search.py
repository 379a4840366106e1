"""A search at a thousand, a hundred thousand and a million submissions, with the first page of the queue at the same size.

`python -m bench.search [--sizes 1000,100000,1000000] [--rounds 60]`. Both are what the service does for a request: a snapshot, rows as models,
the contract's JSON; a search reads the texts of what it found as well, and cuts excerpts out of them. Each submission has some 150 words of Zipf's
distribution, and facts about its state, author and day.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg

from bench.queue_page import LOOKING, PRINCIPAL, Bench, timed
from bench.queue_rows import START, fill_postgresql, fill_sqlite, submission_rows
from bench.report import Report, Table, at_most
from bench.rounds import Contender, alternate
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.tables.search_index import tsvector
from enablement_ext.core.review.models import Principal
from enablement_ext.core.review.queue import QueueFilter
from enablement_ext.core.review.search.conditions import EVERY, Asker, conditions
from enablement_ext.core.review.search.dates import day_facets
from enablement_ext.core.review.search.documents import GAP
from enablement_ext.core.review.search.excerpts import excerpt
from enablement_ext.core.review.search.language import parse
from enablement_ext.core.review.search.ports import SearchQuestion
from enablement_ext.core.review.search.terms import facet
from enablement_ext.web.messages import dump
from tests.servers.postgres import Cluster, cluster

AUTHOR = Principal("author7", frozenset(), frozenset({"submit", "read"}))
_WORDS = 150
_VOCABULARY = 20_000
_AT_ONCE = 2_000

# What is asked, and by whom: None is a reviewer.
QUERIES: dict[str, tuple[str, Principal | None]] = {
    "a word that nearly all have": ("w0", None),
    "a word that one in a thousand has": ("w3000", None),
    "a word that one has": ("only500", None),
    "a word that none has": ("nowhere", None),
    "two common words": ("w1 w2", None),
    "quoted words": ('"w0 w1"', None),
    "a common word in a rare state": ("w0 state:retired", None),
    "a common word, a state, a day": ("w0 state:in_review sent:2026-01-05", None),
    "a common word without another": ("w0 -w1", None),
    "all but a word": ("-w0", None),
    "the beginning of a word": ("w300*", None),
    "a common word, of one's own by who reviews nothing": ("w0", AUTHOR),
    "a number": ("#907", None),
}


def documents(count: int) -> Iterator[tuple[int, list[str], list[str]]]:
    """Number, words and facts of each submission."""
    chance = random.Random(7)
    weights = [1 / (rank + 1) for rank in range(_VOCABULARY)]
    total = sum(weights)
    cumulated, so_far = list[float](), 0.0
    for weight in weights:
        so_far += weight / total
        cumulated.append(so_far)
    names = [f"w{rank}" for rank in range(_VOCABULARY)]
    for number, row in enumerate(submission_rows(count), start=1):
        words = chance.choices(names, cum_weights=cumulated, k=_WORDS)
        day = datetime.fromtimestamp(START / 1e6, UTC) + timedelta(minutes=number % 500_000)
        author, state = str(row[1]), str(row[3])
        facts = [EVERY, *day_facets(day.date()), facet("author", author), facet("state", state)]
        facts += [facet("number", str(number)), facet("image", "datascience")]
        facts += [facet("state", "retired")] if number % 5_000 == 1 else []
        yield number, [*words, f"only{number}"], facts


def _packed(words: Sequence[str]) -> bytes:
    return zlib.compress(json.dumps([["code", "1", " ".join(words)]]).encode(), 1)


_NO_TALK = zlib.compress(b"[]", 1)


def index_sqlite(path: Path, count: int) -> None:
    """Fill the index, past the store."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    for number, words, facts in documents(count):
        connection.execute(
            "INSERT INTO search_index (rowid, words, talk, alone, facts) VALUES (?, ?, '', '', ?)",
            (number, " ".join([*words, GAP]), " ".join(facts)),
        )
        connection.execute("INSERT INTO search_documents VALUES (?, 1, ?, ?)", (number, _packed(words), _NO_TALK))
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def index_postgresql(url: str, count: int) -> None:
    """The same in PostgreSQL."""
    with psycopg.connect(url) as connection:
        connection.execute("SET synchronous_commit = off")
        with connection.cursor().copy("COPY search_index (submission, words, talk, terms) FROM STDIN") as copy:
            for number, words, facts in documents(count):
                terms = tsvector(words, facts)
                copy.write_row((number, terms, "", terms))
        with connection.cursor().copy("COPY search_documents (submission, version, content, talk) FROM STDIN") as copy:
            for number, words, _ in documents(count):
                copy.write_row((number, 1, _packed(words), _NO_TALK))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def found(bench: Bench, query: str, principal: Principal) -> bytes:
    """What a request costs below HTTP."""
    author = None if "review" in principal.scopes else principal.name
    parts = parse(query).parts
    with bench.store.read() as reader:
        wanted = conditions(parts, Asker(principal.name, author), str)
        texts = any(not (part.name or part.negated) for part in parts)
        page = reader.find(SearchQuestion(wanted, author, texts=texts))
        reader.index_progress()
    excerpts = [excerpt(each.texts, wanted) for each in page.items]
    shown = bench.texts.page(LOOKING, [each.submission for each in page.items], None)
    return shown + dump([None if each is None else each.pieces for each in excerpts])


def measured(kind: str, benches: Sequence[Bench], rounds: int) -> Table:
    """All queries, at all sizes."""
    rows = []
    for name, (query, asker) in QUERIES.items():
        principal = asker or PRINCIPAL
        calls: list[Contender] = []
        for bench in benches:
            calls.append(_contender(f"found {bench.size}", partial(found, bench, query, principal)))
            calls.append(_contender(f"page {bench.size}", partial(bench.ours, QueueFilter.WAITING)))
        scores = alternate(calls, rounds, warm_up=2)
        times = [f"{scores.median(f'found {bench.size}') * 1e3:.2f} ms" for bench in benches]
        ratios = [scores.ratio(f"found {bench.size}", f"page {bench.size}") for bench in benches]
        growth = scores.ratio(f"found {benches[-1].size}", f"found {benches[0].size}")
        goal = [at_most(ratios[-1], 6.0 if benches[-1].size > 100_000 else 3.0)]
        rows.append((f"{name}: `{query}`", *times, *ratios, growth, *goal))
    head = ["", *(f"{bench.size:,}" for bench in benches), *(f"to a page at {bench.size:,}" for bench in benches)]
    return Table([*head, f"{benches[-1].size:,} to {benches[0].size:,}", "goal"], rows, kind)


def _contender(name: str, call: Callable[[], object]) -> Contender:
    return Contender(name, lambda _: timed(call))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    report = Report("search", "Finding submissions", __doc__ or "")
    with tempfile.TemporaryDirectory(prefix="enablement-bench-") as folder, cluster() as server:
        for kind, benches in (("SQLite", _sqlite(Path(folder), sizes)), ("PostgreSQL", _postgresql(server, sizes))):
            report.parts.append(measured(kind, benches, arguments.rounds))
            for bench in benches:
                bench.store.close()
    report.notes += NOTES.replace("\n ", " ").strip().splitlines()
    report.write()


NOTES = """
The goal is three times a page of the queue at 100,000 submissions, and twice that at a million.
A search reads the texts of the 50 submissions it shows, to cut excerpts out of them: that is the larger part of it where many are found.
A word's beginning (`w300*`) gathers the lists of all words that begin so, and costs as many as those are.
"""


def _sqlite(folder: Path, sizes: Sequence[int]) -> list[Bench]:
    benches = []
    for size in sizes:
        path = folder / f"{size}.sqlite"
        url = fill_sqlite(path, size)
        index_sqlite(path, size)
        benches.append(Bench(size, DatabaseReviewStore(url), None))
    return benches


def _postgresql(server: Cluster, sizes: Sequence[int]) -> list[Bench]:
    benches = []
    for size in sizes:
        url = fill_postgresql(server.create(), size)
        index_postgresql(url, size)
        benches.append(Bench(size, DatabaseReviewStore(url), None))
    return benches


if __name__ == "__main__":
    main()
