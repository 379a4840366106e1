"""What only PostgreSQL has: other processes that commit, a server that goes away and comes back, migrations at once."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from enablement_ext.adapters.database.engine import Limits
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.errors import StoreUnavailable
from enablement_ext.core.review.event_log import verify
from tests.adapters.factories import sent
from tests.polling import PATIENCE, until
from tests.servers.postgres import Cluster, cluster

UPGRADE = "import sys; from enablement_ext.adapters.database.upgrade import upgrade; upgrade(sys.argv[1])"


@pytest.fixture
def own_server() -> Iterator[Cluster]:
    """A server that the test may kill."""
    with cluster() as running:
        yield running


@pytest.fixture
def url(postgres: Cluster, postgres_template: str) -> str:
    return postgres.create(postgres_template)


def test_a_commit_of_another_process_is_heard(url: str) -> None:
    _seconds_until_heard(url)


@pytest.mark.timing
def test_a_commit_of_another_process_is_heard_at_once(url: str) -> None:
    assert _seconds_until_heard(url) < 1


def _seconds_until_heard(url: str) -> float:
    here, there = DatabaseReviewStore(url), DatabaseReviewStore(url)
    heard = threading.Event()
    here.listen(heard.set)
    assert heard.wait(PATIENCE)  # it listens
    heard.clear()
    begun = time.monotonic()
    sent(there)
    assert heard.wait(PATIENCE)
    seconds = time.monotonic() - begun
    here.close()
    there.close()
    return seconds


@pytest.mark.slow
def test_a_server_that_was_killed_is_used_again_when_it_is_back(own_server: Cluster) -> None:
    url = own_server.create()
    upgrade(url)
    store = DatabaseReviewStore(url, Limits(lock=2))
    heard = threading.Event()
    store.listen(heard.set)
    acknowledged = {sent(store).number}
    own_server.stop(signal.SIGKILL)
    with pytest.raises(StoreUnavailable):
        sent(store)
    with pytest.raises(StoreUnavailable):
        store.ready()
    own_server.start()
    acknowledged |= {_until_it_works(store)}
    heard.clear()
    other = DatabaseReviewStore(url)
    acknowledged |= {sent(other).number}
    assert heard.wait(PATIENCE)  # the listener found its way back too
    with store.read() as reader:
        events = reader.events_after(0, 100)
        assert verify(events, reader.chain_head()).intact
        assert acknowledged <= {event.submission for event in events}
    store.close()
    other.close()


def _until_it_works(store: DatabaseReviewStore) -> int:
    def number() -> int | None:
        with suppress(StoreUnavailable):
            return sent(store).number
        return None

    return until(number, within=PATIENCE, what="the store takes a submission again")


@pytest.mark.slow
def test_connections_are_bounded_and_the_rest_is_told_to_come_again(url: str) -> None:
    store = DatabaseReviewStore(url, Limits(lock=0.5, connections=2))
    with store.read(), store.read(), pytest.raises(StoreUnavailable), store.read():
        pass
    with psycopg.connect(url) as connection:
        counted = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'enablement'")
        row = counted.fetchone()
    assert row == (2,)
    store.close()


@pytest.mark.slow
def test_migrations_by_four_processes_at_once(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.create()
    command = [sys.executable, "-c", UPGRADE, url]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, cwd=tmp_path) for _ in range(4)]
    ended = [(process.communicate(timeout=PATIENCE)[1], process.returncode) for process in started]
    assert [code for _, code in ended] == [0, 0, 0, 0], ended
    store = DatabaseReviewStore(url)
    store.ready()
    assert sent(store).number == 1
    store.close()
