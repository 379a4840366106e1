"""Texts of people, cleaned once where they arrive: Unicode NFC, no control characters, no direction marks.

So a title cannot break a list, a log line or a mail. What people say stays theirs; every user interface shows it as text.
"""

from __future__ import annotations

import unicodedata

from enablement_ext.core.text.direction_marks import DIRECTION_MARKS, INVISIBLE

_BLANK = INVISIBLE | {"\u2800"}  # the Braille pattern without dots is a sign that looks like a space


def clean(text: str, *, one_line: bool = False) -> str:
    """The text in NFC without control characters and direction marks; line ends stay unless `one_line`."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    breaks = "" if one_line else "\n\t"
    # Normalised again: what a removed mark kept apart may now belong together.
    plain = unicodedata.normalize(
        "NFC",
        "".join(
            " " if _is_control(mark) and mark not in breaks else mark for mark in kept if mark not in DIRECTION_MARKS
        ),
    )
    return " ".join(plain.split()) if one_line else plain.strip()


def is_visible(text: str) -> bool:
    """Whether a person sees anything: one character that is neither space, nor control, nor a mark that needs another one to stand on."""
    return any(mark not in _BLANK and unicodedata.category(mark)[0] not in "CZM" for mark in text)


def _is_control(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp")
