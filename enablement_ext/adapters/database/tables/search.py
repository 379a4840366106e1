"""What can be found: the texts behind the index, what is still to be indexed, and the searches that people keep."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import SUBMISSION, placed_submissions
from enablement_ext.adapters.database.statements.lists import with_attention
from enablement_ext.adapters.database.tables.search_index import TermIndex
from enablement_ext.core.errors import NotFound, TooManySearches
from enablement_ext.core.review.models import State, Submission
from enablement_ext.core.review.ports import ReviewReader
from enablement_ext.core.review.search.documents import Passage, PassageKind, SearchContent, standing, talk
from enablement_ext.core.review.search.ports import FoundPage, FoundSubmission, IndexProgress, SearchQuestion
from enablement_ext.core.review.search.saved import MOST_SAVED, SavedSearch

_LARGEST = 2**63 - 1

search_documents = Table(
    "search_documents",
    schema.metadata,
    Column(
        "submission",
        schema.number(),
        ForeignKey("submissions.number", name="fk_search_documents_submission"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("version", Integer, nullable=False),  # whose content is indexed
    Column("content", LargeBinary, nullable=False),  # texts, to show where something was found
    Column("talk", LargeBinary, nullable=False),
)

# No foreign key: an event comes before the submission that it is about.
search_pending = Table(
    "search_pending",
    schema.metadata,
    Column("submission", schema.number(), primary_key=True, autoincrement=False),
)

saved_searches = Table(
    "saved_searches",
    schema.metadata,
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    PrimaryKeyConstraint("person", "name", name="pk_saved_searches"),
)

DERIVED = frozenset({search_documents, search_pending})

_BY_NUMBER = with_attention(
    select(*SUBMISSION, literal_column("0").label("place")).where(
        schema.submissions.c.number.in_(bindparam("numbers", expanding=True))
    )
)
_TEXTS = select(search_documents).where(search_documents.c.submission.in_(bindparam("numbers", expanding=True)))


class DatabaseSearchReader:
    """A `SearchReader` over a connection."""

    _connection: Connection

    def find(self, question: SearchQuestion) -> FoundPage:
        """Numbers from the index, then rows by their keys. Raises `SearchTooBroad`."""
        before = _LARGEST if question.before is None else min(question.before, _LARGEST)
        index = TermIndex(self._connection)
        numbers = index.numbers(question.conditions, question.author, before, question.limit + 1)
        shown = numbers[: question.limit]
        if not shown:
            return FoundPage((), None)
        rows = self._connection.execute(_BY_NUMBER, {"numbers": shown})
        found = {
            entry.submission.number: entry.submission for entry in placed_submissions([tuple(row) for row in rows])
        }
        texts = self._texts(shown) if question.texts else {}
        items = tuple(FoundSubmission(found[number], texts.get(number, ())) for number in shown)
        return FoundPage(items, shown[-1] if len(numbers) > question.limit else None)

    def index_progress(self) -> IndexProgress:
        """What is waiting is counted; submissions are numbered without gaps."""
        waiting = self._connection.execute(select(func.count()).select_from(search_pending)).scalar_one()
        total = self._connection.execute(select(func.max(schema.submissions.c.number))).scalar_one() if waiting else 0
        return IndexProgress(int(waiting), int(total or 0))

    def unindexed(self, limit: int, below: int | None = None) -> Sequence[int]:
        """By the primary key."""
        column = search_pending.c.submission
        waiting = select(column).where(column < (_LARGEST if below is None else below))
        return tuple(self._connection.execute(waiting.order_by(column.desc()).limit(limit)).scalars())

    def saved_searches(self, person: str) -> Sequence[SavedSearch]:
        """By the primary key."""
        table = saved_searches
        own = select(table.c.name, table.c.query).where(table.c.person == person).order_by(table.c.name)
        return tuple(sorted((SavedSearch(*row) for row in self._connection.execute(own)), key=lambda each: each.name))

    def _texts(self, numbers: Sequence[int]) -> dict[int, tuple[Passage, ...]]:
        rows = self._connection.execute(_TEXTS, {"numbers": numbers})
        return {row.submission: (*_unpacked(row.content), *_unpacked(row.talk)) for row in rows}


class DatabaseSearchWriter(DatabaseSearchReader):
    """A `SearchWriter` over a connection. What is to be indexed is staged, and written once, when the transaction ends."""

    _staged: dict[int, SearchContent | None]

    def index_content(self, submission: int, content: SearchContent) -> bool:
        """Staged, unless it is of another version. Raises `NotFound`."""
        table = schema.submissions
        latest = self._connection.execute(select(table.c.latest).where(table.c.number == submission)).scalar()
        if latest is None:
            raise NotFound
        if latest != content.version:
            return False
        self._staged[submission] = content
        return True

    def save_search(self, person: str, saved: SavedSearch) -> None:
        """Insert or replace. Raises `TooManySearches`."""
        others = [each for each in self.saved_searches(person) if each.name != saved.name]
        if len(others) >= MOST_SAVED:
            raise TooManySearches(facts={"most": MOST_SAVED})
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        insertion = dialect.insert(saved_searches).values(person=person, name=saved.name, query=saved.query)
        self._connection.execute(
            insertion.on_conflict_do_update(index_elements=["person", "name"], set_={"query": saved.query})
        )

    def forget_search(self, person: str, name: str) -> None:
        """The row goes."""
        table = saved_searches
        self._connection.execute(delete(table).where(table.c.person == person, table.c.name == name))


def index_submission(
    reader: ReviewReader, connection: Connection, submission: Submission, content: SearchContent | None
) -> None:
    """Leave the index of a submission as it stands now, with the content that is given, or that is there: of an earlier version until the newest is indexed."""
    table, number = search_documents, submission.number
    if submission.state is State.WITHDRAWN:
        _remove(connection, number)
        return
    indexed = connection.execute(select(table.c.version).where(table.c.submission == number)).scalar()
    if content is None and indexed is None:
        return
    said = talk(reader.threads(number))
    facts = standing(submission, reader.version(number, submission.latest), reader.decisions(number))
    values: dict[str, Any] = {"talk": _packed(said.shown)}
    if content is None:
        TermIndex(connection).put_beside(number, said, facts)
    else:
        TermIndex(connection).put(number, content.text, said, facts)
        values |= {"version": content.version, "content": _packed(content.text.shown)}
    if indexed is None:
        connection.execute(insert(table).values(submission=number, **values))
    else:
        connection.execute(update(table).where(table.c.submission == number).values(values))
    if (indexed if content is None else content.version) == submission.latest:
        _done(connection, number)


def _remove(connection: Connection, number: int) -> None:
    TermIndex(connection).remove(number)
    connection.execute(delete(search_documents).where(search_documents.c.submission == number))
    _done(connection, number)


def _done(connection: Connection, number: int) -> None:
    connection.execute(delete(search_pending).where(search_pending.c.submission == number))


def _packed(passages: Sequence[Passage]) -> bytes:
    rows = [[each.kind.value, each.where, each.text] for each in passages]
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode("utf-8", "replace"), 1)


def _unpacked(packed: Any) -> tuple[Passage, ...]:
    rows = json.loads(zlib.decompress(bytes(packed)))
    return tuple(Passage(PassageKind(kind), where, text) for kind, where, text in rows)
