"""What checks found in a version when it arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_MESSAGES = {"UPDATE": "what checks found never changes", "DELETE": "what checks found is kept"}


def upgrade() -> None:
    """One table, empty: versions that were stored before were not checked."""
    op.create_table(
        "version_checks",
        sa.Column("submission", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("taken_out", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("submission", "version", name="pk_version_checks"),
        sa.ForeignKeyConstraint(
            ["submission", "version"], ["versions.submission", "versions.number"], name="fk_version_checks_version"
        ),
    )
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    for verb, message in _MESSAGES.items():
        trigger = f"CREATE TRIGGER version_checks_no_{verb.lower()} BEFORE {verb} ON version_checks"
        refused = (
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
            if sqlite
            else f" FOR EACH ROW EXECUTE FUNCTION enablement_refuse('{message}')"
        )
        connection.exec_driver_sql(trigger + refused)
    if not sqlite:
        connection.exec_driver_sql(
            "CREATE TRIGGER version_checks_no_truncate BEFORE TRUNCATE ON version_checks"
            " FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('version_checks are kept')"
        )
