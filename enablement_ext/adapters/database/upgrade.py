"""Bringing a database to this version's tables."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from enablement_ext.adapters.database.engine import WRITING, Limits, open_engine
from enablement_ext.adapters.database.faults import translated

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_305_991  # PostgreSQL advisory lock of whoever migrates; any number that nobody else uses
_PATIENT = Limits(lock=300.0, statement=0.0, idle=0.0, connections=1)  # a big table may take a while


def upgrade(url: str, limits: Limits = _PATIENT) -> None:
    """Make or change the tables, in one transaction: all of it or nothing, so that a killed upgrade is simply run again.

    Several processes may start at once: they wait for the first, then find nothing to do. A SQLite file is made when missing.
    Raises `StoreUnavailable` or `NoSpace`.
    """
    engine = open_engine(url, limits, create=True)
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

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
