"""Logs: one line per event, structured, without secrets.

Values are JSON, so a line end in a name is an escape and never a second line; long values are cut. Only what a caller names is
logged: never a body, a header, a cookie or a query string.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

_MAX_CHARACTERS = 900
_SECRETS = re.compile(
    r"(?i)((?:authorization|token|password|passwd|secret|cookie|api[_-]?key|code|ticket)[\"']?\s*[:=]\s*[\"']?(?:(?:token|bearer|basic)\s+)?)[^\s\"'&,;]+"
    r"|((?:token|bearer)\s+)[A-Za-z0-9._~+/=-]{8,}|(://[^\s/:@]+:)\S+(?=@)"
)
_LONG_RANDOM = re.compile(r"[A-Za-z0-9_=-]{32,}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def redact(text: str) -> str:
    """The text without what looks like a credential. For text we did not write: messages of exceptions."""
    plain = _SECRETS.sub(lambda match: next((group for group in match.groups() if group), "") + "…", text)
    return _LONG_RANDOM.sub(lambda match: match[0] if _SHA256.fullmatch(match[0]) else "…", plain)


def line(event: str, **fields: object) -> str:
    """One line of JSON. Texts are cut at 900 characters."""
    record: dict[str, object] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
    record.update((name, _short(value)) for name, value in fields.items() if value is not None)
    return json.dumps(record, ensure_ascii=True, default=str)


def failure(error: BaseException) -> dict[str, str]:
    """Fields that say where an unknown error came from: its type, redacted message and the places of its traceback."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return {
        "error": type(error).__name__,
        "message": redact(str(error))[:_MAX_CHARACTERS],
        "where": where[:_MAX_CHARACTERS],
    }


class RedactingFormatter(logging.Formatter):
    """Makes one redacted JSON line of whatever any library logs, tracebacks included; our own lines pass as they are."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if message.startswith('{"at": ') and "\n" not in message:
            return message
        fields: dict[str, object] = {"logger": record.name, "level": record.levelname, "message": redact(message)}
        if record.exc_info and record.exc_info[1] is not None:
            fields.update(failure(record.exc_info[1]))
        return line("log", **fields)


def _short(value: object) -> object:
    if isinstance(value, str):
        whole = value.encode("utf-8", "replace").decode()
        return whole if len(whole) <= _MAX_CHARACTERS else whole[:_MAX_CHARACTERS] + "…"
    return value


def log_to_stderr(level: Any) -> None:
    """Everything from this level on goes to standard error, redacted; of migrations only what is wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
