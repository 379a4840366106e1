"""What a person reads in a text: without terminal codes, invisible characters and markup between its letters, entities resolved.

Nothing here cleans a text for display; it answers which letters stand beside each other for whoever looks at it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from enablement_ext.core.text.direction_marks import INVISIBLE

_MARKS = "".join(sorted(INVISIBLE))
# ECMA-48: control sequences (CSI), strings (OSC, DCS, PM, APC, SOS) up to their end, other escapes; then control characters but
# tab, line ends and separators, and what takes no room.
_CODE = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?"
    rf"|[\x00-\x08\x0e-\x1a\x7f{_MARKS}]"
)
_CODES = re.compile(f"(?:{_CODE})+")
_CODES_AND_TAGS = re.compile(rf"(?:{_CODE}|</?[A-Za-z][^<>]{{0,2000}}>|<!--)+")
# A quick look whether there is any: the first character of each code.
_ASCII_CODES = tuple(map(chr, (*range(0x09), *range(0x0E, 0x1C), 0x7F)))
_ASCII_CODE_BYTES = "".join(_ASCII_CODES).encode()
_SHORT = 2_000  # characters: up to here copying a text without codes is faster than looking for each
_MAYBE_CODE = re.compile(rf"[\x00-\x08\x0e-\x1b\x7f\x9b{_MARKS}]")
_MAYBE_CODE_OR_TAG = re.compile(rf"[\x00-\x08\x0e-\x1b\x7f\x9b<{_MARKS}]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is read. `cuts` are the places in it where something was between two letters, in order: a word may end there."""

    text: str
    cuts: tuple[int, ...] = ()


def readings(text: str, *, markup: bool = False) -> list[Reading]:
    """How a text can be read: as it stands, and with entities resolved; each without codes, and where it is `markup` without tags too."""
    spellings = [text]
    if "&" in text and (resolved := _ENTITY.sub(_resolved, text)) != text:
        spellings.append(resolved)
    found = [
        _without(_MAYBE_CODE, _CODES, spelling) if _may_have_codes(spelling) else Reading(spelling)
        for spelling in spellings
    ]
    if markup and "<" in text:
        found.append(_without(_MAYBE_CODE_OR_TAG, _CODES_AND_TAGS, spellings[-1]))
    return found


def _may_have_codes(text: str) -> bool:
    if text.isascii():  # one search each is faster than a pattern for all
        if len(text) <= _SHORT:
            return len(text.encode().translate(None, _ASCII_CODE_BYTES)) < len(text)
        return any(code in text for code in _ASCII_CODES)
    return _MAYBE_CODE.search(text) is not None


def _resolved(entity: re.Match[str]) -> str:
    name = entity[0][1:].rstrip(";")
    if not name.startswith("#"):
        return html.unescape(entity[0])
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    # `html.unescape` drops control characters, and what they begin would be left.
    return chr(code) if 0 < code < 0x80 else html.unescape(f"&#{code};")


def _without(begins: re.Pattern[str], codes: re.Pattern[str], text: str) -> Reading:
    """Cut out what matches `codes`, each beginning with what `begins` matches: searching one character is many times faster."""
    pieces: list[str] = []
    cuts: list[int] = []
    done = length = 0
    begin = begins.search(text)
    while begin is not None:
        code = codes.match(text, begin.start())
        if code is None:
            begin = begins.search(text, begin.end())
            continue
        start, end = code.span()
        pieces.append(text[done:start])
        length += start - done
        cuts.append(length)
        done = end
        begin = begins.search(text, done)
    pieces.append(text[done:])
    return Reading("".join(pieces), tuple(cuts))
