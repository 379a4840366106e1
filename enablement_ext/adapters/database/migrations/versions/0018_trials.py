"""Runs that authors ask for before sending. None is stored so far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_ASKED = ("author", "path", "content", "content_id", "image", "conditions", "holder")
_RESULT = ("outcome", "reason", "line", "document")
_THERE = " AND ".join(f"{name} IS NOT NULL" for name in _RESULT)
_ABSENT = " AND ".join(f"{name} IS NULL" for name in _RESULT)
_FORGOTTEN = (
    "OLD.state = 'ended' AND (NEW.state <> 'ended' OR NEW.outcome <> OLD.outcome OR NEW.ended_at <> OLD.ended_at"
    " OR NEW.document <> '' OR NEW.showed IS NOT NULL)"
)


def upgrade() -> None:
    """One table, empty, with its indexes and triggers."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "trials",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _ASKED),
        sa.Column("asked_at", number, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("lease_until", number),
        sa.Column("started_at", number),
        sa.Column("cells_done", sa.Integer, nullable=False),
        sa.Column("cells_total", sa.Integer, nullable=False),
        sa.Column("ended_at", number),
        *(sa.Column(name, sa.Text) for name in _RESULT),
        sa.Column("showed", sa.LargeBinary),
        sa.CheckConstraint("state IN ('queued', 'running', 'ended')", name="trial_state_known"),
        sa.CheckConstraint(
            "outcome IN ('same', 'differs', 'died', 'cancelled', 'not-run')", name="trial_outcome_known"
        ),
        sa.CheckConstraint("(state <> 'ended') = (lease_until IS NOT NULL)", name="lease_while_open"),
        sa.CheckConstraint("state <> 'running' OR started_at IS NOT NULL", name="trial_running_since"),
        sa.CheckConstraint(
            f"(state = 'ended' AND ended_at IS NOT NULL AND {_THERE})"
            f" OR (state <> 'ended' AND ended_at IS NULL AND showed IS NULL AND {_ABSENT})",
            name="trial_result_with_its_end",
        ),
        sa.CheckConstraint("cells_done >= 0 AND cells_done <= cells_total", name="trial_numbers_sound"),
    )
    is_open = sa.text("state <> 'ended'")
    op.create_index(
        "uq_trials_open",
        "trials",
        ["author", "path"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_trials_author", "trials", ["author", "asked_at"])
    op.create_index("ix_trials_ended", "trials", ["ended_at"])
    for statement in _guards(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


def _guards(dialect: str) -> list[str]:
    asked = f"UPDATE OF id, {', '.join(_ASKED)}, asked_at"
    changes = (
        ("trials_no_update", asked, "", "what was asked for never changes"),
        ("trials_ended", "UPDATE", _FORGOTTEN, "what ended is only forgotten"),
    )
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {change} ON trials"
            f"{f' WHEN {condition}' if condition else ''} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for name, change, condition, message in changes
        ]
    return [
        f"CREATE TRIGGER {name} BEFORE {change} ON trials FOR EACH ROW"
        f"{f' WHEN ({condition})' if condition else ''} EXECUTE FUNCTION enablement_refuse('{message}')"
        for name, change, condition, message in changes
    ]
