"""Who was let into repositories, and which submissions came out of them, as rows: the tables, and how they are read and written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    delete,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.core.git.access.ports import Member
from enablement_ext.core.git.repository_names import repository_of_path
from enablement_ext.core.review.lifecycle import OPEN

members = Table(
    "repository_members",
    schema.metadata,
    Column("path", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("write", Integer, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("at", schema.number(), nullable=False),
    PrimaryKeyConstraint("path", "who", name="pk_repository_members"),
    CheckConstraint("write IN (0, 1)", name="member_writes_or_not"),
)
Index("ix_repository_members_who", members.c.who, members.c.path)

origins = Table(
    "submission_repositories",
    schema.metadata,
    Column("path", Text, nullable=False),
    Column("submission", schema.number(), ForeignKey("submissions.number"), nullable=False),
    PrimaryKeyConstraint("path", "submission", name="pk_submission_repositories"),
)


class DatabaseAccessReader:
    """An `AccessReader` over a connection."""

    _connection: Connection

    def members(self, path: str) -> Sequence[Member]:
        """By the primary key."""
        return self._members(select(members).where(members.c.path == path).order_by(members.c.who))

    def memberships(self, who: str) -> Sequence[Member]:
        """By the index of people."""
        return self._members(select(members).where(members.c.who == who).order_by(members.c.path))

    def submissions_from(self, path: str, limit: int) -> Sequence[int]:
        """By the primary key."""
        asked = select(origins.c.submission).where(origins.c.path == path).order_by(origins.c.submission.desc())
        return [row[0] for row in self._connection.execute(asked.limit(limit))]

    def repositories_in_review(self, limit: int) -> Sequence[str]:
        """By a scan of what was sent from repositories, with a lookup for each of it: for a list that somebody opens, not for every request."""
        newest = func.max(origins.c.submission)
        joined = origins.join(schema.submissions, schema.submissions.c.number == origins.c.submission)
        asked = select(origins.c.path).select_from(joined).where(schema.submissions.c.state.in_(OPEN))
        asked = asked.group_by(origins.c.path).order_by(newest.desc()).limit(limit)
        return [row[0] for row in self._connection.execute(asked)]

    def _members(self, asked: Select[tuple[object, ...]]) -> Sequence[Member]:
        found = []
        for row in self._connection.execute(asked):
            repository = repository_of_path(row.path)
            if repository is not None:  # only such were stored
                found.append(Member(repository, row.who, bool(row.write), row.given_by, moment(row.at)))
        return tuple(found)


class DatabaseAccessWriter(DatabaseAccessReader):
    """An `AccessWriter` over a connection."""

    def put_member(self, member: Member) -> None:
        """Insert or replace."""
        values = {"write": int(member.write), "given_by": member.given_by, "at": microseconds(member.at)}
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        insertion = dialect.insert(members).values(path=member.repository.path, who=member.who, **values)
        self._connection.execute(insertion.on_conflict_do_update(index_elements=["path", "who"], set_=values))

    def remove_member(self, path: str, who: str) -> None:
        """Nothing where there is none."""
        self._connection.execute(delete(members).where(members.c.path == path, members.c.who == who))

    def keep_origin(self, path: str, submission: int) -> None:
        """Nothing where it is there."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        insertion = dialect.insert(origins).values(path=path, submission=submission)
        self._connection.execute(insertion.on_conflict_do_nothing())
