"""Texts of people, cleaned once where they arrive: Unicode NFC, no control characters, no direction marks.

So a title cannot break a list, a log line or a mail. What people say stays theirs; every user interface shows it as text.
"""

from __future__ import annotations

import unicodedata

from enablement_ext.core.text.direction_marks import DIRECTION_MARKS


def clean(text: str, *, one_line: bool = False) -> str:
    """The text in NFC without control characters and direction marks; line ends stay unless `one_line`."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    breaks = "" if one_line else "\n\t"
    plain = "".join(
        " " if _is_control(mark) and mark not in breaks else mark for mark in kept if mark not in DIRECTION_MARKS
    )
    return " ".join(plain.split()) if one_line else plain.strip()


def _is_control(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp")
