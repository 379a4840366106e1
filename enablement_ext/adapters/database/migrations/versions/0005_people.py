"""People: who a hub account is, whatever it is called. The author of a submission may become the heir of the one before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_HEIR = "SELECT 1 FROM people WHERE id = OLD.author AND heir = NEW.author"
_AUTHOR = "the author of a submission changes only to the heir of the one before"
_REST = "number and creation of a submission never change"

_SQLITE = (
    "DROP TRIGGER submissions_no_update",
    (
        "CREATE TRIGGER submissions_no_update BEFORE UPDATE OF number, created_at ON submissions"
        f" BEGIN SELECT RAISE(ABORT, '{_REST}'); END"
    ),
    (
        "CREATE TRIGGER submissions_author BEFORE UPDATE OF author ON submissions"
        f" WHEN NOT EXISTS ({_HEIR}) BEGIN SELECT RAISE(ABORT, '{_AUTHOR}'); END"
    ),
    "CREATE TRIGGER people_no_delete BEFORE DELETE ON people BEGIN SELECT RAISE(ABORT, 'people are kept'); END",
)
_POSTGRESQL = (
    "DROP TRIGGER submissions_no_update ON submissions",
    (
        "CREATE TRIGGER submissions_no_update BEFORE UPDATE OF number, created_at ON submissions"
        f" FOR EACH ROW EXECUTE FUNCTION enablement_refuse('{_REST}')"
    ),
    (
        "CREATE FUNCTION enablement_heir() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF NOT EXISTS ({_HEIR}) THEN"
        f" RAISE EXCEPTION USING MESSAGE = '{_AUTHOR}', ERRCODE = 'integrity_constraint_violation';"
        " END IF; RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER submissions_author BEFORE UPDATE OF author ON submissions"
        " FOR EACH ROW EXECUTE FUNCTION enablement_heir()"
    ),
    (
        "CREATE TRIGGER people_no_delete BEFORE DELETE ON people"
        " FOR EACH ROW EXECUTE FUNCTION enablement_refuse('people are kept')"
    ),
    (
        "CREATE TRIGGER people_no_truncate BEFORE TRUNCATE ON people"
        " FOR EACH STATEMENT EXECUTE FUNCTION enablement_refuse('people are kept')"
    ),
)


def upgrade() -> None:
    """One table, empty: people are bound when they are first seen. And the guard of a submission's author."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "people",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", number),
        sa.Column("holds", sa.Integer, nullable=False),
        sa.Column("bound_at", number, nullable=False),
        sa.Column("seen_at", number, nullable=False),
        sa.Column("heir", sa.Text),
        sa.CheckConstraint("holds IN (0, 1)", name="holds_or_not"),
    )
    held = sa.text("holds = 1")
    op.create_index("ix_people_name", "people", ["name"], unique=True, sqlite_where=held, postgresql_where=held)
    op.create_index("ix_people_created", "people", ["created"])
    op.create_index("ix_people_heir", "people", ["heir"])
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)
