"""Databases that are locked, full, read-only, killed or gone: a clean refusal, nothing half, nothing acknowledged lost."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from enablement_ext.adapters.database.engine import Limits
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.errors import NoSpace, StoreUnavailable, Unprocessable
from enablement_ext.core.review.event_log import verify
from enablement_ext.core.review.ports import ReviewStore
from tests.adapters.factories import NOW, change, send, sent
from tests.polling import PATIENCE
from tests.servers.postgres import Cluster, cluster

ROOT = Path(__file__).parents[2]
QUICK = Limits(lock=0.3)
# Sends until it is killed and says each number only after the transaction has ended.
SENDER = """
import sys
from enablement_ext.adapters.database.store import DatabaseReviewStore
from tests.adapters.factories import sent
store = DatabaseReviewStore(sys.argv[1])
while True:
    print(sent(store).number, flush=True)
"""


def assert_whole(store: ReviewStore, acknowledged: list[int]) -> None:
    """Everything acknowledged is there, everything there is complete, and the chain holds."""
    with store.read() as reader:
        events = reader.events_after(0, 100_000)
        assert verify(events, reader.chain_head()).intact
        numbers = [event.submission for event in events if event.kind == "sent"]
        assert set(acknowledged) <= set(numbers)
        for number in numbers:
            assert number is not None
            assert reader.submission(number).latest == len(reader.versions(number)) == 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An upgraded SQLite file."""
    upgrade(f"sqlite:///{tmp_path / 'e.sqlite'}")
    return tmp_path / "e.sqlite"


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
def test_kill_minus_nine_loses_nothing_acknowledged(database_url: str) -> None:
    acknowledged: list[int] = []
    chance = random.Random(1)
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", SENDER, database_url], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as sender:
            assert sender.stdout is not None
            acknowledged.append(int(sender.stdout.readline()))
            killer = threading.Timer(chance.uniform(0.0, 0.3), sender.send_signal, [signal.SIGKILL])
            killer.start()
            acknowledged += [int(line) for line in sender.stdout if line.endswith("\n")]
            killer.join()
    assert len(acknowledged) == len(set(acknowledged)) > 20
    store = DatabaseReviewStore(database_url)
    assert_whole(store, acknowledged)
    assert sent(store).number > max(acknowledged)
    store.close()


def test_a_locked_sqlite_is_unavailable_for_writers_and_open_for_readers(path: Path) -> None:
    store = DatabaseReviewStore(f"sqlite:///{path}", QUICK)
    sent(store)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable), store.write() as transaction:
        send(transaction)
    assert_whole(store, [1])
    other.execute("ROLLBACK")
    assert sent(store).number == 2
    other.close()
    store.close()


@pytest.mark.slow
def test_a_locked_postgresql_is_unavailable_for_writers_and_open_for_readers(postgres: Cluster) -> None:
    url = postgres.create()
    upgrade(url)
    store, other = DatabaseReviewStore(url, QUICK), DatabaseReviewStore(url)
    sent(store)
    with other.write() as transaction:
        send(transaction)
        with pytest.raises(StoreUnavailable), store.write() as waiting:
            send(waiting)
        assert_whole(store, [1])
    assert sent(store).number == 3
    store.close()
    other.close()


@pytest.mark.timing
def test_a_locked_sqlite_is_given_up_soon(path: Path) -> None:
    started = time.monotonic()
    test_a_locked_sqlite_is_unavailable_for_writers_and_open_for_readers(path)
    assert time.monotonic() - started < 3


def test_a_thread_that_waits_too_long_for_its_turn_is_told_so(path: Path) -> None:
    store = DatabaseReviewStore(f"sqlite:///{path}", QUICK)
    refused: list[Exception] = []

    def attempt() -> None:
        try:
            sent(store)
        except StoreUnavailable as error:
            refused.append(error)

    with store.write() as transaction:
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join(timeout=PATIENCE)
        send(transaction)
    assert len(refused) == 1
    assert_whole(store, [1])
    store.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_is_no_space_keeps_what_was_acknowledged_and_recovers(tiny: Path) -> None:
    url = f"sqlite:///{tiny / 'e.sqlite'}"
    upgrade(url)
    ballast = tiny / "ballast"
    ballast.write_bytes(bytes(1_500_000))
    store = DatabaseReviewStore(url, QUICK)
    acknowledged: list[int] = []
    with pytest.raises(NoSpace):
        acknowledged.extend(sent(store).number for _ in range(10_000))
    assert acknowledged
    assert_whole(store, acknowledged)
    with pytest.raises(NoSpace):
        [sent(store) for _ in range(10)]
    ballast.unlink()
    acknowledged.append(sent(store).number)
    assert_whole(store, acknowledged)
    store.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_read_only_disk_is_unavailable_and_recovers(tiny: Path) -> None:
    url = f"sqlite:///{tiny / 'e.sqlite'}"
    upgrade(url)
    store = DatabaseReviewStore(url, QUICK)
    sent(store)
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(tiny)], check=True)
    with pytest.raises(StoreUnavailable):
        sent(store)
    store.close()
    subprocess.run(["mount", "-o", "remount,rw", str(tiny)], check=True)
    assert sent(store).number == 2
    assert_whole(store, [1, 2])
    store.close()


def test_a_file_that_is_gone_or_no_database_is_unavailable(path: Path, tmp_path: Path) -> None:
    nothing = DatabaseReviewStore(f"sqlite:///{tmp_path / 'nothing' / 'e.sqlite'}")
    with pytest.raises(StoreUnavailable), nothing.read():
        pass
    path.write_bytes(b"this is not a database" * 1000)
    store = DatabaseReviewStore(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable):
        store.ready()
    with pytest.raises(StoreUnavailable):
        sent(store)
    store.close()


@pytest.mark.slow
def test_a_postgresql_that_crashes_loses_nothing_acknowledged_and_is_found_again() -> None:
    with cluster() as server:
        url = server.create()
        upgrade(url)
        store = DatabaseReviewStore(url)
        acknowledged: list[int] = []
        for _ in range(2):
            acknowledged += [sent(store).number for _ in range(20)]
            server.stop(signal.SIGKILL)
            with pytest.raises(StoreUnavailable):
                sent(store)
            with pytest.raises(StoreUnavailable):
                store.ready()
            server.start()
            store.ready()
            assert_whole(store, acknowledged)
        acknowledged.append(sent(store).number)
        assert_whole(store, acknowledged)
        store.close()


@pytest.mark.slow
def test_a_hung_replica_does_not_hold_the_others_up_for_ever(postgres: Cluster) -> None:
    url = postgres.create()
    upgrade(url)
    hung, other = DatabaseReviewStore(url, Limits(idle=3.0)), DatabaseReviewStore(url)
    with pytest.raises(StoreUnavailable), hung.write() as transaction:  # noqa: PT012
        send(transaction)
        assert sent(other).number == 1
        transaction.next_number()
    assert_whole(other, [1])
    hung.close()
    other.close()


@pytest.mark.parametrize("text", ["lone \ud800 surrogate", "nul \x00 byte"])
def test_text_that_a_database_does_not_keep_is_the_senders_fault(database: DatabaseReviewStore, text: str) -> None:
    submission = sent(database)
    try:
        changed = change(database, submission, title=text)
    except Unprocessable:
        with database.read() as reader:
            assert reader.submission(1) == submission
    else:
        assert changed.title == text
        assert changed.created_at == NOW
