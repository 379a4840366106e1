"""The tables. What must never be false is a constraint here, so that no code path can make it false.

Times are microseconds since 1970 in UTC as 64-bit integers: exact, ordered, and the same on both databases. Structured values are
JSON text, byte for byte as written (an event's hash covers its data). The migrations make exactly this; a test compares them.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from enablement_ext.core.images.requests.package_requests import RequestState, Solved
from enablement_ext.core.review.models import HandedOver, Stage, State, Verdict
from enablement_ext.core.review.queue import IN_REVIEW

REVISION = "0018"  # the newest migration; what `ready` asks for

metadata = MetaData()


def number() -> TypeEngine[int]:
    """64 bits; on SQLite the type that makes a primary key the row's own number."""
    return BigInteger().with_variant(Integer(), "sqlite")


def _quoted(values: list[StrEnum]) -> str:
    return ", ".join(f"'{value.value}'" for value in values)


def _one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({_quoted(list(kind))})", name=f"{column}_known")


_UNCLAIMED = "state = 'submitted' AND claim_by IS NULL"
_REVIEWED = f"state IN ({_quoted([state for state in State if state in IN_REVIEW])})"

submissions = Table(
    "submissions",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("author", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Text),  # null: not answered
    Column("handed_over", Text),
    Column("notebook_path", Text, nullable=False),
    Column("image_slug", Text, nullable=False),
    Column("image_release", Text, nullable=False),
    Column("image_digest", Text, nullable=False),
    Column("image_python", Text, nullable=False),
    Column("latest", Integer, nullable=False),
    Column("content_id", Text, nullable=False),
    Column("created_at", number(), nullable=False),
    Column("updated_at", number(), nullable=False),
    Column("updated_seq", number(), nullable=False),
    Column("stamp", number(), nullable=False),
    Column("claim_by", Text),
    Column("claim_since", number()),
    Column("claim_expires_at", number()),
    Column("open_threads", Integer, nullable=False),
    Column("waiting_seq", number(), nullable=False),  # core.queue.waiting_place
    Column(
        "search_text", Text, nullable=False
    ),  # "": read by the version before 0015, whose pods still write it during an upgrade
    # The place in a list, null when not in it: each list has an index that no other list's question can be answered from, so that
    # no planner can take the long way through a neighbour's.
    Column("unclaimed_seq", number(), Computed(f"CASE WHEN {_UNCLAIMED} THEN waiting_seq END", persisted=True)),
    Column("reviewed_seq", number(), Computed(f"CASE WHEN {_REVIEWED} THEN waiting_seq END", persisted=True)),
    _one_of("state", State),
    _one_of("stage", Stage),
    _one_of("handed_over", HandedOver),
    CheckConstraint("number >= 1 AND latest >= 1 AND stamp >= 1 AND open_threads >= 0", name="numbers_positive"),
    CheckConstraint(
        "(claim_by IS NULL AND claim_since IS NULL AND claim_expires_at IS NULL)"
        " OR (claim_by IS NOT NULL AND claim_since IS NOT NULL AND claim_expires_at IS NOT NULL)",
        name="claim_whole",
    ),
)
# One index a list. Unique because two submissions never share a place: a page's key is one number.
Index("ix_submissions_sent", submissions.c.author, submissions.c.updated_seq, unique=True)
Index("ix_submissions_sent_path", submissions.c.author, submissions.c.notebook_path, submissions.c.updated_seq)
for _name, _columns, _unique in (
    ("ix_submissions_unclaimed", ("unclaimed_seq", "author"), False),
    ("ix_submissions_reviewed", ("reviewed_seq",), True),
    ("ix_submissions_reviewed_own", ("author", "reviewed_seq"), True),
    ("ix_submissions_claimed", ("claim_by", "waiting_seq"), True),
    ("ix_submissions_lapse", ("claim_expires_at", "number"), False),
):
    _where = text(f"{next(column for column in _columns if column != 'author')} IS NOT NULL")
    Index(
        _name,
        *(submissions.c[column] for column in _columns),
        unique=_unique,
        sqlite_where=_where,
        postgresql_where=_where,
    )

# Whose turn it is. On SQLite the table is its own index: what a page or a count walks is one run of neighbouring rows.
attention = Table(
    "attention",
    metadata,
    Column("who", Text, nullable=False),
    Column("since_seq", number(), nullable=False),
    Column("submission", number(), ForeignKey("submissions.number", name="fk_attention_submission"), nullable=False),
    Column("since", number(), nullable=False),
    Column("author", Text, nullable=False),  # of the submission: a track never waits on the author
    PrimaryKeyConstraint("who", "since_seq", name="pk_attention"),
    UniqueConstraint("submission", "who", name="uq_attention_turn"),
    sqlite_with_rowid=False,
)

versions = Table(
    "versions",
    metadata,
    Column("submission", number(), ForeignKey("submissions.number", name="fk_versions_submission"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content_id", Text, nullable=False),
    Column("notebook", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("image_slug", Text, nullable=False),
    Column("image_release", Text, nullable=False),
    Column("image_digest", Text, nullable=False),
    Column("image_python", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("git", Text),
    Column("changes", Text, nullable=False),
    Column("sent_at", number(), nullable=False),
    Column("sent_by", Text, nullable=False),
    PrimaryKeyConstraint("submission", "number", name="pk_versions"),
    UniqueConstraint("submission", "number", "content_id", name="uq_versions_content"),
    CheckConstraint("number >= 1", name="version_positive"),
)
Index("ix_versions_content", versions.c.content_id, versions.c.submission, versions.c.number)


def _of_content(name: str, *, deferred: bool = False) -> ForeignKeyConstraint:
    """Bound to a version and to exactly its content (design P5)."""
    return ForeignKeyConstraint(
        ["submission", "version", "content_id"],
        ["versions.submission", "versions.number", "versions.content_id"],
        name=name,
        deferrable=True if deferred else None,
        initially="DEFERRED" if deferred else None,
    )


threads = Table(
    "threads",
    metadata,
    Column("id", number(), primary_key=True, autoincrement=False),
    Column("submission", number(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("resolved_by", Text),
    Column("resolved_at", number()),
    ForeignKeyConstraint(
        ["submission", "version"], ["versions.submission", "versions.number"], name="fk_threads_version"
    ),
    CheckConstraint("(resolved_by IS NULL) = (resolved_at IS NULL)", name="resolved_whole"),
)
Index("ix_threads_submission", threads.c.submission, threads.c.id)

comments = Table(
    "comments",
    metadata,
    Column("id", number(), primary_key=True, autoincrement=False),
    Column("thread", number(), ForeignKey("threads.id", name="fk_comments_thread"), nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", number(), nullable=False),
)
Index("ix_comments_thread", comments.c.thread, comments.c.id)

decisions = Table(
    "decisions",
    metadata,
    Column("id", number(), primary_key=True, autoincrement=False),
    Column("submission", number(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_id", Text, nullable=False),
    Column("track", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", number(), nullable=False),
    Column("fallen_because", Text),
    _of_content("fk_decisions_content"),
    _one_of("verdict", Verdict),
)
Index("ix_decisions_submission", decisions.c.submission, decisions.c.id)

receipts = Table(
    "receipts",
    metadata,
    Column("author", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body_sha256", Text, nullable=False),
    Column("submission", number(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_id", Text, nullable=False),
    Column("notebook_sha256", Text, nullable=False),
    Column("received_at", number(), nullable=False),
    Column("title", Text, nullable=False),
    PrimaryKeyConstraint("author", "key", name="pk_receipts"),
    _of_content("fk_receipts_content", deferred=True),
)

events = Table(
    "events",
    metadata,
    Column("seq", number(), primary_key=True, autoincrement=False),
    Column("at", number(), nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column(
        "submission",
        number(),
        ForeignKey("submissions.number", name="fk_events_submission", deferrable=True, initially="DEFERRED"),
    ),
    Column("version", Integer),
    Column("data", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("previous", name="uq_events_previous"),
    UniqueConstraint("hash", name="uq_events_hash"),
)
Index("ix_events_submission", events.c.submission, events.c.seq)

# Access grants: who may open which repository until when. No credential stands here; what must be revoked is found by the grant's id.
# The table and its indexes keep the name of the migration that made them: migrations are frozen.
grants = Table(
    "leases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("forge", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("write", Integer, nullable=False),
    Column("until", number(), nullable=False),
    CheckConstraint("write IN (0, 1)", name="write_or_not"),
)
Index("ix_leases_until", grants.c.forge, grants.c.until)
Index("ix_leases_who", grants.c.who, grants.c.path)

# Deliveries of a forge by their names, so that none counts twice.
deliveries = Table(
    "deliveries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("at", number(), nullable=False),
)
Index("ix_deliveries_at", deliveries.c.at)

# What is small enough to be written by the transaction that names it: one barrier instead of three.
small_files = Table(
    "small_files",
    metadata,
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("sha256", name="pk_small_files"),
)

# Requests for packages. Only the columns from `state` on ever change.
package_requests = Table(
    "package_requests",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("author", Text, nullable=False),
    Column("package", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("image", Text, nullable=False),
    Column("release", Text, nullable=False),
    Column("python", Text, nullable=False),
    Column("asked_at", number(), nullable=False),
    Column("state", Text, nullable=False),
    Column("stamp", number(), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_by", Text),
    Column("answered_at", number()),
    Column("solved", Text, nullable=False),
    Column("solver", Text, nullable=False),
    _one_of("state", RequestState),
    _one_of("solved", Solved),
    CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answered_whole"),
    CheckConstraint("(state = 'requested') = (answered_by IS NULL)", name="answered_once"),
    CheckConstraint("number >= 1 AND stamp >= 1", name="numbers_positive"),
)
Index("ix_package_requests_author", package_requests.c.author, package_requests.c.number)
Index("ix_package_requests_state", package_requests.c.state, package_requests.c.solved, package_requests.c.number)

# Number and hash of the newest event; the row every writer locks first, so that writers run one after the other.
chain_head = Table(
    "chain_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", number(), nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# A random id that no two databases share but copies of one: by it a database is recognised that was exchanged under a running service.
instance = Table(
    "instance",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    CheckConstraint("id = 1", name="one_instance"),
)
