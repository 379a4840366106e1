"""The one place where what a database says becomes an error of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from enablement_ext.core.errors import EnablementError, NoSpace, StoreUnavailable, Unprocessable

_FULL = "53100"  # disk_full
_NOT_OURS = (IntegrityError, ProgrammingError)  # mistakes of the program: never hidden behind "try again"
_MISSING = frozenset({"42P01", "3D000", "3F000"})  # no such table, database, schema: not installed yet


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
    state = getattr(original, "sqlstate", None)
    if isinstance(error, DataError):
        return Unprocessable("The text contains characters that cannot be stored.")
    if state == _FULL or _sqlite_code(original) == sqlite3.SQLITE_FULL:
        return NoSpace()
    if isinstance(error, _NOT_OURS) and state not in _MISSING:
        return None
    return StoreUnavailable()


def _sqlite_code(original: BaseException | None) -> int | None:
    """The primary result code; extended codes carry it in their low byte."""
    code = getattr(original, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
