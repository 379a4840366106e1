"""Stage and "handed over as" may be unanswered. What may be a default that nobody chose is taken back to that."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

# SQLite's documented way for a constraint less: the table's text changes, no row does. A new table in the old one's place would need
# foreign keys switched off, which no transaction can do.
_SQLITE = (
    "PRAGMA writable_schema=ON",
    (
        "UPDATE sqlite_master SET sql = replace(replace(sql, 'stage TEXT NOT NULL', 'stage TEXT'),"
        " 'handed_over TEXT NOT NULL', 'handed_over TEXT') WHERE type = 'table' AND name = 'submissions'"
    ),
)
_DEFAULTS = (
    "UPDATE submissions SET stage = NULL WHERE stage = 'exploration'",
    "UPDATE submissions SET handed_over = NULL WHERE handed_over = 'prototype'",
)


def upgrade() -> None:
    """Two columns may be null."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
        version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")  # other connections read the text again
        connection.exec_driver_sql("PRAGMA writable_schema=RESET")  # and so does this one
    else:
        op.alter_column("submissions", "stage", nullable=True)
        op.alter_column("submissions", "handed_over", nullable=True)
    for statement in _DEFAULTS:
        connection.exec_driver_sql(statement)
