"""The rules, as they are written in a file of rules and as they travel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

_KEYS = ("keep", "strip", "largest", "truncate")
_PATTERN = re.compile(r"(?:stream|error|[A-Za-z0-9.+_*-]{1,100}/[A-Za-z0-9.+_*-]{1,100})")
STREAM, ERROR = "stream", "error"  # beside mime types: what was printed, and exceptions
_STARS = 3  # in one pattern: each is tried at every place


@dataclass(frozen=True, slots=True)
class OutputRules:
    """Everything is kept where nothing is said.

    `keep`: without it all outputs go. `strip`: mime types (`image/*`), `stream`, `error`. `largest`: bytes of a value that is not plain text;
    `truncate`: characters of a text, which is cut at a line end.
    """

    keep: bool = True
    strip: tuple[str, ...] = ()
    largest: int | None = None
    truncate: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether everything is kept."""
        return self == OutputRules()

    def strips(self, mime: str) -> bool:
        """Whether nothing of this kind is kept."""
        return not self.keep or any(fnmatchcase(mime, pattern) for pattern in self.strip)

    def and_those(self, others: OutputRules) -> OutputRules:
        """What both keep."""
        return OutputRules(
            self.keep and others.keep,
            tuple(dict.fromkeys((*self.strip, *others.strip))),
            _least(self.largest, others.largest),
            _least(self.truncate, others.truncate),
        )

    def as_json(self) -> dict[str, object]:
        """As `rules_from` reads it."""
        return {"keep": self.keep, "strip": list(self.strip), "largest": self.largest, "truncate": self.truncate}


def rules_from(value: object) -> OutputRules:
    """What `as_json` wrote. Raises `ValueError`."""
    mistakes = list(mistakes_in(value, ""))
    if mistakes or not isinstance(value, Mapping):
        raise ValueError(mistakes[0] if mistakes else "must be a table")
    strip: Iterable[str] = value.get("strip") or ()
    return OutputRules(value.get("keep", True), tuple(strip), value.get("largest"), value.get("truncate"))


def mistakes_in(value: object, where: str) -> Iterator[str]:
    """Every mistake in a table of rules; `where` stands in front of its keys."""
    if not isinstance(value, Mapping):
        yield f"{where.rstrip('.')}: must be a table"
        return
    yield from (
        f"{where}{key}: there is no such key; there are {', '.join(_KEYS)}" for key in value if key not in _KEYS
    )
    if not isinstance(value.get("keep", True), bool):
        yield f"{where}keep: must be true or false"
    for key in ("largest", "truncate"):
        number = value.get(key)
        if number is not None and (type(number) is not int or number < 0):
            yield f"{where}{key}: must be a number from 0 on"
    strip = value.get("strip") or ()
    if not isinstance(strip, list | tuple):
        yield f"{where}strip: must be a list of mime types"
        return
    for pattern in strip:
        if not isinstance(pattern, str) or not _PATTERN.fullmatch(pattern) or pattern.count("*") > _STARS:
            yield f"{where}strip: {pattern!r} is no mime type such as image/*, and neither stream nor error"


def _least(one: int | None, other: int | None) -> int | None:
    known = [value for value in (one, other) if value is not None]
    return min(known, default=None)
