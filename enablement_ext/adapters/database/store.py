"""`DatabaseReviewStore`: transactions over one engine, and who is told of commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.commit_notifications import CommitNotifications
from enablement_ext.adapters.database.engine import WRITING, Limits, open_engine, parse
from enablement_ext.adapters.database.error_translation import translated
from enablement_ext.adapters.database.latest_event import LatestEvent
from enablement_ext.adapters.database.reading import DatabaseReader
from enablement_ext.adapters.database.writing import DatabaseTransaction
from enablement_ext.core.errors import StoreUnavailable

SCAN = 10_000  # rows that one page of a search looks at: some 30 ms


class DatabaseReviewStore:
    """A `ReviewStore` on SQLite or PostgreSQL, named by a URL. Opening it connects to nothing yet.

    `upgrade` must have made the tables; `ready` says whether they are there and are this version's.
    """

    def __init__(self, url: str, limits: Limits | None = None, *, scan: int = SCAN) -> None:
        """Raises `StoreUnavailable` for a URL of another kind of database."""
        self._limits = limits or Limits()
        self._scan = scan
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
        self._latest = LatestEvent(parse(url))

    @contextmanager
    def read(self) -> Iterator[DatabaseReader]:
        """A consistent snapshot. Raises `StoreUnavailable`."""
        with translated(), self._reading.begin() as connection:
            yield DatabaseReader(connection, self._scan)

    @contextmanager
    def write(self) -> Iterator[DatabaseTransaction]:
        """A transaction: durable when the block ends, gone when it raises. Raises `StoreUnavailable`, `NoSpace`."""
        with self._locked(), translated(), self._writing.begin() as connection:
            transaction = DatabaseTransaction(connection, self._scan)
            yield transaction
            transaction.finish()
        self._notifications.notify()

    def latest_seq(self) -> int | None:
        """Number of the newest committed event; None on PostgreSQL, and on a SQLite file that cannot be read at once."""
        return self._latest.newest()

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called soon after commits, on PostgreSQL those of other processes too; what is returned ends that."""
        return self._notifications.subscribe(callback)

    def ready(self) -> None:
        """Return when the tables are there and are this version's. Raises `StoreUnavailable`."""
        with translated(), self._reading.connect() as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if revision != schema.REVISION:
            raise StoreUnavailable("The database's tables are not of this version. Run `enablement db upgrade`.")

    def close(self) -> None:
        """Give back connections."""
        self._notifications.close()
        self._latest.close()
        self._engine.dispose()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Threads of one process wait for each other here rather than polling the database's lock."""
        if not self._write_lock.acquire(timeout=self._limits.lock):
            raise StoreUnavailable("The review service is too busy. Nothing was lost; try again in a moment.")
        try:
            yield
        finally:
            self._write_lock.release()
