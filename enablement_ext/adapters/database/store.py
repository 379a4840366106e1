"""`DatabaseReviewStore`: transactions over one engine, and who is told of commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event

from enablement_ext.adapters.database.commit_notifications import CommitNotifications
from enablement_ext.adapters.database.engine import WRITING, Limits, open_engine, parse
from enablement_ext.adapters.database.error_translation import translated
from enablement_ext.adapters.database.identity import DatabaseIdentity, SqliteIdentity, check_usable
from enablement_ext.adapters.database.latest_event import LatestEvent
from enablement_ext.adapters.database.reading import DatabaseReader
from enablement_ext.adapters.database.writing import DatabaseTransaction
from enablement_ext.core.errors import DatabaseReplaced, StoreUnavailable


class DatabaseReviewStore:
    """A `ReviewStore` on SQLite or PostgreSQL, named by a URL. Opening it connects to nothing yet.

    `upgrade` must have made the tables; `ready` says whether they are there and are this version's.
    """

    def __init__(self, url: str, limits: Limits | None = None) -> None:
        """Raises `StoreUnavailable` for a URL of another kind of database."""
        self._limits = limits or Limits()
        engine = open_engine(url, self._limits)
        snapshot = engine.dialect.name == "postgresql"
        self._engine = engine
        self._reading = (
            engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            if snapshot
            else engine
        )
        self._writing = engine.execution_options(**{WRITING: True})
        self._write_lock = threading.Lock()
        self._notifications = CommitNotifications(engine)
        parsed = parse(url)
        self._latest = LatestEvent(parsed)
        self._identity = DatabaseIdentity() if snapshot else SqliteIdentity(parsed, self._limits.lock)
        event.listen(engine, "connect", lambda *_: self._identity.connection_opened())

    @contextmanager
    def read(self) -> Iterator[DatabaseReader]:
        """A consistent snapshot. Raises `StoreUnavailable`, `DatabaseReplaced`."""
        try:
            with translated(), self._reading.begin() as connection:
                self._identity.check(connection, writing=False)
                yield DatabaseReader(connection)
        except StoreUnavailable as error:
            self._refuse_replaced(error)
            raise

    @contextmanager
    def write(self) -> Iterator[DatabaseTransaction]:
        """A transaction: durable when the block ends, gone when it raises. Raises `StoreUnavailable`, `DatabaseReplaced`, `NoSpace`."""
        try:
            with self._locked(), translated(), self._writing.begin() as connection:
                self._identity.check(connection, writing=True)
                transaction = DatabaseTransaction(connection)
                yield transaction
                transaction.finish()
        except StoreUnavailable as error:
            self._refuse_replaced(error)
            raise
        self._identity.check_after_commit()
        self._notifications.notify()

    def latest_seq(self) -> int | None:
        """Number of the newest committed event; None on PostgreSQL, and on a SQLite file that cannot be read at once."""
        return self._latest.newest() if self._identity.same_files() else None

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called soon after commits, on PostgreSQL those of other processes too; what is returned ends that."""
        return self._notifications.subscribe(callback)

    def ready(self) -> None:
        """Return when the tables are there, are this version's and can be written. Raises `StoreUnavailable`, `DatabaseReplaced`."""
        # Where a writer has to wait for its turn the probe does not: it asks as a reader.
        engine = self._writing if self._engine.dialect.name == "postgresql" else self._reading
        try:
            with translated(), engine.connect() as connection:
                self._identity.check(connection, writing=True)
                check_usable(connection)
        except StoreUnavailable as error:
            self._refuse_replaced(error)
            raise

    def instance(self) -> str:
        """The random id of this database. Raises `StoreUnavailable`, `DatabaseReplaced`."""
        with self.read():
            return self._identity.instance or ""

    def close(self) -> None:
        """Give back connections."""
        self._notifications.close()
        self._latest.close()
        self._engine.dispose()
        self._identity.close()

    def _refuse_replaced(self, error: StoreUnavailable) -> None:
        """A file that is gone says many things (it cannot be opened, it is read-only): all of them are told as what they are."""
        if not self._identity.same_files():
            raise DatabaseReplaced from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Threads of one process wait for each other here rather than polling the database's lock."""
        if not self._write_lock.acquire(timeout=self._limits.lock):
            raise StoreUnavailable("The review service is too busy. Nothing was lost; try again in a moment.")
        try:
            yield
        finally:
            self._write_lock.release()
