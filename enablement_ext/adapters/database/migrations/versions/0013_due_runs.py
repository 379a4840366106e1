"""Runs of versions that are due. Versions that were stored before are run when somebody asks for it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_RESULT = ("outcome", "reason", "line", "document", "notebook")
_THERE = " AND ".join(f"{name} IS NOT NULL" for name in _RESULT)
_ABSENT = " AND ".join(f"{name} IS NULL" for name in _RESULT)
_ASKED = "number, submission, version, kind, author, asked_by, asked_at"
_REFUSED = (
    ("due_runs_ended", "OLD.state = 'ended'", "a run that ended never changes"),
    (
        "due_runs_attempt",
        (
            "NEW.attempt <> OLD.attempt AND NOT"
            " (OLD.state = 'queued' AND NEW.state = 'running' AND NEW.attempt = OLD.attempt + 1)"
        ),
        "an attempt begins with taking a queued run",
    ),
)


def upgrade() -> None:
    """One table, empty, with its indexes and triggers."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "due_runs",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("submission", number, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "author", "asked_by")),
        sa.Column("asked_at", number, nullable=False),
        sa.Column("due_at", number, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("started_at", number),
        sa.Column("lease_until", number),
        sa.Column("cells_done", sa.Integer, nullable=False),
        sa.Column("cells_total", sa.Integer, nullable=False),
        sa.Column("ended_at", number),
        *(sa.Column(name, sa.Text) for name in _RESULT),
        sa.ForeignKeyConstraint(
            ["submission", "version"], ["versions.submission", "versions.number"], name="fk_due_runs_version"
        ),
        sa.CheckConstraint("kind IN ('rerun')", name="run_kind_known"),
        sa.CheckConstraint("state IN ('queued', 'running', 'ended')", name="run_state_known"),
        sa.CheckConstraint("outcome IN ('same', 'differs', 'died', 'cancelled', 'not-run')", name="outcome_known"),
        sa.CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease_while_running"),
        sa.CheckConstraint("state <> 'running' OR started_at IS NOT NULL", name="running_since"),
        sa.CheckConstraint(
            f"(state = 'ended' AND ended_at IS NOT NULL AND {_THERE})"
            f" OR (state <> 'ended' AND ended_at IS NULL AND {_ABSENT})",
            name="result_with_its_end",
        ),
        sa.CheckConstraint(
            "number >= 1 AND attempt >= 0 AND failures >= 0 AND failures <= attempt AND cells_done >= 0 AND cells_done <= cells_total",
            name="run_numbers_sound",
        ),
    )
    is_open = sa.text("state <> 'ended'")
    where: dict[str, Any] = {"sqlite_where": is_open, "postgresql_where": is_open}
    op.create_index("uq_due_runs_open", "due_runs", ["submission", "version", "kind"], unique=True, **where)
    op.create_index("ix_due_runs_version", "due_runs", ["submission", "version", "number"])
    op.create_index("ix_due_runs_author", "due_runs", ["author", "state", "number"], **where)
    op.create_index("ix_due_runs_started", "due_runs", ["author", "started_at"])
    for statement in _guards(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


def _guards(dialect: str) -> list[str]:
    never = (
        ("due_runs_no_update", f"UPDATE OF {_ASKED}", "what was asked for never changes"),
        ("due_runs_no_delete", "DELETE", "due runs are kept"),
    )
    changes = [(name, change, "", message) for name, change, message in never]
    changes += [(name, "UPDATE", condition, message) for name, condition, message in _REFUSED]
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {change} ON due_runs"
            f"{f' WHEN {condition}' if condition else ''} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for name, change, condition, message in changes
        ]
    refuse = "EXECUTE FUNCTION enablement_refuse"
    return [
        f"CREATE TRIGGER {name} BEFORE {change} ON due_runs FOR EACH ROW"
        f"{f' WHEN ({condition})' if condition else ''} {refuse}('{message}')"
        for name, change, condition, message in changes
    ] + [
        f"CREATE TRIGGER due_runs_no_truncate BEFORE TRUNCATE ON due_runs FOR EACH STATEMENT {refuse}('due_runs are kept')"
    ]
