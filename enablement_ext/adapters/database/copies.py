"""Export of a database as one SQLite file, and import of such a file: for backups, and for moving from one engine to the other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Table, insert, select, update

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.engine import WRITING, Limits, open_engine, parse
from enablement_ext.adapters.database.error_translation import translated
from enablement_ext.adapters.database.tables.comment_revisions import comment_revisions
from enablement_ext.adapters.database.tables.confirmations import confirmations
from enablement_ext.adapters.database.tables.drafts import drafts
from enablement_ext.adapters.database.tables.people import people
from enablement_ext.adapters.database.tables.repository_access import members
from enablement_ext.adapters.database.tables.search import DERIVED
from enablement_ext.adapters.database.tables.seen import seen_cells
from enablement_ext.adapters.database.tables.suggestions import suggestions
from enablement_ext.adapters.database.upgrade import upgrade
from enablement_ext.core.errors import StoreUnavailable

_BESIDE = (
    people,
    members,
    confirmations,
    seen_cells,
    drafts,
    comment_revisions,
    suggestions,
)  # tables that `schema.metadata` knows once their modules are imported
_PATIENT = Limits(lock=300.0, statement=0.0, idle=0.0, silence=0.0, connections=2)
_ROWS = 1000


def export_database(url: str, file: Path) -> None:
    """A consistent copy of the database, while others write to it, as a new SQLite file without companions.

    SQLite is copied page by page by its own backup; of PostgreSQL the rows of one snapshot are copied. Raises `StoreUnavailable`, `NoSpace`.
    """
    source = parse(url)
    if source.get_backend_name() == "sqlite":
        _copy_pages(Path(source.database or ""), file)
    else:
        upgrade(f"sqlite:///{file}")
        _copy_rows(url, f"sqlite:///{file}")
    _without_journal(file)


def import_database(file: Path, url: str) -> None:
    """The copy as the contents of an empty database, with this version's tables. Raises `StoreUnavailable`, also where it is not empty."""
    if parse(url).get_backend_name() == "sqlite":
        _copy_pages(file, Path(parse(url).database or ""))
        upgrade(url)
        return
    upgrade(url)
    _copy_rows(f"sqlite:///{file}", url)


def integrity_problems(file: Path) -> list[str]:
    """What SQLite's integrity and foreign key checks report; nothing for a sound file."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            reported = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(10)")]
            broken = connection.execute("PRAGMA foreign_key_check").fetchmany(10)
    except sqlite3.Error as error:
        return [str(error)]
    return [line for line in reported if line != "ok"] + [
        f"a row of {row[0]} names one that is not there" for row in broken
    ]


def _copy_pages(source: Path, target: Path) -> None:
    """Through SQLite's backup: the target has the state of one moment, whatever is written meanwhile."""
    if not source.is_file():
        raise StoreUnavailable("There is no such database.")
    target.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(source, timeout=60)) as old, closing(sqlite3.connect(target)) as new:
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it is this moment's
            old.backup(new)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database could not be copied ({error}).") from error


def _without_journal(file: Path) -> None:
    """Everything in the one file: no write-ahead log beside it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _copy_rows(source: str, target: str) -> None:
    old, new = open_engine(source, _PATIENT), open_engine(target, _PATIENT)
    snapshot = old.execution_options(isolation_level="REPEATABLE READ") if old.dialect.name == "postgresql" else old
    try:
        with (
            translated(),
            snapshot.begin() as reading,
            new.execution_options(**{WRITING: True}).begin() as writing,
        ):
            if writing.execute(select(schema.chain_head.c.seq)).scalar_one():
                raise StoreUnavailable("The database to copy to is not empty.")
            for table in schema.metadata.sorted_tables:
                if table not in DERIVED:  # made anew from what is copied
                    _copy_table(table, reading, writing)
    finally:
        old.dispose()
        new.dispose()


def _copy_table(table: Table, reading: Connection, writing: Connection) -> None:
    columns = [column for column in table.c if column.computed is None]
    rows = reading.execution_options(yield_per=_ROWS).execute(select(*columns).order_by(*table.primary_key))
    if table in {schema.chain_head, schema.instance}:  # there is one row, which every database has
        writing.execute(update(table).values(**rows.mappings().one()))
        return
    for batch in rows.mappings().partitions():
        writing.execute(insert(table), [dict(row) for row in batch])
