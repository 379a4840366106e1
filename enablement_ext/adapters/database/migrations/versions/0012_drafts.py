"""Drafts until they are published, and what comments said after they were changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_KEPT: dict[str, dict[str, str]] = {
    "comments": {"UPDATE": "what was published never changes", "DELETE": "comments are kept"},
    "comment_revisions": {
        "UPDATE": "the history of a comment never changes",
        "DELETE": "the history of a comment is kept",
    },
    "published_drafts": {"UPDATE": "what was published never changes", "DELETE": "what was published is kept"},
}
_RESOLVES = sa.text("kind IN ('reopen', 'resolve')")


def upgrade() -> None:
    """Three tables, empty; and a published comment's own row changes no more."""
    _drafts()
    _revisions()
    for table, messages in _KEPT.items():
        _guard(table, messages)


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", _number(), primary_key=True, autoincrement=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("submission", _number(), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("anchor", sa.Text),
        sa.Column("thread", _number(), sa.ForeignKey("threads.id", name="fk_drafts_thread")),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed_at", _number(), nullable=False),
        sa.Column("stamp", _number(), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["submission", "version"], ["versions.submission", "versions.number"], name="fk_drafts_version"
        ),
        sa.UniqueConstraint("author", "submission", "place", name="uq_drafts_place"),
        sa.CheckConstraint("kind IN ('comment', 'reply', 'resolve', 'reopen')", name="draft_kind_known"),
        sa.CheckConstraint(
            "(kind = 'comment') = (anchor IS NOT NULL) AND (kind = 'comment') = (thread IS NULL)",
            name="draft_subject_whole",
        ),
        sa.CheckConstraint(
            "(kind IN ('reopen', 'resolve')) = (text = '') AND length(text) <= 20000", name="draft_text_whole"
        ),
        sa.CheckConstraint("id >= 1 AND stamp >= 1 AND place >= 1", name="draft_numbers_positive"),
    )
    op.create_index(
        "ix_drafts_resolution",
        "drafts",
        ["author", "thread"],
        unique=True,
        sqlite_where=_RESOLVES,
        postgresql_where=_RESOLVES,
    )
    op.create_table(
        "published_drafts",
        sa.Column("draft", _number(), primary_key=True, autoincrement=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("event", _number(), sa.ForeignKey("events.seq", name="fk_published_drafts_event"), nullable=False),
    )


def _revisions() -> None:
    op.create_table(
        "comment_revisions",
        sa.Column(
            "comment", _number(), sa.ForeignKey("comments.id", name="fk_comment_revisions_comment"), nullable=False
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", _number(), nullable=False),
        sa.Column("event", _number(), sa.ForeignKey("events.seq", name="fk_comment_revisions_event"), nullable=False),
        sa.PrimaryKeyConstraint("comment", "number", name="pk_comment_revisions"),
        sa.UniqueConstraint("event", name="uq_comment_revisions_event"),
        sa.CheckConstraint("number >= 1", name="revision_positive"),
    )


def _guard(table: str, messages: dict[str, str]) -> None:
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    for verb, message in messages.items():
        refused = (
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
            if sqlite
            else f" FOR EACH ROW EXECUTE FUNCTION enablement_refuse('{message}')"
        )
        connection.exec_driver_sql(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}{refused}")
    if not sqlite:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('{table} are kept')"
        )
