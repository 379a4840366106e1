"""Who was let into repositories, and which submissions came out of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Two new tables."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "repository_members",
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("write", sa.Integer, nullable=False),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("at", number, nullable=False),
        sa.PrimaryKeyConstraint("path", "who", name="pk_repository_members"),
        sa.CheckConstraint("write IN (0, 1)", name="member_writes_or_not"),
    )
    op.create_index("ix_repository_members_who", "repository_members", ["who", "path"])
    op.create_table(
        "submission_repositories",
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("submission", number, sa.ForeignKey("submissions.number"), nullable=False),
        sa.PrimaryKeyConstraint("path", "submission", name="pk_submission_repositories"),
    )
