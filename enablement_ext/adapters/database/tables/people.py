"""People as rows: the table, and how it is read and written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, Column, Connection, Index, Integer, Select, Table, Text, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.core.access.people import UNTOLD, Account, Person, Records
from enablement_ext.core.errors import Conflict, NotFound

_HELD = text("holds = 1")
people = Table(
    "people",
    schema.metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created", schema.number()),
    Column("holds", Integer, nullable=False),
    Column("bound_at", schema.number(), nullable=False),
    Column("seen_at", schema.number(), nullable=False),
    Column("heir", Text),
    CheckConstraint("holds IN (0, 1)", name="holds_or_not"),
)
Index("ix_people_name", people.c.name, unique=True, sqlite_where=_HELD, postgresql_where=_HELD)
Index("ix_people_created", people.c.created)
Index("ix_people_heir", people.c.heir)


class DatabasePeopleReader:
    """A `PeopleReader` over a connection."""

    _connection: Connection

    def person(self, person: str) -> Person | None:
        """By the primary key."""
        return next(iter(self._people(select(people).where(people.c.id == person))), None)

    def holder(self, name: str) -> Person | None:
        """By the index of names."""
        return next(iter(self._people(select(people).where(people.c.name == name, people.c.holds == 1))), None)

    def records(self, account: Account) -> Records:
        """By the indexes of names and times."""
        holder = self.holder(account.name)
        if account.created == UNTOLD:
            return Records(holder, ())
        same = select(people).where(people.c.created == microseconds(account.created)).order_by(people.c.id)
        return Records(holder, tuple(each for each in self._people(same) if each != holder))

    def people(self, after: str = "", limit: int = 500) -> Sequence[Person]:
        """By the primary key."""
        return self._people(select(people).where(people.c.id > after).order_by(people.c.id).limit(limit))

    def witnesses(self, person: Person, limit: int) -> Sequence[Person]:
        """Whoever was seen last first."""
        bound = people.c.created.is_not(None) & (people.c.holds == 1) & (people.c.id != person.id)
        same_database = people.c.bound_at <= microseconds(person.seen_at)
        if person.created is not None:
            same_database |= people.c.created <= microseconds(person.created)
        asked = select(people).where(bound, same_database).order_by(people.c.seen_at.desc(), people.c.id)
        return self._people(asked.limit(limit))

    def handed_to(self, heir: str) -> Sequence[str]:
        """By the index of heirs."""
        rows = self._connection.execute(select(people.c.id).where(people.c.heir == heir).order_by(people.c.id))
        return tuple(row[0] for row in rows)

    def _people(self, asked: Select[tuple[object, ...]]) -> tuple[Person, ...]:
        return tuple(
            Person(
                id=row.id,
                name=row.name,
                created=None if row.created is None else moment(row.created),
                holds=bool(row.holds),
                bound_at=moment(row.bound_at),
                seen_at=moment(row.seen_at),
                heir=row.heir,
            )
            for row in self._connection.execute(asked)
        )


class DatabasePeopleWriter(DatabasePeopleReader):
    """A `PeopleWriter` over a connection, and what only somebody's heir may be given."""

    def put_person(self, person: Person) -> None:
        """Insert or replace. Raises `Conflict`."""
        holder = select(people.c.id).where(people.c.name == person.name, people.c.holds == 1, people.c.id != person.id)
        if person.holds and self._connection.execute(holder).first():
            raise Conflict
        values = {
            "name": person.name,
            "created": None if person.created is None else microseconds(person.created),
            "holds": int(person.holds),
            "bound_at": microseconds(person.bound_at),
            "seen_at": microseconds(person.seen_at),
            "heir": person.heir,
        }
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        insertion = dialect.insert(people).values(id=person.id, **values)
        self._connection.execute(insertion.on_conflict_do_update(index_elements=["id"], set_=values))

    def set_author(self, submission: int, author: str) -> None:
        """The database has a guard of its own. Raises `NotFound`, `Conflict`."""
        table = schema.submissions
        before = self._connection.execute(select(table.c.author).where(table.c.number == submission)).scalar()
        if before is None:
            raise NotFound
        holder = self.person(before)
        if holder is None or holder.heir != author:
            raise Conflict
        self._connection.execute(update(table).where(table.c.number == submission).values(author=author))
        turns = schema.attention
        self._connection.execute(update(turns).where(turns.c.submission == submission).values(author=author))
