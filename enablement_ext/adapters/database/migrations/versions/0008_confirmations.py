"""What people confirm on the pages of the decision origin, and what they say was not them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_HOLDING = "kind IN ('decision', 'settlement')"
_ABOUT = (
    "(kind = 'repository_shared') = (person IS NOT NULL) AND ("
    f"({_HOLDING} AND submission IS NOT NULL AND decision IS NOT NULL AND package_request IS NULL AND repository IS NULL)"
    " OR (kind = 'package_answer' AND package_request IS NOT NULL AND submission IS NULL AND decision IS NULL AND repository IS NULL)"
    " OR (kind IN ('repository_access', 'repository_shared') AND repository IS NOT NULL"
    " AND submission IS NULL AND decision IS NULL AND package_request IS NULL))"
)
_FIXED = (
    "number, kind, made_by, made_at, address, browser, event, submission, decision, package_request, repository, person"
)
_CHANGED = "a confirmation never changes"
_KEPT = "confirmations are kept"
_ONCE = "a dispute and its settlement are said once"
_UNDONE = (
    "coalesce(NEW.disputed_at, -1) <> OLD.disputed_at OR coalesce(NEW.settled_at, -1) <> OLD.settled_at"
    " OR coalesce(NEW.settled_by, '') <> OLD.settled_by OR coalesce(NEW.outcome, '') <> OLD.outcome"
)
_SQLITE = (
    (
        f"CREATE TRIGGER confirmations_no_update BEFORE UPDATE OF {_FIXED} ON confirmations"
        f" BEGIN SELECT RAISE(ABORT, '{_CHANGED}'); END"
    ),
    f"CREATE TRIGGER confirmations_no_delete BEFORE DELETE ON confirmations BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
    (
        "CREATE TRIGGER confirmations_once BEFORE UPDATE ON confirmations"
        f" WHEN {_UNDONE} BEGIN SELECT RAISE(ABORT, '{_ONCE}'); END"
    ),
)
_POSTGRESQL = (
    (
        f"CREATE TRIGGER confirmations_no_update BEFORE UPDATE OF {_FIXED} ON confirmations"
        f" FOR EACH ROW EXECUTE FUNCTION enablement_refuse('{_CHANGED}')"
    ),
    (
        "CREATE TRIGGER confirmations_no_delete BEFORE DELETE ON confirmations"
        f" FOR EACH ROW EXECUTE FUNCTION enablement_refuse('{_KEPT}')"
    ),
    (
        "CREATE TRIGGER confirmations_no_truncate BEFORE TRUNCATE ON confirmations"
        f" FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('{_KEPT}')"
    ),
    (
        "CREATE TRIGGER confirmations_once BEFORE UPDATE ON confirmations"
        f" FOR EACH ROW WHEN ({_UNDONE}) EXECUTE FUNCTION enablement_refuse('{_ONCE}')"
    ),
)


def upgrade() -> None:
    """One table, empty: what was confirmed before was not recorded."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "confirmations",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", number, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("event", number, sa.ForeignKey("events.seq", name="fk_confirmations_event"), nullable=False),
        sa.Column("submission", number, sa.ForeignKey("submissions.number", name="fk_confirmations_submission")),
        sa.Column("decision", number, sa.ForeignKey("decisions.id", name="fk_confirmations_decision")),
        sa.Column("package_request", number, sa.ForeignKey("package_requests.number", name="fk_confirmations_request")),
        sa.Column("repository", sa.Text),
        sa.Column("person", sa.Text),
        sa.Column("disputed_at", number),
        sa.Column("settled_by", sa.Text),
        sa.Column("settled_at", number),
        sa.Column("outcome", sa.Text),
        sa.UniqueConstraint("event", name="uq_confirmations_event"),
        *_checks(),
    )
    _make_indexes()
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def _checks() -> tuple[sa.CheckConstraint, ...]:
    whole = "(settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (outcome IS NULL)"
    kinds = "kind IN ('decision', 'settlement', 'package_answer', 'repository_access', 'repository_shared')"
    held = f"settled_at IS NULL OR (disputed_at IS NOT NULL AND {_HOLDING})"
    return (
        sa.CheckConstraint(kinds, name="confirmed_kind_known"),
        sa.CheckConstraint("outcome IN ('stands', 'falls')", name="outcome_known"),
        sa.CheckConstraint(_ABOUT, name="subject_whole"),
        sa.CheckConstraint(whole, name="settled_whole"),
        sa.CheckConstraint(held, name="settled_what_was_held"),
        sa.CheckConstraint("settled_by <> made_by", name="settled_by_another"),
    )


def _make_indexes() -> None:
    op.create_index("ix_confirmations_by", "confirmations", ["made_by", "number"])
    op.create_index("ix_confirmations_submission", "confirmations", ["submission", "number"])
    for name, columns, condition, unique in (
        (
            "ix_confirmations_held",
            ["submission", "decision"],
            f"{_HOLDING} AND disputed_at IS NOT NULL AND settled_at IS NULL",
            False,
        ),
        ("ix_confirmations_disputes", ["made_by", "disputed_at"], "disputed_at IS NOT NULL", False),
        ("ix_confirmations_decision", ["decision"], "kind = 'decision'", True),
    ):
        where = sa.text(condition)
        op.create_index(name, "confirmations", columns, unique=unique, sqlite_where=where, postgresql_where=where)
