"""Notifications of commits: callbacks for those of this process and, on PostgreSQL, for those of other processes (LISTEN/NOTIFY).

The NOTIFY is part of the transaction: PostgreSQL delivers it when, and only when, that is committed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Engine

from enablement_ext.adapters.database.engine import KEEPALIVES, connection_errors

log = logging.getLogger(__name__)

CHANNEL = "enablement"
_POLL_SECONDS = 1.0  # the listener looks this often whether it is to stop
_RECONNECT_SECONDS = 1.0
_CONNECT_SECONDS = 5


class CommitNotifications:
    """Callbacks, called after each commit. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._callbacks: dict[object, Callable[[], None]] = {}
        self._listener: threading.Thread | None = None
        self._stop = threading.Event()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after each commit, until what is returned is called. The first on PostgreSQL starts a thread with a connection of its own."""
        subscription = object()
        self._callbacks[subscription] = callback
        if self._listener is None and self._engine.dialect.name == "postgresql":
            self._listener = threading.Thread(target=self._listen, name="enablement-listen", daemon=True)
            self._listener.start()
        return lambda: self._callbacks.pop(subscription, None) and None

    def notify(self) -> None:
        """Call everybody: something was, or may have been, committed."""
        for callback in tuple(self._callbacks.values()):
            callback()

    def close(self) -> None:
        """End the thread; nobody is called any more."""
        self._callbacks.clear()
        self._stop.set()
        if self._listener is not None:
            self._listener.join()

    def _listen(self) -> None:
        """The listener thread: until closed, a lost connection is made again; what was missed meanwhile may have been a commit."""
        while not self._stop.is_set():
            try:
                self._wait_for_notices()
            except connection_errors() as error:
                log.warning("no notices of commits: %s", type(error).__name__)
                self._stop.wait(_RECONNECT_SECONDS)

    def _wait_for_notices(self) -> None:
        import psycopg  # noqa: PLC0415 - an extra that SQLite does not need

        args, params = self._engine.dialect.create_connect_args(self._engine.url)
        params.update(connect_timeout=_CONNECT_SECONDS, application_name="enablement-listen", **KEEPALIVES)
        with psycopg.connect(*args, **params, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self.notify()
            while not self._stop.is_set():
                for _ in connection.notifies(timeout=_POLL_SECONDS, stop_after=1):
                    self.notify()
