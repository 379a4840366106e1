"""The statements that read or write a row by its key: one for each table and dialect, compiled at first use."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Dialect,
    Table,
    Text,
    bindparam,
    column,
    func,
    insert,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.commit_notifications import CHANNEL
from enablement_ext.adapters.database.statements.prepared import PreparedStatement
from enablement_ext.core.review.queue import ENDED


@lru_cache(maxsize=64)
def insert_row(table: Table, dialect: Dialect) -> PreparedStatement:
    """One new row. Values: all columns but those the database makes itself."""
    return PreparedStatement(insert(table), dialect, [column.name for column in table.c if column.computed is None])


@lru_cache(maxsize=8)
def insert_or_ignore(table: Table, dialect: Dialect) -> PreparedStatement:
    """One new row, unless there is one with this key already. Values: all columns."""
    columns = [column.name for column in table.c]
    if dialect.name == "sqlite":
        return PreparedStatement(sqlite.insert(table).on_conflict_do_nothing(), dialect, columns)
    return PreparedStatement(postgresql.insert(table).on_conflict_do_nothing(), dialect, columns)


@lru_cache(maxsize=64)
def greatest_value(table: Table, column: str, dialect: Dialect) -> PreparedStatement:
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
    """Number and hash of the newest event; `locked` takes the write lock on PostgreSQL."""
    head = select(schema.chain_head.c.seq, schema.chain_head.c.hash)
    return PreparedStatement(head.with_for_update() if locked else head, dialect)


@lru_cache(maxsize=8)
def instance(dialect: Dialect) -> PreparedStatement:
    """The random id of this database."""
    return PreparedStatement(select(schema.instance.c.value), dialect)


@lru_cache(maxsize=8)
def revision(dialect: Dialect) -> PreparedStatement:
    """The newest migration that ran on this database."""
    return PreparedStatement(select(column("version_num")).select_from(table("alembic_version")), dialect)


@lru_cache(maxsize=8)
def update_chain_head(dialect: Dialect) -> PreparedStatement:
    """The chain's new head. Values: `seq`, `hash`. On PostgreSQL other processes are told when it is committed."""
    statement = update(schema.chain_head).values(seq=_number("seq"), hash=_text("hash"))
    if dialect.name == "postgresql":
        return PreparedStatement(statement.returning(func.pg_notify(CHANNEL, "")), dialect)
    return PreparedStatement(statement, dialect)


def _number(name: str) -> BindParameter[int]:
    return bindparam(name, type_=BigInteger())


def _text(name: str) -> BindParameter[str]:
    return bindparam(name, type_=Text())
