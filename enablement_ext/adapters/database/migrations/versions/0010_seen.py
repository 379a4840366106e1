"""What people have seen of a submission: the newest version that they read to its end, and cells by what they hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Two tables, empty."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "read_versions",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("submission", number, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", number, nullable=False),
        sa.PrimaryKeyConstraint("person", "submission", name="pk_read_versions"),
        sa.ForeignKeyConstraint(
            ["submission", "version"], ["versions.submission", "versions.number"], name="fk_read_versions_version"
        ),
    )
    op.create_table(
        "seen_cells",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column(
            "submission", number, sa.ForeignKey("submissions.number", name="fk_seen_cells_submission"), nullable=False
        ),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("at", number, nullable=False),
        sa.PrimaryKeyConstraint("person", "submission", "key", name="pk_seen_cells"),
    )
