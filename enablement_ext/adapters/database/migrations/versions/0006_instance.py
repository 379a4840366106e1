"""A random id of the database, by which an exchanged one is recognised."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """One table with one row."""
    instance = op.create_table(
        "instance",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.CheckConstraint("id = 1", name="one_instance"),
    )
    op.bulk_insert(instance, [{"id": 1, "value": secrets.token_hex(16)}])
