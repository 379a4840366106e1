"""What people have seen, as rows: their own marks, which nobody else reads and no event tells of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds
from enablement_ext.core.errors import NotFound
from enablement_ext.core.review.differences.seen import SeenMarks

_AT_ONCE = 500  # keys of one statement

read_versions = Table(
    "read_versions",
    schema.metadata,
    Column("person", Text, nullable=False),
    Column("submission", schema.number(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", schema.number(), nullable=False),
    PrimaryKeyConstraint("person", "submission", name="pk_read_versions"),
    ForeignKeyConstraint(
        ["submission", "version"], ["versions.submission", "versions.number"], name="fk_read_versions_version"
    ),
)

seen_cells = Table(
    "seen_cells",
    schema.metadata,
    Column("person", Text, nullable=False),
    Column(
        "submission",
        schema.number(),
        ForeignKey("submissions.number", name="fk_seen_cells_submission"),
        nullable=False,
    ),
    Column("key", Text, nullable=False),
    Column("at", schema.number(), nullable=False),
    PrimaryKeyConstraint("person", "submission", "key", name="pk_seen_cells"),
)


class DatabaseSeenReader:
    """A `SeenReader` over a connection."""

    _connection: Connection

    def seen(self, person: str, submission: int) -> SeenMarks:
        """By the primary keys."""
        version = self._connection.execute(
            select(read_versions.c.version).where(
                read_versions.c.person == person, read_versions.c.submission == submission
            )
        ).scalar()
        keys = self._connection.execute(
            select(seen_cells.c.key).where(seen_cells.c.person == person, seen_cells.c.submission == submission)
        )
        return SeenMarks(version, frozenset(keys.scalars()))


class DatabaseSeenWriter(DatabaseSeenReader):
    """A `SeenWriter` over a connection."""

    def mark_seen(self, person: str, submission: int, keys: Sequence[str], at: datetime) -> None:
        """A row each; those that are there stay."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        rows = [{"person": person, "submission": submission, "key": key, "at": microseconds(at)} for key in keys]
        for start in range(0, len(rows), _AT_ONCE):
            insertion = dialect.insert(seen_cells).values(rows[start : start + _AT_ONCE])
            self._connection.execute(insertion.on_conflict_do_nothing())

    def unmark_seen(self, person: str, submission: int, keys: Sequence[str]) -> None:
        """The rows go."""
        for start in range(0, len(keys), _AT_ONCE):
            named = seen_cells.c.key.in_(list(keys[start : start + _AT_ONCE]))
            self._connection.execute(
                delete(seen_cells).where(seen_cells.c.person == person, seen_cells.c.submission == submission, named)
            )

    def mark_read(self, person: str, submission: int, version: int, at: datetime) -> None:
        """Insert, or replace an older one. Raises `NotFound`."""
        table = schema.versions
        known = select(table.c.number).where(table.c.submission == submission, table.c.number == version)
        if self._connection.execute(known).first() is None:
            raise NotFound
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        values = {"version": version, "at": microseconds(at)}
        insertion = dialect.insert(read_versions).values(person=person, submission=submission, **values)
        self._connection.execute(
            insertion.on_conflict_do_update(
                index_elements=["person", "submission"], set_=values, where=read_versions.c.version < version
            )
        )
