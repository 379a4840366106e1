"""Statements compiled once and handed to the driver, beside plain SQLAlchemy, which hands them to `Connection.execute`.

`python -m bench.sql_layer [--size 100000] [--rounds 300]`. `prepared` is what the store does: text that is compiled once, run on the
driver's own cursor. `driver` hands the same text to `Connection.exec_driver_sql`. `kept` executes statement objects that are built once, so SQLAlchemy's cache
finds their text by a key it has already; `built` writes the statement anew at each call, as code with SQLAlchemy usually does.
All run the same SQL on the same store; rows become the same values.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, UpdateBase
from sqlalchemy.sql.selectable import SelectBase

from bench.queue_page import TRACKS
from bench.queue_rows import VIEWER, fill_postgresql, fill_sqlite
from bench.report import Report, Table
from bench.rounds import Contender, alternate
from enablement_ext.adapters.database.statements import lists, single_rows
from enablement_ext.adapters.database.statements.prepared import PreparedStatement
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.review.ports import ReviewTransaction
from enablement_ext.core.review.queue import QueueFilter, QueueQuery
from tests.adapters.factories import kept_receipt, new_version, send
from tests.servers.postgres import cluster

WAYS = ("prepared", "driver", "kept", "built")
_BUILDERS = (
    (
        single_rows,
        (
            "insert_row",
            "insert_or_ignore",
            "greatest_value",
            "latest_version",
            "kept_receipt",
            "sent_before",
            "chain_head",
        ),
    ),
    (single_rows, ("small_file", "update_chain_head")),
    (lists, ("page", "counters", "one")),
)


class Way:
    """How statements are run just now."""

    now = "prepared"


class EitherStatement(PreparedStatement):
    """A statement that is run as `Way.now` says."""

    def __init__(
        self, statement: SelectBase | UpdateBase, dialect: Dialect, columns: Sequence[str] | None = None
    ) -> None:
        self.statement: Any = statement
        if Way.now != "built":
            super().__init__(statement, dialect, columns)

    def _execute(
        self, connection: Connection, values: Mapping[str, Any], *, fetch: bool
    ) -> tuple[Sequence[tuple[Any, ...]], int]:
        if Way.now == "prepared":
            return super()._execute(connection, values, fetch=fetch)
        by_driver = Way.now == "driver"
        bound = self.bind(values) if by_driver else dict(values)
        result = connection.exec_driver_sql(self.sql, bound) if by_driver else connection.execute(self.statement, bound)
        return (result.fetchall() if fetch else ()), result.rowcount


def install() -> None:
    """Make the stores of this process run statements as `Way.now` says."""
    for module, names in _BUILDERS:
        module.PreparedStatement = EitherStatement  # type: ignore[attr-defined]
        for name in names:
            setattr(module, name, _chosen(getattr(module, name)))


def _chosen(cached: Any) -> Callable[..., PreparedStatement]:
    def build(*arguments: Any, **named: Any) -> PreparedStatement:
        builder = cached.__wrapped__ if Way.now == "built" else cached
        made: PreparedStatement = builder(*arguments, **named)
        return made

    return build


class _UndoneError(Exception):
    pass


def page(store: DatabaseReviewStore, shown: QueueFilter) -> None:
    """The first page of a list."""
    with store.read() as reader:
        assert len(reader.page(QueueQuery(VIEWER, TRACKS, shown)).items) == 50


def one(store: DatabaseReviewStore) -> None:
    """One submission."""
    with store.read() as reader:
        reader.submission(900)


def counters(store: DatabaseReviewStore) -> None:
    """The numbers of the badge."""
    with store.read() as reader:
        reader.counters(VIEWER, TRACKS)


def submit(store: DatabaseReviewStore, *, durable: bool) -> None:
    """The transaction of sending a notebook; not `durable`: rolled back, so that no barrier of the disk hides the statements."""
    with suppress(_UndoneError), store.write() as transaction:
        _send(transaction)
        if not durable:
            raise _UndoneError


def _send(transaction: ReviewTransaction) -> None:
    content = str(time.perf_counter_ns())
    transaction.kept_receipt("dana", content)
    transaction.sent_before("dana", new_version(content).content_id)
    submission = send(transaction, content=content)
    transaction.keep_small_files({new_version(content).notebook.sha256: b"x" * 20_000})
    transaction.keep_receipt("dana", content, kept_receipt(submission))


LOOKS: Mapping[str, Callable[[DatabaseReviewStore], None]] = {
    **{f"page `{shown.value}`": partial(page, shown=shown) for shown in QueueFilter},
    "one submission": one,
    "counters of the badge": counters,
}
SENDS: Mapping[str, Callable[[DatabaseReviewStore], None]] = {
    "sending, rolled back": partial(submit, durable=False),
    "sending, committed": partial(submit, durable=True),
}


def contender(way: str, call: Callable[[], None]) -> Contender:
    """The best of three calls in a row, run that way."""

    def once(_: int) -> float:
        Way.now = way
        taken = []
        for _attempt in range(3):
            started = time.perf_counter()
            call()
            taken.append(time.perf_counter() - started)
        return min(taken)

    return Contender(way, once)


def rows(calls: Mapping[str, Callable[[DatabaseReviewStore], None]], url: str, rounds: int) -> list[Sequence[object]]:
    """Every call on one database, run each way in turn."""
    store = DatabaseReviewStore(url)
    found: list[Sequence[object]] = []
    for name, call in calls.items():
        scores = alternate([contender(way, partial(call, store)) for way in WAYS], rounds, warm_up=5)
        times = [f"{scores.median(way) * 1e6:.0f} µs" for way in WAYS]
        found.append((name, *times, *(scores.ratio(way, "prepared") for way in WAYS[1:])))
    store.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=300)
    arguments = parser.parse_args()
    install()
    report = Report("sql_layer", "Prepared statements and plain SQLAlchemy", __doc__ or "")
    head = ["", *WAYS, *(f"{way} to prepared" for way in WAYS[1:])]
    with tempfile.TemporaryDirectory(prefix="enablement-bench-") as name, cluster() as server:
        folder = Path(name)
        empty = (f"sqlite:///{folder / 'empty.sqlite'}", server.create())
        for url in empty:
            upgrade(url)
        filled = (
            fill_sqlite(folder / "queue.sqlite", arguments.size),
            fill_postgresql(server.create(), arguments.size),
        )
        for title, full, new in zip(("SQLite", "PostgreSQL"), filled, empty, strict=True):
            found = rows(LOOKS, full, arguments.rounds) + rows(SENDS, new, arguments.rounds)
            report.parts.append(Table(head, found, title))
    report.write()


if __name__ == "__main__":
    main()
