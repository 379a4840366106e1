"""Bringing a database to this version's tables."""

from __future__ import annotations

import errno
from pathlib import Path

from sqlalchemy import URL, Connection

from enablement_ext.adapters.database.engine import WRITING, Limits, open_engine, parse
from enablement_ext.adapters.database.error_translation import translated
from enablement_ext.adapters.database.identity import refuse_newer
from enablement_ext.core.errors import NoSpace, StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_305_991  # PostgreSQL advisory lock of whoever migrates; any number that nobody else uses
_PATIENT = Limits(lock=300.0, statement=0.0, idle=0.0, silence=0.0, connections=1)  # a big table may take a while


def upgrade(url: str, limits: Limits = _PATIENT) -> None:
    """Make or change the tables, in one transaction: all of it or nothing, so that a killed upgrade is simply run again.

    Several processes may start at once: they wait for the first, then find nothing to do. A SQLite file is made when missing.
    Raises `StoreUnavailable` or `NoSpace`.
    """
    _make_file(parse(url))
    engine = open_engine(url, limits)
    try:
        with translated():
            if engine.dialect.name == "sqlite":
                with engine.connect() as connection:
                    _write_ahead(connection)
            with engine.execution_options(**{WRITING: True}).begin() as connection:
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                _run(connection)
    finally:
        engine.dispose()


def sqlite_file(url: str) -> str:
    """The path in a SQLite URL. Raises `StoreUnavailable` where it names none."""
    return parse(url).database or ""


def _make_file(url: URL) -> None:
    """An empty SQLite file that only this account reads; SQLite gives its companions the same permissions."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return
    try:
        Path(url.database).touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise (NoSpace() if error.errno == errno.ENOSPC else StoreUnavailable()) from error


def _write_ahead(connection: Connection) -> None:
    """Readers and the writer do not wait for each other. The mode stays in the file; it cannot change inside a transaction."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
    finally:
        cursor.close()


def _run(connection: Connection) -> None:
    """Alembic on this connection. Imported here: it takes a third of a second that no start of the service should pay."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None:
        refuse_newer(found)
    command.upgrade(config, "head")
