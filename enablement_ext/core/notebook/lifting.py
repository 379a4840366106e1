"""Long ASCII strings are cut out of a notebook before it is parsed, and put back when it is written: an optimisation.

Most of a notebook's bytes are images: a few strings of base64. One accented letter anywhere makes Python hold all of the decoded file in two or
four bytes per character, and every pass over such a string costs what a pass over all else costs a hundred times. So strings that
are long, ASCII and without escapes are cut out of the bytes, and a short stand-in is parsed in their place.

Nothing is taken on trust. A stretch is lifted only between two quotes that are not escaped, without quotes, backslashes or control
characters in it; if the first of the two closed a string rather than opened one, the rest is no JSON. And only if each stand-in comes back
exactly once, as a whole string, is the result used; otherwise (a long key, a text that spells a stand-in) all of the file is parsed.
"""

from __future__ import annotations

import json.decoder
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

_GRAIN = 4096  # bytes between two looks; a string at least twice as long is found for certain
_MARK = b"#lifted-"
_WIDTH = len(_MARK) + 9
_MOST = 100_000
_scan = json.decoder.scanstring  # type: ignore[attr-defined]  # C, and it refuses control characters


class PlainText(str):
    """A text that was lifted: ASCII, with nothing in it that JSON escapes.

    `raw` is the text with its quotes, as it arrived; `place` is where it begins in the file.
    """

    __slots__ = ("place", "raw")
    raw: memoryview
    place: int


@dataclass(slots=True)
class Lifted:
    """What is left of a file (`rest`), and what was cut out of it, by its stand-in."""

    rest: bytes
    texts: dict[str, PlainText] = field(default_factory=dict)
    _returned: set[str] = field(default_factory=set)
    _doubtful: bool = False

    @property
    def complete(self) -> bool:
        """Whether each stand-in came back exactly once, as a whole value."""
        return not self._doubtful and len(self._returned) == len(self.texts)

    def give_up(self) -> None:
        """Say that the rest is not to be used."""
        self._doubtful = True

    def put_back(self, parsed: dict[str, object]) -> None:
        """Put the texts in the places of their stand-ins. To be called for every object, innermost first."""
        for key, value in parsed.items():
            kind = value.__class__
            if kind is str:
                if len(value) == _WIDTH:  # type: ignore[arg-type]
                    parsed[key] = self._text(value)  # type: ignore[arg-type]
            elif kind is list:
                self._in_list(value)  # type: ignore[arg-type]
            if len(key) == _WIDTH and key in self.texts:
                self._doubtful = True

    def _in_list(self, values: list[object]) -> None:
        with suppress(TypeError):  # a member that is a list or an object; mostly these are the lines of a text
            if self.texts.keys().isdisjoint(values):
                return
        for index, value in enumerate(values):
            kind = value.__class__
            if kind is str:
                if len(value) == _WIDTH:  # type: ignore[arg-type]
                    values[index] = self._text(value)  # type: ignore[arg-type]
            elif kind is list:
                self._in_list(value)  # type: ignore[arg-type]

    def _text(self, value: str) -> str:
        text = self.texts.get(value)
        if text is None:
            return value
        if value in self._returned:
            self._doubtful = True
        self._returned.add(value)
        return text


def lift(data: bytes) -> Lifted:
    """Cut the long plain strings out."""
    if len(data) < 2 * _GRAIN:
        return Lifted(data)
    view = memoryview(data)
    texts: dict[str, PlainText] = {}
    rest: list[bytes | memoryview] = []
    done = 0
    for start, end in _stretches(data):
        text = _plain(view[start - 1 : end + 1])
        if text is None or len(texts) == _MOST:
            continue
        text.place = start - 1
        stand_in = b"%b%08d#" % (_MARK, len(texts))
        texts[stand_in.decode()] = text
        rest += (view[done:start], stand_in)
        done = end
    rest.append(view[done:])
    return Lifted(b"".join(rest), texts)


def _stretches(data: bytes) -> Iterable[tuple[int, int]]:
    """Where two neighbouring quotes that are not escaped have no backslash and at least a grain of bytes between them."""
    look, last = 0, len(data) - _GRAIN
    while look < last:
        quote = data.find(b'"', look, look + _GRAIN)
        if quote >= 0 or data.find(b"\\", look, look + _GRAIN) >= 0:
            look += _GRAIN
            continue
        start, end = data.rfind(b'"', 0, look) + 1, data.find(b'"', look)
        if end < 0:
            return
        if start > 1 and data[start - 2] != 0x5C and data.find(b"\\", start, end) < 0:
            yield start, end
        look = end + 1


def _plain(quoted: memoryview) -> PlainText | None:
    """The text between the quotes, None where it is not ASCII or has control characters."""
    try:
        text, _ = _scan(str(quoted[1:], "ascii"), 0)
    except ValueError:
        return None
    plain = PlainText(text)
    plain.raw = quoted
    return plain
