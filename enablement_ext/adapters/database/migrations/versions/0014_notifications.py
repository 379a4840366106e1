"""The outbox of notifications, and people's preferences. Whose turn it was before is told with the next turn."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_TOLD = "number, key, channel, occasion, who, submission, event, nth, note, created_at"
_GUARDS = (
    ("outbox_no_update", f"UPDATE OF {_TOLD}", "", "what is told and whom never changes"),
    ("outbox_ended", "UPDATE", "OLD.state = 'ended'", "an entry that ended never changes"),
    (
        "outbox_attempt",
        "UPDATE",
        "NEW.attempt <> OLD.attempt AND NOT (NEW.state = 'taken' AND NEW.attempt = OLD.attempt + 1)",
        "an attempt begins with taking an entry",
    ),
)


def upgrade() -> None:
    """Two tables, empty, with indexes and triggers."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "outbox",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("key", "channel", "occasion", "who")),
        sa.Column(
            "submission", number, sa.ForeignKey("submissions.number", name="fk_outbox_submission"), nullable=False
        ),
        sa.Column("event", number, sa.ForeignKey("events.seq", name="fk_outbox_event"), nullable=False),
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created_at", number, nullable=False),
        sa.Column("due_at", number, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("lease_until", number),
        sa.Column("ended_at", number),
        sa.Column("ending", sa.Text),
        sa.Column("problem", sa.Text, nullable=False),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.CheckConstraint("channel IN ('people', 'mail', 'digest', 'webhook')", name="channel_known"),
        sa.CheckConstraint("occasion IN ('turn', 'news', 'reminder')", name="occasion_known"),
        sa.CheckConstraint("state IN ('queued', 'taken', 'ended', 'dead')", name="outbox_state_known"),
        sa.CheckConstraint("(state = 'taken') = (lease_until IS NOT NULL)", name="lease_while_taken"),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL) AND (state = 'ended') = (ending IS NOT NULL)",
            name="ending_with_its_end",
        ),
        sa.CheckConstraint(
            "number >= 1 AND attempt >= 0 AND failures >= 0 AND nth BETWEEN 0 AND 3", name="outbox_sound"
        ),
    )
    for name, columns, condition in (
        ("ix_outbox_due", ["due_at", "number"], "state IN ('queued', 'taken')"),
        ("ix_outbox_who", ["who", "number"], "state IN ('queued', 'taken')"),
        ("ix_outbox_dead", ["number"], "state = 'dead'"),
    ):
        where: dict[str, Any] = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
        op.create_index(name, "outbox", columns, **where)
    op.create_index("ix_outbox_ended", "outbox", ["ended_at"])
    op.create_table(
        "notification_preferences",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
    )
    for statement in _guards(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


def _guards(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {change} ON outbox"
            f"{f' WHEN {condition}' if condition else ''} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for name, change, condition, message in _GUARDS
        ]
    return [
        f"CREATE TRIGGER {name} BEFORE {change} ON outbox FOR EACH ROW"
        f"{f' WHEN ({condition})' if condition else ''} EXECUTE FUNCTION enablement_refuse('{message}')"
        for name, change, condition, message in _GUARDS
    ]
