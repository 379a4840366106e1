"""Leases on repositories, and deliveries of a forge that were seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Two tables."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "leases",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("forge", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("write", sa.Integer, nullable=False),
        sa.Column("until", number, nullable=False),
        sa.CheckConstraint("write IN (0, 1)", name="write_or_not"),
    )
    op.create_index("ix_leases_until", "leases", ["forge", "until"])
    op.create_index("ix_leases_who", "leases", ["who", "path"])
    op.create_table(
        "deliveries",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("at", number, nullable=False),
    )
    op.create_index("ix_deliveries_at", "deliveries", ["at"])
