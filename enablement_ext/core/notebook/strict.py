"""Strict JSON: one reading, or none.

Python's parser is lenient where two programs could read the same bytes differently (duplicate keys, NaN, a byte order mark). What is
reviewed must be what runs, so all of that is refused. A scan of the bytes (`bounds`) limits depth and number of values before
anything is built, so a hostile file costs little time and memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NoReturn

from enablement_ext.core.errors import BadNotebook, TooLarge
from enablement_ext.core.notebook.bounds import bound, too_deep
from enablement_ext.core.notebook.lifting import Lifted, lift
from enablement_ext.core.notebook.limits import NotebookLimits

SAVE_AGAIN = "Open the notebook in JupyterLab, save it and send it again."
# JupyterLab opens none of these as a notebook.
_EARLIER = "JupyterLab cannot open it either. Go on with an earlier version or a copy of it."
_REPAIR = "JupyterLab cannot open it either. Repair that place as text (right-click the file, Open With, Editor), or go on with an earlier version."
_AS_UTF8 = "JupyterLab cannot open it either. Write it again in UTF-8 without a byte order mark, with the program that it comes from."
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00")


def parse(data: bytes, limits: NotebookLimits) -> object:
    """The JSON value in `data`, with plain dicts, lists, strings, numbers, booleans and None.

    Some long strings are `PlainText`.

    Raises `TooLarge` for too many bytes or values and `BadNotebook` for everything that is not strict JSON in UTF-8. Half characters
    (lone surrogates) written as escapes are let through: whoever writes a string out finds them.
    """
    if len(data) > limits.size:
        raise TooLarge(
            f"The notebook has {_megabytes(len(data))} MB; at most {_megabytes(limits.size)} MB are accepted. "
            "Clear the largest outputs, or save data to a file instead of showing it.",
            facts={"bytes": len(data), "limit": limits.size},
        )
    lifted = lift(data)
    if lifted.texts:
        value = _parse_rest(lifted, limits)
        if lifted.complete and isinstance(value, dict):  # texts are put back into objects and what is in them
            return value
    return _parse(data, limits, _unique)


def _parse_rest(lifted: Lifted, limits: NotebookLimits) -> object:
    """What is left without the lifted texts; None where it is not sound: parsing all of the file tells why.

    Raises `TooLarge`: what is too much without them is too much with them.
    """

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = _unique(pairs)
        lifted.put_back(found)
        return found

    try:
        return _parse(lifted.rest, limits, unique)
    except BadNotebook:
        lifted.give_up()
        return None


def _parse(
    data: bytes, limits: NotebookLimits, unique: Callable[[list[tuple[str, object]]], dict[str, object]]
) -> object:
    text = _text(data)
    bound(data, limits)
    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=_no_constant)
    except json.JSONDecodeError as wrong:
        raise BadNotebook(
            f"The file is not valid JSON: {wrong.msg} at line {wrong.lineno}, column {wrong.colno}. {_REPAIR}"
        ) from None
    except ValueError:  # an integer with more digits than Python converts
        raise BadNotebook(f"The file contains a number that is too long to be read. {_REPAIR}") from None
    except RecursionError:  # the scan has bounded the depth; this is for callers that are themselves deep in the stack
        raise BadNotebook(too_deep(limits)) from None


def _text(data: bytes) -> str:
    if not data or data.isspace():
        raise BadNotebook(f"The file is empty. {_EARLIER}")
    if data.startswith(b"\xef\xbb\xbf"):
        raise BadNotebook(f"The file starts with a byte order mark, which is not part of a notebook. {_AS_UTF8}")
    if data.startswith(_WIDE_MARKS) or data[1:2] == b"\x00":
        raise BadNotebook(f"The file is encoded as UTF-16 or UTF-32; notebooks are UTF-8. {_AS_UTF8}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise BadNotebook(f"Line {line} of the file is not UTF-8 text. {_AS_UTF8}") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise BadNotebook(
            f"An object in the file has the key {named(double)} twice, so it has no single meaning. {SAVE_AGAIN}"
        )
    return members


def _no_constant(name: str) -> NoReturn:
    raise BadNotebook(
        f"The file contains {name}, which is not JSON. Clear the output that shows it (or show it as text), save and send again."
    )


def named(value: object) -> str:
    """A value from a hostile file for a message: short and quoted where it is a plain word, otherwise only its kind."""
    if isinstance(value, str):
        plain = value.isascii() and len(value) <= 24 and value.replace("_", "").replace("-", "").isalnum()
        return f"“{value}”" if plain else "(an odd text)"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return "(a number)"
    return "(a list)" if isinstance(value, list) else "(an object)"


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f}"
