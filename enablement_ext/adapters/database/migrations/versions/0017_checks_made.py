"""Which checks were made of a version when it arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """One column; of versions that arrived before nobody knows."""
    op.add_column("version_checks", sa.Column("made", sa.Text, nullable=False, server_default="[]"))
