"""A notebook file of the author's own: read, changed and written again with nothing lost that was not meant to go.

What is sent to review is read far more strictly (`strict`); here the file stays the author's, so what cannot be written as it was is
refused with a reason instead.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from enum import StrEnum

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would cost Git's filter a tenth of its time
if TYPE_CHECKING:
    from typing import Any

_BOM = b"\xef\xbb\xbf"


class UnreadableReason(StrEnum):
    """Why a file called .ipynb is none that can be read and written again."""

    NOT_UTF8 = "not-utf8"  # a byte order mark is none that Jupyter reads
    CONFLICT = "conflict-marks"  # of a merge that was not finished
    NOT_JSON = "not-json"
    NOT_A_NOTEBOOK = "not-a-notebook"
    OLD_FORMAT = "old-format"  # or one that is newer than 4
    DOUBLED_NAME = "doubled-name"  # one of two values would go
    NUMBER = "number"  # it would be written as another one
    TOO_DEEP = "too-deep"


class Unreadable(ValueError):
    """The file cannot be read, or not written as it was but for what was changed on purpose."""

    def __init__(self, reason: UnreadableReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class _Doubled(dict[str, "Any"]):
    """An object in which a name stood twice."""


class AuthorFile:
    """A notebook of format 4 as JSON, to be changed in place. Its `cells` are a list of objects with a `cell_type`."""

    __slots__ = ("_doubled", "_text", "document")

    def __init__(self, document: dict[str, Any], text: str = "", doubled: bool = False) -> None:
        self.document = document
        self._text = text
        self._doubled = doubled

    def data(self) -> bytes:
        """The file in Jupyter's own layout. Raises `Unreadable` where something that is still in it cannot be written as it was read."""
        if self._doubled and any(isinstance(each, _Doubled) for each in _objects(self.document)):
            raise Unreadable(UnreadableReason.DOUBLED_NAME)
        try:
            text = self._json()
        except RecursionError:
            raise Unreadable(UnreadableReason.TOO_DEEP) from None
        # Half of a UTF-16 pair has no UTF-8; it is written as it came, as an escape.
        return (text + "\n").encode(errors="backslashreplace")

    def _json(self) -> str:
        try:
            return json.dumps(self.document, ensure_ascii=False, indent=1, allow_nan=False)
        except ValueError:  # NaN and Infinity are left, which Jupyter writes too; 1e999 is neither
            if self._text and _overflows(self._text):
                raise Unreadable(UnreadableReason.NUMBER) from None
            return json.dumps(self.document, ensure_ascii=False, indent=1)


def read_author_file(data: bytes) -> AuthorFile:
    """Raises `Unreadable`. A name that stands twice is an error only where it is still there when the file is written."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unreadable(UnreadableReason.NOT_UTF8) from None
    if data.startswith(_BOM):
        raise Unreadable(UnreadableReason.NOT_UTF8)
    doubled: list[_Doubled] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            found = _Doubled(found)
            doubled.append(found)
        return found

    try:
        document = json.loads(text, object_pairs_hook=unique)
    except RecursionError:
        raise Unreadable(UnreadableReason.TOO_DEEP) from None
    except json.JSONDecodeError:
        marks = text.startswith("<<<<<<< ") or "\n<<<<<<< " in text
        raise Unreadable(UnreadableReason.CONFLICT if marks else UnreadableReason.NOT_JSON) from None
    except ValueError:  # a whole number of more digits than Python reads
        raise Unreadable(UnreadableReason.NUMBER) from None
    return AuthorFile(_notebook(document), text, bool(doubled))


def _notebook(document: object) -> dict[str, Any]:
    if not isinstance(document, dict) or "nbformat" not in document:
        raise Unreadable(UnreadableReason.NOT_A_NOTEBOOK)
    if document["nbformat"] != 4:
        raise Unreadable(UnreadableReason.OLD_FORMAT)
    cells = document.get("cells")
    if not isinstance(cells, list) or not all(
        isinstance(each, dict) and isinstance(each.get("cell_type"), str) for each in cells
    ):
        raise Unreadable(UnreadableReason.NOT_A_NOTEBOOK)
    return document


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, itself too; without recursion."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def _overflows(text: str) -> bool:
    def checked(digits: str) -> float:
        if math.isinf(found := float(digits)):
            raise OverflowError(digits)
        return found

    try:
        json.loads(text, parse_float=checked)
    except OverflowError:
        return True
    return False
