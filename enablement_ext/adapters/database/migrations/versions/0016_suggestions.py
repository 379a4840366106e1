"""Suggested edits, and drafts of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_RESOLVES = "kind IN ('reopen', 'resolve')"
_OPENS = "kind IN ('comment', 'suggestion')"
_SUGGESTED = "thread, submission, replaces, source"
_ONCE = (
    "(OLD.applied_in IS NOT NULL AND (coalesce(NEW.applied_in, -1) <> OLD.applied_in"
    " OR coalesce(NEW.rejected_in, -1) <> coalesce(OLD.rejected_in, -1)))"
    " OR (OLD.rejected_in IS NOT NULL AND coalesce(NEW.rejected_in, -1) <> OLD.rejected_in)"
)


def upgrade() -> None:
    """One table, empty; and `drafts` made anew with its rows, since SQLite changes no constraint of a table that is there."""
    connection = op.get_bind()
    connection.exec_driver_sql("CREATE TEMPORARY TABLE drafts_before AS SELECT * FROM drafts")
    op.drop_table("drafts")
    _drafts()
    connection.exec_driver_sql("INSERT INTO drafts SELECT *, NULL, NULL FROM drafts_before")
    connection.exec_driver_sql("DROP TABLE drafts_before")
    _suggestions()
    _guards()


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
        sa.Column("replaces", sa.Text),
        sa.Column("source", sa.Text),
        sa.ForeignKeyConstraint(
            ["submission", "version"], ["versions.submission", "versions.number"], name="fk_drafts_version"
        ),
        sa.UniqueConstraint("author", "submission", "place", name="uq_drafts_place"),
        sa.CheckConstraint("kind IN ('comment', 'reply', 'resolve', 'reopen', 'suggestion')", name="draft_kind_known"),
        sa.CheckConstraint(
            f"({_OPENS}) = (anchor IS NOT NULL) AND ({_OPENS}) = (thread IS NULL)", name="draft_subject_whole"
        ),
        sa.CheckConstraint(
            f"(kind = 'suggestion' OR ({_RESOLVES}) = (text = '')) AND length(text) <= 20000", name="draft_text_whole"
        ),
        sa.CheckConstraint(
            "(kind = 'suggestion') = (source IS NOT NULL) AND (kind = 'suggestion') = (replaces IS NOT NULL)"
            " AND source <> replaces AND length(source) <= 20000 AND length(replaces) <= 20000",
            name="draft_suggestion_whole",
        ),
        sa.CheckConstraint("id >= 1 AND stamp >= 1 AND place >= 1", name="draft_numbers_positive"),
    )
    op.create_index(
        "ix_drafts_resolution",
        "drafts",
        ["author", "thread"],
        unique=True,
        sqlite_where=sa.text(_RESOLVES),
        postgresql_where=sa.text(_RESOLVES),
    )


def _suggestions() -> None:
    op.create_table(
        "suggestions",
        sa.Column(
            "thread",
            _number(),
            sa.ForeignKey("threads.id", name="fk_suggestions_thread"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("submission", _number(), nullable=False),
        sa.Column("replaces", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("applied_in", sa.Integer),
        sa.Column("rejected_in", _number(), sa.ForeignKey("comments.id", name="fk_suggestions_rejected")),
        sa.ForeignKeyConstraint(
            ["submission", "applied_in"], ["versions.submission", "versions.number"], name="fk_suggestions_applied"
        ),
        sa.CheckConstraint("source <> replaces", name="suggestion_differs"),
        sa.CheckConstraint("length(source) <= 20000 AND length(replaces) <= 20000", name="suggestion_bounded"),
    )


def _guards() -> None:
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    for verb, change, message in (
        ("update", f"UPDATE OF {_SUGGESTED}", "what was suggested never changes"),
        ("delete", "DELETE", "suggestions are kept"),
    ):
        refused = (
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
            if sqlite
            else f" FOR EACH ROW EXECUTE FUNCTION enablement_refuse('{message}')"
        )
        connection.exec_driver_sql(f"CREATE TRIGGER suggestions_no_{verb} BEFORE {change} ON suggestions{refused}")
    message = "what became of a suggestion is said once"
    once = (
        f" WHEN {_ONCE} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        if sqlite
        else f" FOR EACH ROW WHEN ({_ONCE}) EXECUTE FUNCTION enablement_refuse('{message}')"
    )
    connection.exec_driver_sql(f"CREATE TRIGGER suggestions_once BEFORE UPDATE ON suggestions{once}")
    if not sqlite:
        connection.exec_driver_sql(
            "CREATE TRIGGER suggestions_no_truncate BEFORE TRUNCATE ON suggestions"
            " FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('suggestions are kept')"
        )
