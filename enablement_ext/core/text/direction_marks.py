"""The characters that change the direction in which text is displayed without being visible themselves.

Source: the property Bidi_Control of Unicode (UAX #9), plus U+FEFF, which is invisible too and is taken for a byte order mark at the
beginning of a text. With them “annexe\\u202Etxt.exe” is displayed as “annexeexe.txt”, and two different names look alike.
"""

from __future__ import annotations

DIRECTION_MARKS: frozenset[str] = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
