"""Connections: how each database is opened, and how a transaction begins on it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.pool import QueuePool

from enablement_ext.core.errors import StoreUnavailable

WRITING = "enablement_writing"  # execution option of a connection: its transaction takes the write lock when it begins
_IDLE_SECONDS = 5.0  # a connection that was idle for longer is pinged before it is given out


# Every statement of ours is a range scan of one index, or a look-up by key, whatever today's statistics say. So plans are generic, made
# once and not for each call (planning takes as long as a page), and plans that read a whole table are not considered.
_INDEX_PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


# A host that is gone without a word (its power, its network) is noticed within 20 s, on connections that only listen too.
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long anything may wait, in seconds, and how many connections may be open."""

    lock: float = 10.0  # for the write lock
    statement: float = 15.0  # one statement (PostgreSQL ends it)
    silence: float = (
        20.0  # for PostgreSQL to say anything at all: a server that stands still ends nothing itself; 0: for ever
    )
    idle: float = 60.0  # a transaction that does nothing is ended by PostgreSQL, so that a hung replica holds nobody up
    connections: int = 20


def parse(url: str) -> URL:
    """The URL with the driver we use. Raises `StoreUnavailable` for a database that is neither SQLite nor PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnavailable("The database URL cannot be read.") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite+pysqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreUnavailable("The database must be a SQLite file or PostgreSQL.")


def open_engine(url: str, limits: Limits) -> Engine:
    """An engine. A SQLite file that is missing is not made: its absence is a fault, not an empty queue (`upgrade` makes it)."""
    parsed = parse(url)
    return _sqlite(parsed, limits) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed, limits)


def _sqlite(url: URL, limits: Limits) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///file:{quote(url.database or '')}?mode=rw&uri=true",
        poolclass=QueuePool,
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.lock,
        hide_parameters=True,
        connect_args={"timeout": limits.lock, "check_same_thread": False, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """FULL: a commit is on the disk before it is acknowledged, also when the power fails.

    Pages are cached by each of the connections (4 MB); the system caches the file once for all of them.
    """
    cursor = connection.cursor()
    try:
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-4000", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """The driver begins nothing by itself (isolation_level None), so that DDL is transactional and a writer locks at once."""
    begin = "BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITING) else "BEGIN"
    cursor = (
        connection.connection.cursor()
    )  # the driver's own: SQLAlchemy's bookkeeping costs several times the statement
    try:
        cursor.execute(begin)
    except sqlite3.Error as error:
        raise DBAPIError.instance(begin, None, error, sqlite3.Error, True, dialect=connection.dialect) from error
    finally:
        cursor.close()


def _postgresql(url: URL, limits: Limits) -> Engine:
    settings = {
        "lock_timeout": int(limits.lock * 1000),
        "statement_timeout": int(limits.statement * 1000),
        "idle_in_transaction_session_timeout": int(limits.idle * 1000),
        "synchronous_commit": "on",
        **_INDEX_PLANS,
    }
    engine = create_engine(
        url,
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.lock,
        hide_parameters=True,
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            "connect_timeout": max(2, int(limits.lock)),
            "application_name": "enablement",
            "prepare_threshold": 2,
            **KEEPALIVES,
        },
    )
    if limits.silence:
        event.listen(
            engine, "do_connect", lambda _dialect, _record, args, params: _impatient(limits.silence, args, params)
        )
    event.listen(engine, "checkin", _remember_use)
    event.listen(engine, "checkout", _ping_when_idle)
    return engine


def _remember_use(_connection: object, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _ping_when_idle(connection: Any, record: Any, _proxy: object) -> None:
    """As `pool_pre_ping`, but only after some idle seconds: a ping at each checkout would cost a round trip a request."""
    used = record.info.get("used")
    if used is None or time.monotonic() - used < _IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except connection_errors() as error:
        raise DisconnectionError from error


def connection_errors() -> tuple[type[Exception], ...]:
    """What the PostgreSQL driver raises; imported here because the driver is an extra that SQLite does not need."""
    import psycopg  # noqa: PLC0415

    return (psycopg.Error,)


def _impatient(seconds: float, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """A connection that is closed, with an OperationalError for whoever waits, when the server says nothing for so long."""
    import psycopg  # noqa: PLC0415 - an extra that SQLite does not need

    class ImpatientConnection(psycopg.Connection):  # type: ignore[misc,unused-ignore]  # its types are an extra too
        def wait(self, gen: Any, *more: Any, **named: Any) -> Any:
            try:
                return super().wait(_within(gen, time.monotonic() + seconds), *more, **named)
            except TimeoutError:
                self.close()
                raise psycopg.OperationalError("the server says nothing") from None

    return ImpatientConnection.connect(*args, **params)


def _within(waiting: Generator[Any, Any, Any], deadline: float) -> Generator[Any, Any, Any]:
    """What the driver waits for; it comes back several times a second to ask. Raises TimeoutError."""
    ready = None  # as `next` sends
    while True:
        try:
            wanted = waiting.send(ready)
        except StopIteration as ended:
            return ended.value
        ready = yield wanted
        if not ready and time.monotonic() > deadline:
            raise TimeoutError
