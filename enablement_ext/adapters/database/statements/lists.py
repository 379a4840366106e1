"""The statements of the lists: built once for each shape of question, kept as SQL text, run with values.

Every list is one run along one index, from the key of the last row seen, for as many rows as the page has: it costs the same at a
thousand and at a million submissions. The number of rows stands in the text itself, because PostgreSQL plans a parameter there as "a tenth of everything".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Dialect,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    union,
    union_all,
)

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import SUBMISSION
from enablement_ext.adapters.database.statements.prepared import PreparedStatement
from enablement_ext.core.review.queue import COUNT_CAP, QueueFilter

_submissions = schema.submissions
_attention = schema.attention


@dataclass(frozen=True, slots=True)
class QueryShape:
    """What changes the text of a list's statement. `tracks` is how many the viewer reviews."""

    filter: QueueFilter
    tracks: int
    limit: int
    first: bool = True  # the first page: no earlier one can have shown a row already
    path: bool = False


def with_attention(inner: Select[Any]) -> Select[Any]:
    """The rows of `inner` (the columns `SUBMISSION`, then `place`), each once for everybody whose turn it is, in any order."""
    rows = inner.subquery("rows")
    return select(*rows.c, _attention.c.who, _attention.c.since, _attention.c.since_seq).select_from(
        rows.outerjoin(_attention, _attention.c.submission == rows.c.number)
    )


@lru_cache(maxsize=512)
def page(shape: QueryShape, dialect: Dialect) -> PreparedStatement:
    """One page and one row more. Values: `after`, `viewer`, and as the shape says `who0`…, `path`."""
    if shape.filter is QueueFilter.WAITING:
        return PreparedStatement(with_attention(_joined(_turns(shape, shape.limit + 1).subquery("keys"))), dialect)
    place = _place(shape)
    listed = _run(select(*SUBMISSION, place.label("place")), shape, place).limit(_rows(shape.limit + 1))
    return PreparedStatement(with_attention(listed), dialect)


@lru_cache(maxsize=64)
def counters(tracks: int, dialect: Dialect) -> PreparedStatement:
    """Waiting, unclaimed, claimed for a reviewer of so many tracks, each up to the cap. Values: `viewer`, `who0`…."""
    waiting = _turns(QueryShape(QueueFilter.WAITING, tracks, COUNT_CAP), COUNT_CAP, places=False)
    rest = [
        _run(select(_place(shape).label("place")), shape, _place(shape)).limit(_rows(COUNT_CAP))
        for shape in (
            QueryShape(QueueFilter.UNCLAIMED, tracks, COUNT_CAP),
            QueryShape(QueueFilter.MINE, tracks, COUNT_CAP),
        )
    ]
    counted = [select(func.count()).select_from(counted.subquery()).scalar_subquery() for counted in (waiting, *rest)]
    return PreparedStatement(select(*counted), dialect)


@lru_cache(maxsize=8)
def one(dialect: Dialect) -> PreparedStatement:
    """One submission. Value: `number`."""
    inner: Select[Any] = select(*SUBMISSION, literal_column("0").label("place")).where(
        _submissions.c.number == _value("number")
    )
    return PreparedStatement(with_attention(inner), dialect)


@lru_cache(maxsize=64)
def lapsed(limit: int, dialect: Dialect) -> PreparedStatement:
    """Submissions whose claim ended by `now`, the longest ended first."""
    expires = _submissions.c.claim_expires_at
    inner = (
        select(*SUBMISSION, expires.label("place"))
        .where(expires <= _value("now"))
        .order_by(expires, _submissions.c.number)
        .limit(_rows(limit))
    )
    return PreparedStatement(with_attention(inner), dialect)


def _joined(keys: FromClause) -> Select[Any]:
    return select(*SUBMISSION, keys.c.place).join_from(keys, _submissions, _submissions.c.number == keys.c.number)


def _run(statement: Select[Any], shape: QueryShape, place: ColumnElement[int]) -> Select[Any]:
    """The statement along the list's index, from the key of the last row seen."""
    author = _submissions.c.author
    viewer = _value("viewer", Text())
    conditions = {
        QueueFilter.UNCLAIMED: [author != viewer],
        QueueFilter.MINE: [_submissions.c.claim_by == viewer],
        QueueFilter.ALL: [] if shape.tracks else [author == viewer],
        QueueFilter.SENT: [author == viewer],
    }[shape.filter]
    if shape.path:
        conditions.append(_submissions.c.notebook_path == _value("path", Text()))
    after = _value("after")
    beyond = place < after if shape.filter is QueueFilter.SENT else place > after
    return statement.where(*conditions, beyond).order_by(_ordered(shape, place))


def _turns(shape: QueryShape, depth: int, *, places: bool = True) -> Select[Any]:
    """The viewer's turns, each submission once, at its earliest place. Without `places` in any order (to be counted)."""
    branches = [_turn(shape, index, depth, places=places) for index in range(shape.tracks + 1)]
    if len(branches) == 1:
        return branches[0]
    if not places:
        merged = union(*(select(*branch.subquery().c) for branch in branches)).subquery("turns")
        return select(merged.c.number).limit(_rows(depth))
    merged = union_all(*(select(*branch.subquery().c) for branch in branches)).subquery("turns")
    place = func.min(merged.c.place).label("place")
    return select(place, merged.c.number).group_by(merged.c.number).order_by(place).limit(_rows(depth))


def _turn(shape: QueryShape, index: int, depth: int, *, places: bool) -> Select[Any]:
    """The run of one `who`: 0 is the viewer, the others are tracks, which never wait on the author."""
    viewer = _value("viewer", Text())
    columns = [_attention.c.submission.label("number")]
    conditions = [_attention.c.who == _value(f"who{index}", Text()), _attention.c.since_seq > _value("after")]
    if index:
        conditions.append(_attention.c.author != viewer)
    elif not shape.tracks:
        conditions.append(_attention.c.author == viewer)
    if places:
        columns.insert(0, _attention.c.since_seq.label("place"))
        if shape.tracks and not shape.first:
            conditions.append(~_earlier(shape))
    return select(*columns).where(*conditions).order_by(_attention.c.since_seq).limit(_rows(depth))


def _earlier(shape: QueryShape) -> ColumnElement[bool]:
    """Whether the submission has a turn of the viewer's at an earlier place: then an earlier page showed it."""
    other = _attention.alias("other")
    mine = [other.c.who == _value(f"who{index}", Text()) for index in range(shape.tracks + 1)]
    own_track = and_(other.c.who != _value("who0", Text()), other.c.author == _value("viewer", Text()))
    return exists().where(
        other.c.submission == _attention.c.submission,
        other.c.since_seq < _attention.c.since_seq,
        or_(*mine),
        not_(own_track),
    )


def _place(shape: QueryShape) -> ColumnElement[int]:
    """The column a list is ordered by; null in the rows that are not in it."""
    return {
        QueueFilter.UNCLAIMED: _submissions.c.unclaimed_seq,
        QueueFilter.MINE: _submissions.c.waiting_seq,
        QueueFilter.ALL: _submissions.c.reviewed_seq,
        QueueFilter.SENT: _submissions.c.updated_seq,
    }[shape.filter]


def _ordered(shape: QueryShape, place: ColumnElement[int]) -> ColumnElement[int]:
    return place.desc() if shape.filter is QueueFilter.SENT else place


def _rows(count: int) -> ColumnElement[int]:
    return literal_column(str(int(count)))


def _value(name: str, kind: Any = None) -> BindParameter[Any]:
    return bindparam(name, type_=kind or BigInteger())
