"""The number of the newest event, without blocking: it tells whether a cached page is still current.

SQLite in WAL mode never keeps a reader waiting, and this reads one row of a cached page: some microseconds, on the event loop's own
thread. A PostgreSQL server is a round trip away, so there it is not known.
"""

from __future__ import annotations

import sqlite3
import threading
from urllib.parse import quote

from sqlalchemy.engine import URL

_NEWEST = "SELECT seq FROM chain_head"


class LatestEvent:
    """A connection of its own to a SQLite file, opened when it is first used."""

    def __init__(self, url: URL) -> None:
        self._file = quote(url.database or "") if url.get_backend_name() == "sqlite" else None
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def newest(self) -> int | None:
        """Number of the newest committed event, None where it cannot be read at once."""
        if self._file is None or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    f"file:{self._file}?mode=ro", uri=True, timeout=0, isolation_level=None, check_same_thread=False
                )
            row = self._connection.execute(_NEWEST).fetchone()
        except sqlite3.Error:  # busy with a recovery, or away: who asks the ordinary way is told what it is
            return None
        finally:
            self._lock.release()
        return None if row is None else int(row[0])

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
