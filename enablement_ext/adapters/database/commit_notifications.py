"""Who is told of commits: callbacks of this process, and on PostgreSQL whatever other processes commit (LISTEN and NOTIFY).

A commit's notice is part of its transaction: PostgreSQL sends it when, and only when, the transaction is committed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Engine

from enablement_ext.adapters.database.engine import connection_errors

log = logging.getLogger(__name__)

CHANNEL = "enablement"
_LOOK_SECONDS = 1.0  # so late does a listener notice that it is to stop
_AGAIN_SECONDS = 1.0
_CONNECT_SECONDS = 5


class CommitNotifications:
    """Callbacks, called after each commit. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._hearers: dict[object, Callable[[], None]] = {}
        self._ear: threading.Thread | None = None
        self._stop = threading.Event()

    def hang(self, heard: Callable[[], None]) -> Callable[[], None]:
        """Call `heard` from now on, until what is returned is called. The first on PostgreSQL starts a thread with its own connection."""
        mine = object()
        self._hearers[mine] = heard
        if self._ear is None and self._engine.dialect.name == "postgresql":
            self._ear = threading.Thread(target=self._listen, name="enablement-listen", daemon=True)
            self._ear.start()
        return lambda: self._hearers.pop(mine, None) and None

    def ring(self) -> None:
        """Something was, or may have been, committed."""
        for heard in tuple(self._hearers.values()):
            heard()

    def close(self) -> None:
        """Nobody is called any more."""
        self._hearers.clear()
        self._stop.set()
        if self._ear is not None:
            self._ear.join()

    def _listen(self) -> None:
        """Until closed. A connection that is lost is made again; what was missed meanwhile may have been a commit."""
        while not self._stop.is_set():
            try:
                self._hear()
            except connection_errors() as error:
                log.warning("no notices of commits: %s", type(error).__name__)
                self._stop.wait(_AGAIN_SECONDS)

    def _hear(self) -> None:
        import psycopg  # noqa: PLC0415 - an extra that SQLite does not need

        args, params = self._engine.dialect.create_connect_args(self._engine.url)
        params.update(connect_timeout=_CONNECT_SECONDS, application_name="enablement-listen")
        with psycopg.connect(*args, **params, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self.ring()
            while not self._stop.is_set():
                for _ in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                    self.ring()
