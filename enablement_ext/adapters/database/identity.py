"""Whether the database is still the one that this process began with: not deleted, exchanged, emptied or overwritten meanwhile.

Every database has a random id. What was read first is remembered, and anything else is refused: writes look each time, reads at least
twice a second. On SQLite an open connection notices none of it by itself: it goes on in a file that has lost its name, and answers from
its cached pages what stands in the file no longer. So there device and inode of path and companions are compared, for reads twenty times a
second and after each connection that was opened (which may be one to another file), and the id is read by a connection of its own whose
cache is dropped each time (10 µs). `check_usable` is what a probe asks besides.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from urllib.parse import quote

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from enablement_ext.adapters.database.schema import REVISION, metadata
from enablement_ext.adapters.database.statements import single_rows
from enablement_ext.core.errors import DatabaseReplaced, StoreUnavailable

READ_SECONDS = 0.5  # so long a reader believes what was seen last
FILE_SECONDS = 0.05  # so long a reader believes that the file still has its name
_INSTANCE = "SELECT value FROM instance"
_REVISION = "SELECT version_num FROM alembic_version"
_NOTHING = text(f"SELECT 1 FROM {', '.join(metadata.tables)} WHERE 1 = 0")  # noqa: S608  # names every table of ours, reads no row
_READ_ONLY = "The database takes no changes: it is read-only."

Inode = tuple[int, int]


class DatabaseIdentity:
    """Of a database that is asked through the caller's own connection: PostgreSQL."""

    def __init__(self) -> None:
        self.instance: str | None = None
        self._seen_at = float("-inf")

    def check(self, connection: Connection, *, writing: bool) -> None:
        """Returns when it is the one that was seen first. Raises `DatabaseReplaced`, `StoreUnavailable` for tables of another version."""
        if not writing and time.monotonic() - self._seen_at < READ_SECONDS:
            return
        if self.instance is None:
            check_revision(_first(single_rows.revision(connection.dialect).rows(connection, {})))
        self._recognise(_first(single_rows.instance(connection.dialect).rows(connection, {})))

    def check_after_commit(self) -> None:
        """Raises `DatabaseReplaced` where what was committed went elsewhere. A server acknowledges no commit of a database it lacks."""

    def same_files(self) -> bool:
        """Whether the names still lead to the files that were opened."""
        return True

    def connection_opened(self) -> None:
        """A connection that was opened just now may lead elsewhere: the next check looks."""

    def close(self) -> None:
        """Forget it: what is opened next may be another one."""
        self.instance = None
        self._seen_at = float("-inf")

    def _recognise(self, found: str | None) -> None:
        if found is None or self.instance not in {None, found}:
            self._seen_at = float("-inf")  # every reader looks for himself from now on
            raise DatabaseReplaced
        self.instance = found
        self._seen_at = time.monotonic()


class SqliteIdentity(DatabaseIdentity):
    """Of a SQLite file. Safe from any thread."""

    def __init__(self, url: URL, timeout: float) -> None:
        super().__init__()
        # Text, not `Path`: both are looked at in every transaction, and making a `Path` takes longer than asking the system.
        self._file = url.database or ""
        self._log = f"{self._file}-wal"
        self._timeout = timeout
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inodes: tuple[Inode | None, Inode | None] = (None, None)
        self._believed_until = float("-inf")  # by readers

    def check(self, connection: Connection, *, writing: bool) -> None:  # noqa: ARG002 - which may answer from its cache
        """As the base class says; the id is read from the file."""
        if not writing and time.monotonic() < self._believed_until:
            return
        with self._lock:
            self._believed_until = float("-inf")
            if self._connection is None:
                self._connection = self._opened()
            elif not self.same_files():
                raise DatabaseReplaced
            elif writing or time.monotonic() - self._seen_at >= READ_SECONDS:
                self._recognise(self._read(self._connection))
            self._believed_until = min(time.monotonic() + FILE_SECONDS, self._seen_at + READ_SECONDS)

    def connection_opened(self) -> None:
        with self._lock:
            self._believed_until = float("-inf")

    def check_after_commit(self) -> None:
        if not self.same_files():
            raise DatabaseReplaced

    def same_files(self) -> bool:
        file, log = self._inodes
        if file is None:
            return True  # nothing was opened yet
        if log is None:  # no write-ahead log yet, as in a backup that was never opened for writing
            self._inodes = (file, _inode(self._log))
            return _inode(self._file) == file
        return (_inode(self._file), _inode(self._log)) == self._inodes

    def close(self) -> None:
        with self._lock:
            super().close()
            self._believed_until = float("-inf")
            if self._connection is not None:
                self._connection.close()
            self._connection, self._inodes = None, (None, None)

    def _opened(self) -> sqlite3.Connection:
        before = _inode(self._file)
        try:
            connection = sqlite3.connect(
                f"file:{quote(self._file)}?mode=rw",
                uri=True,
                timeout=self._timeout,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self._first_look(connection)
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise StoreUnavailable from error
        # As long as this connection is open nobody who may has removed the log beside the file.
        self._inodes = (_inode(self._file), _inode(self._log))
        if self._inodes[0] != before:
            connection.close()
            raise DatabaseReplaced
        return connection

    def _first_look(self, connection: sqlite3.Connection) -> None:
        check_revision(_first(_rows(connection, _REVISION)))
        self._recognise(_first(_rows(connection, _INSTANCE)))

    def _read(self, connection: sqlite3.Connection) -> str | None:
        try:
            connection.execute("PRAGMA shrink_memory")
            return _first(_rows(connection, _INSTANCE))
        except sqlite3.OperationalError as error:
            if _gone(error):
                return None
            raise StoreUnavailable from error  # busy, or the disk does not answer
        except sqlite3.DatabaseError:
            return None  # the file is no database any more


def check_revision(found: str | None) -> None:
    """Returns for tables of this version. Raises `StoreUnavailable`, which says what to do about others."""
    refuse_newer(refuse_older(found))


def refuse_older(found: str | None) -> str:
    """The revision. Raises `StoreUnavailable` for tables that are not brought to this version yet."""
    if found is None or found < REVISION:
        raise StoreUnavailable("The database's tables are not of this version. Run `enablement db upgrade`.")
    return found


def refuse_newer(found: str) -> None:
    """Raises `StoreUnavailable` for tables that a newer Enablement has changed: what they mean is not known here."""
    if found > REVISION:
        raise StoreUnavailable(
            f"The database's tables are of a newer Enablement (revision {found}; this one knows {REVISION}). Install that one, "
            f"or restore a backup that was made before the upgrade."
        )


def _rows(connection: sqlite3.Connection, query: str) -> list[tuple[str]]:
    """Nothing where there is no such table."""
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        if not _gone(error):
            raise
        return []


def _gone(error: sqlite3.Error) -> bool:
    return "no such table" in str(error)


def _first(rows: list[tuple[str]] | object) -> str | None:
    return str(rows[0][0]) if isinstance(rows, list | tuple) and rows else None


def _inode(path: str) -> Inode | None:
    try:
        status = os.stat(path)  # noqa: PTH116  # see SqliteIdentity
    except OSError:
        return None
    return status.st_dev, status.st_ino


def check_usable(connection: Connection) -> None:
    """Returns when a write transaction could do its work. Raises `StoreUnavailable`, and `DBAPIError` where a table is missing.

    Tables that became newer since this process saw them first are those of an upgrade that runs: pods of the version before go on with
    them until they are replaced. At first sight newer ones are refused (`DatabaseIdentity.check`).
    """
    rows = single_rows.revision(connection.dialect).rows(connection, {})
    refuse_older(str(rows[0][0]) if rows else None)
    connection.execute(_NOTHING)
    if connection.dialect.name == "sqlite":
        read_only = not os.access(_file(connection), os.W_OK)
    else:
        read_only = connection.execute(text("SHOW transaction_read_only")).scalar() == "on"
    if read_only:
        raise StoreUnavailable(_READ_ONLY)


def _file(connection: Connection) -> str:
    """Of a SQLite database, as SQLite says."""
    return str(connection.execute(text("PRAGMA database_list")).one()[2])
