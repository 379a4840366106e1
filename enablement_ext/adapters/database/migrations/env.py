"""Run by Alembic: migrates on the connection, and in the transaction, that `upgrade` gives it."""

from __future__ import annotations

from alembic import context

from enablement_ext.adapters.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # on SQLite too: the transaction was begun by hand
)
context.run_migrations()
