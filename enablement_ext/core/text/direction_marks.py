"""Characters that change in which direction text is read, or that nobody sees.

Source: Unicode Standard Annex #9, "Unicode Bidirectional Algorithm": the characters with the property `Bidi_Control`; and the byte order
mark (U+FEFF), which is invisible inside a text and makes two equal-looking names differ.

`INVISIBLE` are all that take no room in a line: Unicode's property `Default_Ignorable_Code_Point`, but for planes that hold nothing else.
"""

from __future__ import annotations

DIRECTION_MARKS: frozenset[str] = frozenset(
    "\u061c"  # Arabic letter mark
    "\u200e\u200f"  # left-to-right mark, right-to-left mark
    "\u202a\u202b\u202c\u202d\u202e"  # embeddings, pop, overrides
    "\u2066\u2067\u2068\u2069"  # isolates, pop
    "\ufeff"  # byte order mark
)

INVISIBLE: frozenset[str] = DIRECTION_MARKS | frozenset(
    "\u00ad\u034f"  # soft hyphen, combining grapheme joiner
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers
    "\u17b4\u17b5"  # Khmer inherent vowels
    "\u180b\u180c\u180d\u180e\u180f"  # Mongolian variation selectors and vowel separator
    "\u200b\u200c\u200d"  # zero width space, non-joiner, joiner
    "\u2060\u2061\u2062\u2063\u2064\u2065"  # word joiner, invisible operators
    "\u206a\u206b\u206c\u206d\u206e\u206f"  # deprecated format characters
    + "".join(map(chr, range(0xFE00, 0xFE10)))  # variation selectors
)
