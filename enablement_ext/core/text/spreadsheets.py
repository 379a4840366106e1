"""Text for the cells of a spreadsheet.

Source: OWASP, "CSV Injection": what begins with = + - @, a tab or a line end may be read as a formula. The wide forms of the signs are taken for the same.
"""

from __future__ import annotations

_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def plain_cell(text: str) -> str:
    """The text, never a formula: an apostrophe in front makes it a text."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
