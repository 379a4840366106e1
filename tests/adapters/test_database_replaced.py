"""A database that is deleted, exchanged, emptied or overwritten under a running service: noticed, refused, and never an empty queue."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from enablement_ext.adapters.database import identity
from enablement_ext.adapters.database.copies import export_database, import_database
from enablement_ext.adapters.database.engine import Limits, open_engine
from enablement_ext.adapters.database.store import DatabaseReviewStore
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.errors import DatabaseReplaced, StoreUnavailable
from tests.adapters.factories import send, sent
from tests.polling import PATIENCE, until
from tests.servers.postgres import Cluster


@pytest.fixture
def file(tmp_path: Path) -> Path:
    upgrade(f"sqlite:///{tmp_path / 'e.sqlite'}")
    return tmp_path / "e.sqlite"


@pytest.fixture
def used(file: Path) -> Iterator[DatabaseReviewStore]:
    """A store with one submission, over an open file."""
    store = DatabaseReviewStore(f"sqlite:///{file}", Limits(lock=1.0))
    sent(store)
    yield store
    store.close()


def companions(file: Path) -> list[Path]:
    return [path for path in file.parent.iterdir() if path.name.startswith(file.name)]


def deleted(file: Path) -> None:
    for path in companions(file):
        path.unlink()


def deleted_alone(file: Path) -> None:
    file.unlink()


def log_deleted(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


def another(file: Path) -> Path:
    """A sound database of this version with nothing in it."""
    made = file.with_name("another.sqlite")
    upgrade(f"sqlite:///{made}")
    with sqlite3.connect(made) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    return made


def exchanged(file: Path) -> None:
    another(file).replace(file)


def exchanged_with_all(file: Path) -> None:
    other = another(file)
    deleted(file)
    other.rename(file)


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def overwritten(file: Path) -> None:
    with file.open("r+b") as target, another(file).open("rb") as source:
        shutil.copyfileobj(source, target)
        target.truncate()


def overwritten_with_noise(file: Path) -> None:
    file.write_bytes(b"no database at all. " * 10_000)


FATES = [
    deleted,
    deleted_alone,
    log_deleted,
    exchanged,
    exchanged_with_all,
    emptied,
    overwritten,
    overwritten_with_noise,
]


@pytest.mark.parametrize("fate", FATES)
def test_what_is_no_longer_the_database_takes_and_tells_nothing(
    used: DatabaseReviewStore, file: Path, fate: Callable[[Path], None]
) -> None:
    fate(file)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            sent(used)
    with pytest.raises(StoreUnavailable):
        used.ready()
    until(lambda: refuses_to_read(used), within=PATIENCE, what="readers are refused")
    with pytest.raises(StoreUnavailable):
        used.instance()


@pytest.mark.parametrize("fate", [deleted, exchanged, emptied, overwritten])
def test_it_is_named_for_what_it_is(used: DatabaseReviewStore, file: Path, fate: Callable[[Path], None]) -> None:
    fate(file)
    with pytest.raises(DatabaseReplaced, match="deleted, exchanged or emptied"):
        used.ready()


def refuses_to_read(store: DatabaseReviewStore) -> bool:
    try:
        with store.read() as reader:
            assert reader.submission(1).number == 1, "for a moment what was there, but never an empty queue"
    except StoreUnavailable:
        return True
    return False


def test_a_connection_that_was_opened_to_another_file_tells_nothing(
    used: DatabaseReviewStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader believes for a moment that the file is the one that was looked at; not of a connection that is new."""
    for moment in ("FILE_SECONDS", "READ_SECONDS"):
        monkeypatch.setattr(identity, moment, 3600.0)  # however slow this machine is
    other = another(file)
    with used.read() as reader:  # its connection is in use: whoever asks now gets one that is opened for them
        assert reader.submission(1).number == 1
        deleted(file)
        other.rename(file)
        with pytest.raises(StoreUnavailable), used.read() as second:
            second.submission(1)


def test_a_cached_page_is_not_current_any_more(used: DatabaseReviewStore, file: Path) -> None:
    assert used.latest_seq() == 1
    deleted(file)
    assert used.latest_seq() is None


def test_a_file_that_vanishes_while_it_is_written_is_not_acknowledged(used: DatabaseReviewStore, file: Path) -> None:

    with pytest.raises(DatabaseReplaced), used.write() as transaction:  # noqa: PT012
        send(transaction)
        deleted(file)


def test_the_same_file_put_back_is_used_again(used: DatabaseReviewStore, file: Path) -> None:
    aside = file.parent / "aside"
    aside.mkdir()
    for path in companions(file):
        path.rename(aside / path.name)
    with pytest.raises(DatabaseReplaced):
        sent(used)
    for path in aside.iterdir():
        path.rename(file.parent / path.name)
    assert sent(used).number == 2


def test_others_that_use_the_file_are_no_reason_to_refuse(used: DatabaseReviewStore, file: Path) -> None:
    """A checkpoint, a backup, a second process that comes and goes, an upgrade that finds nothing to do."""
    url = f"sqlite:///{file}"
    for round_ in range(2, 6):
        other = DatabaseReviewStore(url)
        assert sent(other).number == round_
        other.close()
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA integrity_check")
        connection.close()
        upgrade(url)
        used.ready()
    assert sent(used).number == 6


def test_a_store_that_was_closed_may_open_another_file(used: DatabaseReviewStore, file: Path) -> None:
    before = used.instance()
    used.close()
    exchanged_with_all(file)
    assert used.instance() != before
    assert sent(used).number == 1


def test_two_databases_have_two_ids_and_copies_one(used: DatabaseReviewStore, file: Path, tmp_path: Path) -> None:
    export_database(f"sqlite:///{file}", tmp_path / "copy.sqlite")
    import_database(tmp_path / "copy.sqlite", f"sqlite:///{tmp_path / 'restored.sqlite'}")
    copies = [DatabaseReviewStore(f"sqlite:///{tmp_path / name}.sqlite") for name in ("copy", "restored")]
    other = DatabaseReviewStore(f"sqlite:///{another(file)}")
    assert {store.instance() for store in copies} == {used.instance()} != {other.instance()}
    for store in (*copies, other):
        store.close()


@pytest.mark.slow
@pytest.mark.parametrize("open_connections", [True, False])
def test_a_postgresql_database_made_anew(postgres: Cluster, open_connections: bool) -> None:
    url = postgres.create()
    upgrade(url)
    store = DatabaseReviewStore(url)
    sent(store)
    engine = open_engine(url, Limits())
    with engine.begin() as connection:
        if not open_connections:
            pids = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(text(pids))
        for statement in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            connection.execute(text(statement))
    engine.dispose()
    upgrade(url)
    with suppress(StoreUnavailable):  # a connection that was ended is noticed by the first who uses it
        store.ready()
    with pytest.raises(DatabaseReplaced):
        sent(store)
    until(lambda: refuses_to_read(store), within=PATIENCE, what="readers are refused")
    store.close()


def test_a_table_that_is_missing_and_a_file_that_takes_nothing_are_not_ready(
    used: DatabaseReviewStore, file: Path
) -> None:
    used.ready()
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE receipts")
    connection.close()
    with pytest.raises(StoreUnavailable):
        used.ready()


@pytest.mark.slow
def test_a_table_that_is_missing_and_a_read_only_server_are_not_ready(postgres: Cluster) -> None:
    url = postgres.create()
    upgrade(url)
    store = DatabaseReviewStore(url)
    store.ready()
    engine = open_engine(url, Limits())
    for statement in ("ALTER DATABASE {} SET default_transaction_read_only = on", "ALTER DATABASE {} RESET ALL"):
        with engine.begin() as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            name = connection.execute(text("SELECT current_database()")).scalar()
            connection.execute(text("SET transaction_read_only = off"))
            connection.execute(text(statement.format(name)))
        store.close()
        if "RESET" in statement:
            store.ready()
        else:
            with pytest.raises(StoreUnavailable, match="read-only"):
                store.ready()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE receipts CASCADE"))
    with pytest.raises(StoreUnavailable):
        store.ready()
    engine.dispose()
    store.close()


def test_tables_that_become_newer_meanwhile_are_those_of_an_upgrade_that_runs(file: Path) -> None:
    """Pods of the version before stay ready and answer until they are replaced; one that starts then is refused."""
    url = f"sqlite:///{file}"
    old = DatabaseReviewStore(url)
    old.ready()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    old.ready()
    sent(old)
    started = DatabaseReviewStore(url)
    with pytest.raises(StoreUnavailable, match="newer Enablement"):
        started.ready()
    for store in (old, started):
        store.close()


@pytest.mark.parametrize(("revision", "said"), [("0004", "enablement db upgrade"), ("9999", "newer Enablement")])
def test_tables_of_another_version_are_refused_with_what_to_do(file: Path, revision: str, said: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()
    store = DatabaseReviewStore(f"sqlite:///{file}")
    with pytest.raises(StoreUnavailable, match=said):
        store.ready()
    with pytest.raises(StoreUnavailable, match=said):
        sent(store)
    with pytest.raises(StoreUnavailable, match=said), store.read():
        pass
    store.close()
