"""Translates the database's errors into ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from enablement_ext.core.errors import EnablementError, NoSpace, StoreUnavailable, Unprocessable

_FULL = "53100"  # PostgreSQL: disk_full
_MISSING = frozenset({"42P01", "3D000", "3F000"})  # PostgreSQL: no such table, database, schema
_NOT_INSTALLED = "no such table"  # how SQLite says the same


@contextmanager
def translated() -> Iterator[None]:
    """Database trouble leaves this block as `StoreUnavailable`, `NoSpace` or, for text no database keeps, `Unprocessable`.

    A broken constraint is a mistake of the program and passes as it is.
    """
    try:
        yield
    except DBAPIError as error:
        raised = _translate(error)
        if raised is None:
            raise
        raise raised from error
    except PoolTimeout as error:
        raise StoreUnavailable("The review service is too busy. Nothing was lost; try again in a moment.") from error
    except UnicodeEncodeError as error:
        raise Unprocessable("The text contains characters that cannot be stored.") from error


def _translate(error: DBAPIError) -> EnablementError | None:
    original = error.orig
    if isinstance(error, DataError):
        return Unprocessable("The text contains characters that cannot be stored.")
    if _state(original) == _FULL or _sqlite_code(original) == sqlite3.SQLITE_FULL:
        return NoSpace()
    return None if _mistake(error) else StoreUnavailable()


def _mistake(error: DBAPIError) -> bool:
    """Whether the program is wrong rather than the database ill: that is never hidden behind "try again"."""
    if isinstance(error, IntegrityError):
        return True
    if _sqlite_code(error.orig) == sqlite3.SQLITE_ERROR:
        return _NOT_INSTALLED not in str(error.orig)
    return isinstance(error, ProgrammingError) and _state(error.orig) not in _MISSING


def _state(original: BaseException | None) -> str | None:
    state = getattr(original, "sqlstate", None)
    return state if isinstance(state, str) else None


def _sqlite_code(original: BaseException | None) -> int | None:
    """The primary result code; extended codes carry it in their low byte."""
    code = getattr(original, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
