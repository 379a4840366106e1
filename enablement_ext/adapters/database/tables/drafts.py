"""Drafts as rows, each its author's alone, and which event published those that are none any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import anchor_from, anchor_text, microseconds, moment
from enablement_ext.core.errors import Conflict, DraftsChanged, NotFound
from enablement_ext.core.review.discussion.drafts import MOST_TEXT, RESOLUTIONS, Draft, DraftKind, resolution_of
from enablement_ext.core.review.discussion.suggestions import MOST_SOURCE, Suggestion

_LARGEST = 2**63 - 1
_RESOLVES = "kind IN ('reopen', 'resolve')"
_OPENS = "kind IN ('comment', 'suggestion')"

drafts = Table(
    "drafts",
    schema.metadata,
    Column("id", schema.number(), primary_key=True, autoincrement=False),
    Column("author", Text, nullable=False),
    Column("submission", schema.number(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("anchor", Text),
    Column("thread", schema.number(), ForeignKey("threads.id", name="fk_drafts_thread")),
    Column("text", Text, nullable=False),
    Column("changed_at", schema.number(), nullable=False),
    Column("stamp", schema.number(), nullable=False),
    Column("place", Integer, nullable=False),
    Column("replaces", Text),
    Column("source", Text),
    ForeignKeyConstraint(
        ["submission", "version"], ["versions.submission", "versions.number"], name="fk_drafts_version"
    ),
    UniqueConstraint("author", "submission", "place", name="uq_drafts_place"),
    CheckConstraint("kind IN ('comment', 'reply', 'resolve', 'reopen', 'suggestion')", name="draft_kind_known"),
    CheckConstraint(
        f"({_OPENS}) = (anchor IS NOT NULL) AND ({_OPENS}) = (thread IS NULL)",
        name="draft_subject_whole",
    ),
    CheckConstraint(
        f"(kind = 'suggestion' OR ({_RESOLVES}) = (text = '')) AND length(text) <= {MOST_TEXT}",
        name="draft_text_whole",
    ),
    CheckConstraint(
        "(kind = 'suggestion') = (source IS NOT NULL) AND (kind = 'suggestion') = (replaces IS NOT NULL)"
        f" AND source <> replaces AND length(source) <= {MOST_SOURCE} AND length(replaces) <= {MOST_SOURCE}",
        name="draft_suggestion_whole",
    ),
    CheckConstraint("id >= 1 AND stamp >= 1 AND place >= 1", name="draft_numbers_positive"),
)
Index(
    "ix_drafts_resolution",
    drafts.c.author,
    drafts.c.thread,
    unique=True,
    sqlite_where=text(_RESOLVES),
    postgresql_where=text(_RESOLVES),
)

published_drafts = Table(
    "published_drafts",
    schema.metadata,
    Column("draft", schema.number(), primary_key=True, autoincrement=False),
    Column("author", Text, nullable=False),
    Column("event", schema.number(), ForeignKey("events.seq", name="fk_published_drafts_event"), nullable=False),
)


class DatabaseDraftReader:
    """A `DraftReader` over a connection: every question names whose."""

    _connection: Connection

    def drafts(self, person: str, submission: int) -> Sequence[Draft]:
        """By the unique index of places."""
        if submission > _LARGEST:
            return ()
        own = select(drafts).where(drafts.c.author == person, drafts.c.submission == submission)
        return tuple(_from(row) for row in self._connection.execute(own.order_by(drafts.c.place)))

    def draft(self, person: str, draft: int) -> Draft:
        """By the primary key. Raises `NotFound`."""
        row = self._connection.execute(select(drafts).where(drafts.c.id == draft, drafts.c.author == person)).first()
        if row is None:
            raise NotFound
        return _from(row)

    def count_drafts(self, person: str) -> int:
        """By the unique index of places."""
        counted = select(func.count()).select_from(drafts).where(drafts.c.author == person)
        return int(self._connection.execute(counted).scalar_one())

    def published_drafts(self, person: str, drafts: Sequence[int]) -> Mapping[int, int]:
        """By the primary key."""
        table = published_drafts
        asked = select(table.c.draft, table.c.event).where(table.c.draft.in_(list(drafts)), table.c.author == person)
        return {row.draft: row.event for row in self._connection.execute(asked)}


class DatabaseDraftWriter(DatabaseDraftReader):
    """A `DraftWriter` over a connection."""

    def add_draft(self, draft: Draft) -> Draft:
        """With the place after the greatest. Raises `NotFound`, `Conflict`."""
        self._require_subject(draft)
        own = self.drafts(draft.by, draft.submission)
        if draft.kind in RESOLUTIONS and resolution_of(own, draft.thread or 0, draft.kind):
            raise Conflict
        values = {
            "id": draft.id,
            "author": draft.by,
            "submission": draft.submission,
            "version": draft.version,
            "kind": draft.kind.value,
            "anchor": None if draft.anchor is None else anchor_text(draft.anchor),
            "thread": draft.thread,
            "text": draft.text,
            "changed_at": microseconds(draft.changed_at),
            "stamp": 1,
            "place": max((each.place for each in own), default=0) + 1,
            **_suggestion_values(draft),
        }
        self._connection.execute(insert(drafts).values(values))
        return self.draft(draft.by, draft.id)

    def replace_draft(self, expected_stamp: int, draft: Draft) -> Draft:
        """Compare and swap. Raises `NotFound`, `DraftsChanged`."""
        self.draft(draft.by, draft.id)
        swapped = self._connection.execute(
            update(drafts)
            .where(drafts.c.id == draft.id, drafts.c.stamp == expected_stamp)
            .values(
                text=draft.text,
                changed_at=microseconds(draft.changed_at),
                stamp=expected_stamp + 1,
                **_suggestion_values(draft),
            )
        )
        if swapped.rowcount != 1:
            raise DraftsChanged
        return self.draft(draft.by, draft.id)

    def discard_drafts(self, person: str, drafts: Sequence[int]) -> None:
        """The rows go."""
        self._remove(person, drafts)

    def publish_drafts(self, person: str, drafts: Sequence[int], event: int) -> None:
        """The rows go, and their ids are kept with the event. Raises `NotFound`."""
        if self._remove(person, drafts) != len(drafts):
            raise NotFound
        rows = [{"draft": draft, "author": person, "event": event} for draft in drafts]
        if rows:
            self._connection.execute(insert(published_drafts), rows)

    def _remove(self, person: str, ids: Sequence[int]) -> int:
        return self._connection.execute(
            delete(drafts).where(drafts.c.id.in_(list(ids)), drafts.c.author == person)
        ).rowcount

    def _require_subject(self, draft: Draft) -> None:
        versions, threads = schema.versions, schema.threads
        known = select(versions.c.number).where(
            versions.c.submission == draft.submission, versions.c.number == draft.version
        )
        if self._connection.execute(known).first() is None:
            raise NotFound
        if draft.thread is not None:
            there = select(threads.c.id).where(threads.c.id == draft.thread, threads.c.submission == draft.submission)
            if self._connection.execute(there).first() is None:
                raise NotFound


def _from(row: Any) -> Draft:
    return Draft(
        id=row.id,
        by=row.author,
        submission=row.submission,
        version=row.version,
        kind=DraftKind(row.kind),
        anchor=None if row.anchor is None else anchor_from(row.anchor),
        thread=row.thread,
        text=row.text,
        changed_at=moment(row.changed_at),
        stamp=row.stamp,
        place=row.place,
        suggestion=None if row.source is None else Suggestion(row.replaces, row.source),
    )


def _suggestion_values(draft: Draft) -> dict[str, str | None]:
    suggestion = draft.suggestion
    return {
        "replaces": None if suggestion is None else suggestion.replaces,
        "source": None if suggestion is None else suggestion.source,
    }
