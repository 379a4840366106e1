"""Statements as the driver takes them. Their text is made once; a call only fills in values.

Building a statement from its parts and finding its text again costs SQLAlchemy many times what SQLite needs to run it, and sending a
notebook runs a dozen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Dialect,
    Table,
    Text,
    UpdateBase,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import SelectBase

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.commit_notifications import CHANNEL
from enablement_ext.core.review.queue import ENDED


class PreparedStatement:
    """A statement as the driver takes it: the text is made once, a call only fills in values."""

    def __init__(
        self, statement: SelectBase | UpdateBase, dialect: Dialect, columns: Sequence[str] | None = None
    ) -> None:
        """`columns` are those a new row sets, all where None."""
        compiled = statement.compile(dialect=dialect, column_keys=columns, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._fixed: Mapping[str, Any] = {**compiled.params, **dict.fromkeys(columns or ())}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Run it and return all rows, as the driver makes them: describing 25 columns anew costs more than fetching 50 rows.

        Raises SQLAlchemy's error for the driver's, as its own execution would.
        """
        return self._execute(connection, values, fetch=True)[0]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it for what it does, and say how many rows it did it to. Raises as `rows`."""
        return self._execute(connection, values, fetch=False)[1]

    def _execute(
        self, connection: Connection, values: Mapping[str, Any], *, fetch: bool
    ) -> tuple[Sequence[tuple[Any, ...]], int]:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self.filled(values))
            return (cursor.fetchall() if fetch else ()), cursor.rowcount
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, error, self.sql) from error
        finally:
            cursor.close()

    def filled(self, values: Mapping[str, Any]) -> Any:
        """The values in the form, and the order, the driver wants."""
        filled = {**self._fixed, **values}
        return filled if self._order is None else tuple(filled[name] for name in self._order)


def _wrapped(connection: Connection, error: Exception, sql: str) -> BaseException:
    """The driver's error as SQLAlchemy's; when the connection is lost, all of the pool are given up with it."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
        connection.engine.dispose()
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )


@lru_cache(maxsize=64)
def adding(table: Table, dialect: Dialect) -> PreparedStatement:
    """One new row. Values: all columns but those the database makes itself."""
    return PreparedStatement(insert(table), dialect, [column.name for column in table.c if column.computed is None])


@lru_cache(maxsize=8)
def adding_once(table: Table, dialect: Dialect) -> PreparedStatement:
    """One new row, unless there is one with this key already. Values: all columns."""
    columns = [column.name for column in table.c]
    if dialect.name == "sqlite":
        return PreparedStatement(sqlite.insert(table).on_conflict_do_nothing(), dialect, columns)
    return PreparedStatement(postgresql.insert(table).on_conflict_do_nothing(), dialect, columns)


@lru_cache(maxsize=64)
def greatest(table: Table, column: str, dialect: Dialect) -> PreparedStatement:
    """The greatest value of a numbering column."""
    return PreparedStatement(select(func.max(table.c[column])), dialect)


@lru_cache(maxsize=8)
def latest_version(dialect: Dialect) -> PreparedStatement:
    """The greatest version number of a submission. Value: `submission`."""
    table = schema.versions
    return PreparedStatement(
        select(func.max(table.c.number)).where(table.c.submission == _number("submission")), dialect
    )


@lru_cache(maxsize=8)
def kept_receipt(dialect: Dialect) -> PreparedStatement:
    """An author's receipt by its key. Values: `author`, `key`."""
    table = schema.receipts
    return PreparedStatement(
        select(table).where(table.c.author == _text("author"), table.c.key == _text("key")), dialect
    )


@lru_cache(maxsize=8)
def small_file(dialect: Dialect) -> PreparedStatement:
    """A small file's bytes. Value: `sha256`."""
    table = schema.small_files
    return PreparedStatement(select(table.c.content).where(table.c.sha256 == _text("sha256")), dialect)


@lru_cache(maxsize=8)
def sent_before(dialect: Dialect) -> PreparedStatement:
    """The newest version with a content in an author's living submissions. Values: `author`, `content_id`."""
    table, submissions = schema.versions, schema.submissions
    newest = (
        select(table)
        .join(submissions, submissions.c.number == table.c.submission)
        .where(table.c.content_id == _text("content_id"), submissions.c.author == _text("author"))
        .where(submissions.c.state.not_in([literal_column(f"'{state.value}'") for state in sorted(ENDED)]))
        .order_by(table.c.submission.desc(), table.c.number.desc())
        .limit(literal_column("1"))
    )
    return PreparedStatement(newest, dialect)


@lru_cache(maxsize=8)
def chain_head(dialect: Dialect, *, locked: bool) -> PreparedStatement:
    """Number and hash of the newest event; `locked` takes the writer's place on PostgreSQL."""
    head = select(schema.chain_head.c.seq, schema.chain_head.c.hash)
    return PreparedStatement(head.with_for_update() if locked else head, dialect)


@lru_cache(maxsize=8)
def keeping_head(dialect: Dialect) -> PreparedStatement:
    """The chain's new head. Values: `seq`, `hash`. On PostgreSQL other processes are told when it is committed."""
    statement = update(schema.chain_head).values(seq=_number("seq"), hash=_text("hash"))
    if dialect.name == "postgresql":
        return PreparedStatement(statement.returning(func.pg_notify(CHANNEL, "")), dialect)
    return PreparedStatement(statement, dialect)


def _number(name: str) -> BindParameter[int]:
    return bindparam(name, type_=BigInteger())


def _text(name: str) -> BindParameter[str]:
    return bindparam(name, type_=Text())
