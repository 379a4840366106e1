"""What keeps the lists flat in a database: every one runs along its index, counting is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.queue_rows import VIEWER, fill_postgresql, fill_sqlite
from enablement_ext.adapters.database.engine import Limits, open_engine
from enablement_ext.adapters.database.statements import lists
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.core.review.ports import ReviewReader
from enablement_ext.core.review.queue import COUNT_CAP, QueueFilter
from tests.adapters.factories import POSTGRESQL, TECHNICAL

SIZE = 3_000


@pytest.fixture(scope="module", params=["sqlite", POSTGRESQL])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with some thousand submissions."""
    if request.param == "postgresql":
        return fill_postgresql(request.getfixturevalue("postgres").create(), SIZE)
    return fill_sqlite(Path(tmp_path_factory.mktemp("lists")) / "enablement.sqlite", SIZE)


@pytest.fixture
def reader(url: str) -> Iterator[ReviewReader]:
    """A reader of it."""
    store = DatabaseReviewStore(url)
    with store.read() as reading:
        yield reading
    store.close()


def test_counting_stops_at_the_cap(reader: ReviewReader) -> None:
    counters = reader.counters("somebody", TECHNICAL)
    assert (counters.waiting, counters.unclaimed, counters.claimed) == (COUNT_CAP, COUNT_CAP, 0)
    assert 0 < reader.counters(VIEWER, TECHNICAL).claimed < COUNT_CAP


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("tracks", [0, 1, 3])
@pytest.mark.parametrize("shown", QueueFilter)
def test_every_list_runs_along_an_index(url: str, shown: QueueFilter, tracks: int, first: bool) -> None:
    engine = open_engine(url, Limits())
    prepared = lists.page(lists.QueryShape(shown, tracks, 50, first=first), engine.dialect)
    who = {f"who{index}": f"track:{index}" for index in range(4)}
    values = {"viewer": "remy", "after": 2**40 if shown is QueueFilter.SENT else 7, **who}
    plan = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(plan + prepared.sql, prepared.bind(values))
        steps = [str(row[-1]) for row in cursor.fetchall()]
    engine.dispose()
    assert not [step for step in steps if "Seq Scan" in step or step in ("SCAN submissions", "SCAN attention")], steps
    if shown is not QueueFilter.WAITING:  # waiting merges the runs of several turns: a sort of at most 51 rows each
        assert not [step for step in steps if "Sort" in step or "TEMP B-TREE" in step], steps
