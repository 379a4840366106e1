"""What only PostgreSQL has: other processes that commit, a server that goes away and comes back, migrations at once."""

from __future__ import annotations

import os
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
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from enablement_ext.adapters.database.engine import Limits, open_engine
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.errors import StoreUnavailable
from enablement_ext.core.review.event_log import verify
from tests.adapters.factories import sent
from tests.polling import PATIENCE, until
from tests.servers.postgres import Cluster, cluster

pytestmark = pytest.mark.slow
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


def test_a_server_that_was_killed_is_used_again_when_it_is_back(own_server: Cluster) -> None:
    url = own_server.create()
    upgrade(url)
    store = DatabaseReviewStore(url)
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


def test_connections_are_bounded_and_the_rest_is_told_to_come_again(url: str) -> None:
    store = DatabaseReviewStore(url, Limits(lock=0.5, connections=2))
    with store.read(), store.read(), pytest.raises(StoreUnavailable), store.read():
        pass
    with psycopg.connect(url) as connection:
        counted = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'enablement'")
        row = counted.fetchone()
    assert row == (2,)
    store.close()


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


def _processes(server: Cluster) -> list[int]:
    """The server and the processes of its connections."""
    assert server.process is not None
    mine = server.process.pid
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(mine)], capture_output=True, text=True, check=True)
    return [mine, *map(int, children.stdout.split())]


@pytest.mark.parametrize("silence", [1.0])
def test_a_server_that_stands_still_holds_nobody(own_server: Cluster, silence: float) -> None:
    """Stopped, as a paused virtual machine is: its connections stay open and nothing is said. The server's own limits do not run then."""
    url = own_server.create()
    upgrade(url)
    store = DatabaseReviewStore(url, Limits(lock=2, silence=silence))
    assert _until_it_works(store) >= 1  # on a busy machine the server itself may be silent for so long
    stopped = _processes(own_server)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        for work in (lambda: sent(store), store.ready, store.instance):
            with pytest.raises(StoreUnavailable):
                work()
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert _until_it_works(store) >= 2
    store.close()
    patient = DatabaseReviewStore(url)
    with patient.read() as reader:
        assert verify(reader.events_after(0, 100), reader.chain_head()).intact
    patient.close()


def test_a_statement_that_takes_long_is_the_servers_to_end(url: str) -> None:
    store = DatabaseReviewStore(url, Limits(statement=0.5, silence=30.0))
    engine = open_engine(url, Limits(statement=0.5))
    with pytest.raises(DBAPIError, match="statement timeout"), engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    engine.dispose()
    store.close()


def test_keepalives_are_asked_for(url: str) -> None:
    engine = open_engine(url, Limits())
    with engine.connect() as connection:
        found = connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
    assert {name: found.get(name) for name in ("keepalives_idle", "tcp_user_timeout")} == {
        "keepalives_idle": "10",
        "tcp_user_timeout": "20000",
    }
    engine.dispose()
