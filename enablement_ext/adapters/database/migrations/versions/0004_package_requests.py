"""Requests for packages that an image does not have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One table."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "package_requests",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("package", sa.Text, nullable=False),
        sa.Column("wanted", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("image", sa.Text, nullable=False),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("python", sa.Text, nullable=False),
        sa.Column("asked_at", number, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("stamp", number, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", number),
        sa.Column("solved", sa.Text, nullable=False),
        sa.Column("solver", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('requested', 'accepted', 'declined', 'withdrawn')", name="state_known"),
        sa.CheckConstraint("solved IN ('waiting', 'possible', 'impossible', 'unknown')", name="solved_known"),
        sa.CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answered_whole"),
        sa.CheckConstraint("(state = 'requested') = (answered_by IS NULL)", name="answered_once"),
        sa.CheckConstraint("number >= 1 AND stamp >= 1", name="numbers_positive"),
    )
    op.create_index("ix_package_requests_author", "package_requests", ["author", "number"])
    op.create_index("ix_package_requests_state", "package_requests", ["state", "solved", "number"])
