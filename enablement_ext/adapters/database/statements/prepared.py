"""`PreparedStatement`: a SQLAlchemy statement compiled once, run on the driver's cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, UpdateBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import SelectBase


class PreparedStatement:
    """A SQLAlchemy statement compiled for one dialect; a call only binds values. What differs from `Connection.execute`: see the package."""

    def __init__(
        self, statement: SelectBase | UpdateBase, dialect: Dialect, columns: Sequence[str] | None = None
    ) -> None:
        """`columns` are those a new row sets, all where None."""
        compiled = statement.compile(dialect=dialect, column_keys=columns, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._defaults: Mapping[str, Any] = {**compiled.params, **dict.fromkeys(columns or ())}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Execute it and fetch all rows as the driver's tuples. Raises `DBAPIError` as `Connection.execute` would."""
        return self._execute(connection, values, fetch=True)[0]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute it and return the number of rows it changed. Raises as `rows`."""
        return self._execute(connection, values, fetch=False)[1]

    def _execute(
        self, connection: Connection, values: Mapping[str, Any], *, fetch: bool
    ) -> tuple[Sequence[tuple[Any, ...]], int]:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self.bind(values))
            return (cursor.fetchall() if fetch else ()), cursor.rowcount
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_dbapi_error(connection, error, self.sql) from error
        finally:
            cursor.close()

    def bind(self, values: Mapping[str, Any]) -> Any:
        """The parameters in the DBAPI's paramstyle: a mapping, or a tuple in the order of the text."""
        parameters = {**self._defaults, **values}
        return parameters if self._order is None else tuple(parameters[name] for name in self._order)


def _as_dbapi_error(connection: Connection, error: Exception, sql: str) -> BaseException:
    """What `Connection.execute` raises for this driver's error; a lost connection is invalidated and the pool disposed of."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
        connection.engine.dispose()
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
