"""Characters that change in which direction text is read, or that nobody sees.

Source: Unicode Standard Annex #9, "Unicode Bidirectional Algorithm": the characters with the property `Bidi_Control`; and the byte order
mark (U+FEFF), which is invisible inside a text and makes two equal-looking names differ.
"""

from __future__ import annotations

DIRECTION_MARKS: frozenset[str] = frozenset(
    "\u061c"  # Arabic letter mark
    "\u200e\u200f"  # left-to-right mark, right-to-left mark
    "\u202a\u202b\u202c\u202d\u202e"  # embeddings, pop, overrides
    "\u2066\u2067\u2068\u2069"  # isolates, pop
    "\ufeff"  # byte order mark
)
