"""Serialisation of JSON values as Jupyter itself writes them to disk.

One space of indentation, keys sorted, text as a list of lines, no escapes but the necessary ones. A notebook as JupyterLab saves it is
therefore (but for metadata that is not kept) its own canonical form, and its history in Git stays readable. Functions return UTF-8
bytes and raise `UnicodeEncodeError` for half characters, which have no UTF-8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring as _quoted  # written in C; what the encoder itself uses

from enablement_ext.core.notebook.lifting import PlainText

Pieces = list[bytes | PlainText]  # what is put together in the end

_ALL = bytes(range(256))
_NO_ESCAPE = bytes(code for code in _ALL if code >= 0x20 and code not in b'"\\')
_LONG = 2_000
_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True).encode


def string(text: str) -> bytes:
    """A JSON string."""
    return to_bytes(payload(text)) if len(text) > _LONG else _quoted(text).encode()


def payload(text: str) -> Pieces:
    """A JSON string that may be megabytes, in pieces so that it is copied only once, when all is put together."""
    if isinstance(text, PlainText):
        return [text]
    raw = text.encode()
    # Images need no escapes, and finding that out is several times faster than escaping.
    return [b'"', raw, b'"'] if not raw.translate(None, _NO_ESCAPE) else [_quoted(text).encode()]


def merged(pieces: Pieces) -> Pieces:
    """The same with small pieces put together, so that only a `PlainText` stands by itself."""
    result: Pieces = []
    done = 0
    for index, piece in enumerate(pieces):
        if piece.__class__ is PlainText:
            result += (b"".join(pieces[done:index]), piece)  # type: ignore[arg-type]  # bytes, all of them
            done = index + 1
    result.append(b"".join(pieces[done:]))  # type: ignore[arg-type]
    return result


def to_bytes(pieces: Pieces) -> bytes:
    """The canonical bytes of the whole notebook, texts that were lifted out included."""
    return b"".join([piece.raw if isinstance(piece, PlainText) else piece for piece in pieces])


def equal_bytes(pieces: Pieces, data: bytes) -> bool:
    """Whether the pieces are exactly `data`, from which their `PlainText` was lifted."""
    at = 0
    for piece in pieces:
        if isinstance(piece, PlainText):
            if piece.place != at:
                return False
            at += len(piece.raw)
        elif data.startswith(piece, at):
            at += len(piece)
        else:
            return False
    return at == len(data)


def lines(text: str, indent: int) -> bytes:
    """A text as a list of its lines, each with its line end; `indent` is that of the surrounding object's keys."""
    parts = text.splitlines(keepends=True)
    if not parts:
        return b"[]"
    inner = "\n" + " " * (indent + 1)
    return f"[{inner}{(',' + inner).join(map(_quoted, parts))}\n{' ' * indent}]".encode()


def number(value: int | None) -> bytes:
    """A whole number, or null."""
    return b"null" if value is None else b"%d" % value


def compact(value: object) -> bytes:
    """Any JSON value on one line. Raises `ValueError` for numbers that are not finite."""
    return _compact(value).encode()


def block(value: object, indent: int) -> bytes:
    """Any JSON value with its members on lines of their own. For small values: depth is bounded by the reader."""
    if value == {}:
        return b"{}"  # what metadata mostly is
    inner = b"\n" + b" " * (indent + 1)
    end = b"\n" + b" " * indent
    if isinstance(value, Mapping) and value:
        members = [string(key) + b": " + block(value[key], indent + 1) for key in sorted(value)]
        return b"{" + inner + (b"," + inner).join(members) + end + b"}"
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return b"[" + inner + (b"," + inner).join([block(member, indent + 1) for member in value]) + end + b"]"
    return compact(value)


def members(pairs: Sequence[tuple[bytes, bytes | Pieces]], indent: int) -> Pieces:
    """An object from keys (written, in order) and values that are written already; `indent` is that of its keys."""
    return _joined(
        [[key, b": ", *(value if isinstance(value, list) else (value,))] for key, value in pairs], b"{}", indent
    )


def items(values: Sequence[Pieces], indent: int) -> Pieces:
    """A list from values that are written already; `indent` is theirs."""
    return _joined(values, b"[]", indent)


def _joined(parts: Sequence[Pieces], brackets: bytes, indent: int) -> Pieces:
    if not parts:
        return [brackets]
    inner = b"\n" + b" " * indent
    pieces: Pieces = [brackets[:1]]
    separator = inner
    for part in parts:
        pieces.append(separator)
        pieces += part
        separator = b"," + inner
    pieces.append(inner[:-1] + brackets[1:])
    return pieces
