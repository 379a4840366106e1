"""Access grants as rows, and the names of the deliveries that were seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, delete, insert, select

from enablement_ext.adapters.database import schema
from enablement_ext.adapters.database.rows import microseconds, moment
from enablement_ext.core.git.forges.ports import AccessGrant, ForgeKind
from enablement_ext.core.git.repository_names import repository_of_path

_REMEMBERED = timedelta(days=30)


class DatabaseGrantReader:
    """A `GrantReader` over a connection."""

    _connection: Connection

    def grants_of(self, forge: ForgeKind, who: str, path: str) -> Sequence[AccessGrant]:
        """By the index of person and path."""
        table = schema.grants
        asked = select(table).where(table.c.forge == forge.value, table.c.who == who, table.c.path == path)
        return self._grants(asked.order_by(table.c.until, table.c.id))

    def expired_grants(self, forge: ForgeKind, now: datetime, limit: int) -> Sequence[AccessGrant]:
        """By the index of forge and time."""
        table = schema.grants
        asked = select(table).where(table.c.forge == forge.value, table.c.until <= microseconds(now))
        return self._grants(asked.order_by(table.c.until, table.c.id).limit(limit))

    def _grants(self, asked: Select[tuple[object, ...]]) -> Sequence[AccessGrant]:
        grants = []
        for row in self._connection.execute(asked):
            repository = repository_of_path(row.path)
            if repository is not None:  # only such were stored
                grants.append(AccessGrant(row.id, repository, row.who, bool(row.write), moment(row.until)))
        return tuple(grants)


class DatabaseGrantWriter(DatabaseGrantReader):
    """A `GrantWriter` over a connection."""

    def keep_grant(self, forge: ForgeKind, grant: AccessGrant) -> None:
        """A row; its id is the primary key."""
        values = {
            "id": grant.id,
            "forge": forge.value,
            "path": grant.repository.path,
            "who": grant.who,
            "write": int(grant.write),
            "until": microseconds(grant.until),
        }
        self._connection.execute(insert(schema.grants).values(values))

    def drop_grant(self, grant: str) -> None:
        """Nothing where there is none."""
        self._connection.execute(delete(schema.grants).where(schema.grants.c.id == grant))

    def first_seen(self, keys: Sequence[str], at: datetime) -> bool:
        """Names older than 30 days are deleted on the way."""
        table = schema.deliveries
        self._connection.execute(delete(table).where(table.c.at < microseconds(at - _REMEMBERED)))
        if self._connection.execute(select(table.c.key).where(table.c.key.in_(list(keys))).limit(1)).first():
            return False
        for key in dict.fromkeys(keys):
            self._connection.execute(insert(table).values(key=key, at=microseconds(at)))
        return True
