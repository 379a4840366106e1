"""An index of what was sent. What is stored already waits to be indexed by the service, step by step; nothing is read here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(words, talk, alone, facts, tokenize=\"ascii tokenchars '_'\", columnsize=0)",
    (
        "CREATE TRIGGER events_to_index AFTER INSERT ON events WHEN NEW.submission IS NOT NULL"
        " BEGIN INSERT OR IGNORE INTO search_pending (submission) VALUES (NEW.submission); END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE TABLE search_index (submission BIGINT PRIMARY KEY, words tsvector NOT NULL, talk tsvector NOT NULL,"
        " terms tsvector NOT NULL)"
    ),
    "CREATE INDEX ix_search_index_terms ON search_index USING gin (terms)",
    (
        "CREATE FUNCTION enablement_to_index() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.submission IS NOT NULL THEN"
        " INSERT INTO search_pending (submission) VALUES (NEW.submission) ON CONFLICT DO NOTHING; END IF; RETURN NULL; END $$"
    ),
    "CREATE TRIGGER events_to_index AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION enablement_to_index()",
)


def upgrade() -> None:
    """Three tables, the engine's index, and a trigger; all that was not withdrawn is to be indexed."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "search_documents",
        sa.Column(
            "submission",
            number,
            sa.ForeignKey("submissions.number", name="fk_search_documents_submission"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("talk", sa.LargeBinary, nullable=False),
    )
    op.create_table("search_pending", sa.Column("submission", number, primary_key=True, autoincrement=False))
    op.create_table(
        "saved_searches",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("person", "name", "query")),
        sa.PrimaryKeyConstraint("person", "name", name="pk_saved_searches"),
    )
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        "INSERT INTO search_pending (submission) SELECT number FROM submissions WHERE state <> 'withdrawn'"
    )
