"""Text as terms: what an index holds, and what a query is made of. Both come from here, so that every index finds the same.

A term is letters and digits only, folded: compatibility forms, case and the accents of Latin, Greek and Cyrillic letters do not matter. Identifiers
are split: `read_csv`, `readCsv` and `sklearn.ensemble` are two neighbouring terms each. Of writing without spaces each character is a term.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

MOST_LETTERS = 64  # of a term; what is longer (a hash, base64) is cut, in an index and in a query alike

_WORD = re.compile(r"[^\W_]+")
# Inside of a word: a lower-case letter or digit before an upper-case one, and the last of several upper-case ones before a lower-case one.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana and Han
_PIECE = re.compile(f"[{_UNSPACED}]|[^{_UNSPACED}]+")


def terms(text: str) -> Iterator[str]:
    """The terms of a text, in order."""
    for word in _WORD.findall(_composed(text)):
        yield from _split(word)


def whole_words(text: str) -> Iterator[str]:
    """The words that `terms` splits at a change of case, in one piece: who writes `randomforest` finds `RandomForest`."""
    for word in _WORD.findall(_composed(text)):
        if not word.islower() and _HUMP.search(word):
            yield from _pieces(word)


def facet(name: str, value: str) -> str:
    """The term of a fact ("state", "approved"). The underscore in front keeps it apart from all terms of texts, and from what they begin with."""
    return f"_{name}_{hashlib.blake2b(folded(value).encode('utf-8', 'replace'), digest_size=10).hexdigest()}"


def folded(text: str) -> str:
    """The text as it is compared."""
    return _composed(text).casefold()


def _composed(text: str) -> str:
    if text.isascii():
        return text
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", plain)


def _split(word: str) -> Iterator[str]:
    if word.islower() or word.isdecimal():
        yield from _pieces(word)
        return
    for part in _HUMP.split(word):
        yield from _pieces(part)


def _pieces(word: str) -> Iterator[str]:
    small = word.casefold()
    if small.isascii():
        yield small[:MOST_LETTERS]
        return
    for folded_word in _WORD.findall(
        small
    ):  # what folding makes of a letter may be several, of which not all are letters
        for piece in _PIECE.findall(folded_word):
            yield piece[:MOST_LETTERS]
