"""Small files are kept in the database, written by the transaction that needs them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the frozen SQL of this database; statements are separated by a blank line."""
    connection = op.get_bind()
    script = Path(__file__).with_name(f"0003_{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in script.split("\n\n"):
        connection.exec_driver_sql(statement)
