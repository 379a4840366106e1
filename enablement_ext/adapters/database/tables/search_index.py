"""The index of terms in each engine: FTS5 of SQLite, a tsvector with a GIN index in PostgreSQL. Both hold terms of `core.review.search.terms`.

So neither engine's own idea of words matters, and a question is made of terms in quotes: letters, digits and underscores, nothing that means
something to an engine. Both are lists of submissions by term, read from the newest submission on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from enablement_ext.core.errors import SearchTooBroad
from enablement_ext.core.review.search.conditions import Condition, Phrase
from enablement_ext.core.review.search.documents import GAP, IndexedText

SECONDS = 5.0  # for one question
_INTERRUPTED, _CANCELLED = 9, "57014"  # how SQLite and PostgreSQL say that a statement was ended
_STEPS = 20_000  # of SQLite's machine between two looks at the clock

# Every change of a submission is an event, whoever writes it, also a pod of an earlier version: what is not indexed at once waits for it.
_PENDING = "INSERT INTO search_pending (submission) VALUES (NEW.submission) ON CONFLICT DO NOTHING"
_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(words, talk, alone, facts, tokenize=\"ascii tokenchars '_'\", columnsize=0)",
    (
        "CREATE TRIGGER events_to_index AFTER INSERT ON events WHEN NEW.submission IS NOT NULL"
        " BEGIN INSERT OR IGNORE INTO search_pending (submission) VALUES (NEW.submission); END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE TABLE search_index (submission BIGINT PRIMARY KEY, words tsvector NOT NULL, talk tsvector NOT NULL,"
        " terms tsvector NOT NULL)"
    ),
    "CREATE INDEX ix_search_index_terms ON search_index USING gin (terms)",
    (
        "CREATE FUNCTION enablement_to_index() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF NEW.submission IS NOT NULL THEN {_PENDING}; END IF; RETURN NULL; END $$"
    ),
    "CREATE TRIGGER events_to_index AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION enablement_to_index()",
)

_FIND_SQLITE = (
    "SELECT search_index.rowid FROM search_index CROSS JOIN submissions ON submissions.number = search_index.rowid"
    " WHERE search_index MATCH :wanted AND search_index.rowid < :before AND submissions.state <> 'withdrawn'{own}"
    " ORDER BY search_index.rowid DESC LIMIT :rows"
)
_FIND_POSTGRESQL = (
    "SELECT search_index.submission FROM search_index JOIN submissions ON submissions.number = search_index.submission"
    " WHERE search_index.terms @@ CAST(:wanted AS tsquery) AND search_index.submission < :before"
    " AND submissions.state <> 'withdrawn'{own} ORDER BY search_index.submission DESC LIMIT :rows"
)
_REMOVE_SQLITE = "DELETE FROM search_index WHERE rowid = :number"
_REMOVE_POSTGRESQL = "DELETE FROM search_index WHERE submission = :number"
_OWN = " AND submissions.author = :author"
# Elsewhere plans are generic and along one index; how many submissions have a term, only the values say.
_PLANNED = text(
    "SELECT set_config('enable_bitmapscan', 'on', true), set_config('plan_cache_mode', 'force_custom_plan', true),"
    f" set_config('statement_timeout', '{int(SECONDS * 1000)}', true)"
)


def index_statements(dialect: str) -> Sequence[str]:
    """The SQL that makes the index, empty, and the trigger that says what is to be indexed."""
    return _SQLITE if dialect == "sqlite" else _POSTGRESQL


class TermIndex:
    """The index, over a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    def numbers(self, wanted: Sequence[Condition], author: str | None, before: int, rows: int) -> list[int]:
        """The newest submissions below `before` that meet all conditions. Raises `SearchTooBroad`."""
        statement = (_FIND_SQLITE if self._sqlite else _FIND_POSTGRESQL).format(own="" if author is None else _OWN)
        asked = fts5_query(wanted) if self._sqlite else tsquery(wanted)
        values = {"wanted": asked, "before": before, "rows": rows, **({} if author is None else {"author": author})}
        with self._bounded():
            return [int(row[0]) for row in self._connection.execute(text(statement), values)]

    def put(self, submission: int, content: IndexedText, talk: IndexedText, facts: Collection[str]) -> None:
        """Insert or replace."""
        if self._sqlite:
            self.remove(submission)
            values = {"words": " ".join(content.run), "alone": " ".join(sorted(content.alone))}
            columns = "INSERT INTO search_index (rowid, words, alone, talk, facts) VALUES (:number, :words, :alone, :talk, :facts)"
            self._run(columns, submission, **values, **_beside(talk, facts))
            return
        self._run(
            "INSERT INTO search_index (submission, words, talk, terms) VALUES"
            " (:number, CAST(:words AS tsvector), CAST(:talk AS tsvector), CAST(:words AS tsvector) || CAST(:talk AS tsvector))"
            " ON CONFLICT (submission) DO UPDATE SET words = excluded.words, talk = excluded.talk, terms = excluded.terms",
            submission,
            words=tsvector(content.run, content.alone),
            talk=tsvector((GAP, *talk.run), talk.alone | set(facts)),
        )

    def put_beside(self, submission: int, talk: IndexedText, facts: Collection[str]) -> None:
        """Replace all but the content."""
        if self._sqlite:
            self._run(
                "UPDATE search_index SET talk = :talk, facts = :facts WHERE rowid = :number",
                submission,
                **_beside(talk, facts),
            )
            return
        self._run(
            "UPDATE search_index SET talk = CAST(:talk AS tsvector), terms = words || CAST(:talk AS tsvector)"
            " WHERE submission = :number",
            submission,
            talk=tsvector((GAP, *talk.run), talk.alone | set(facts)),
        )

    def remove(self, submission: int) -> None:
        """What is not there stays so."""
        self._run(_REMOVE_SQLITE if self._sqlite else _REMOVE_POSTGRESQL, submission)

    def _run(self, statement: str, number: int, **values: str) -> None:
        self._connection.execute(text(statement), {"number": number, **values})

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        driver: Any = self._connection.connection.dbapi_connection
        if self._sqlite:
            end = monotonic() + SECONDS
            driver.set_progress_handler(lambda: monotonic() > end, _STEPS)
        else:
            self._connection.execute(_PLANNED)
        try:
            yield
        except DBAPIError as error:
            if _ended(error.orig):
                raise SearchTooBroad from error
            raise
        finally:
            if self._sqlite:
                driver.set_progress_handler(None, 0)


def fts5_query(wanted: Sequence[Condition]) -> str:
    """The conditions in FTS5's language."""
    must = " AND ".join(f"({_fts5_any(each)})" for each in wanted if not each.negated)
    never = " OR ".join(f"({_fts5_any(each)})" for each in wanted if each.negated)
    return f"({must}) NOT ({never})" if never else must


def tsquery(wanted: Sequence[Condition]) -> str:
    """The conditions in PostgreSQL's language."""
    return " & ".join(
        f"{'!' if each.negated else ''}({' | '.join(map(_tsquery_phrase, each.any_of))})" for each in wanted
    )


def tsvector(run: Sequence[str], alone: Collection[str]) -> str:
    """Terms with their places, and terms without one."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for at, term in enumerate(run, start=1):
        if term != GAP:
            places[term].append(str(at))
    placed = [f"'{term}':{','.join(found)}" for term, found in places.items()]
    return " ".join([*placed, *(f"'{term}'" for term in alone if term not in places)])


def _beside(talk: IndexedText, facts: Collection[str]) -> dict[str, str]:
    return {"talk": " ".join(talk.run), "facts": " ".join(sorted(talk.alone | set(facts)))}


def _fts5_any(condition: Condition) -> str:
    return " OR ".join(map(_fts5_phrase, condition.any_of))


def _fts5_phrase(phrase: Phrase) -> str:
    # Terms stand next to each other in two columns; in the others only by accident.
    columns = "{words talk} : " if len(phrase.terms) > 1 else ""
    return f'{columns}"{" ".join(phrase.terms)}"{" *" if phrase.prefix else ""}'


def _tsquery_phrase(phrase: Phrase) -> str:
    quoted = [f"'{term}'" for term in phrase.terms]
    return f"({' <-> '.join(quoted)}{':*' if phrase.prefix else ''})"


def _ended(original: BaseException | None) -> bool:
    code = getattr(original, "sqlite_errorcode", None)
    return code == _INTERRUPTED or getattr(original, "sqlstate", None) == _CANCELLED
