"""Where in a submission something was found: a few words around it, as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from enablement_ext.core.review.search.conditions import Condition
from enablement_ext.core.review.search.documents import Passage, PassageKind

_AROUND, _LONGEST = 40, 160  # characters before what was found, and of an excerpt
_GAP = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_BETWEEN = r"[\W_]{0,8}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some words of a text, on one line. `pieces` are its parts in order, each with whether it is what was looked for."""

    kind: PassageKind
    where: str
    pieces: tuple[tuple[str, bool], ...]


def excerpt(passages: Iterable[Passage], wanted: tuple[Condition, ...]) -> Excerpt | None:
    """Around the first place where words of the query stand, the title last: it is shown anyway. None where they stand in no text that is kept."""
    pattern = _pattern(wanted)
    if pattern is None:
        return None
    begins = {phrase.terms[0] for each in wanted if not each.negated for phrase in each.any_of if not phrase.fact}
    for passage in sorted(passages, key=lambda each: each.kind is PassageKind.TITLE):
        at = _first(passage.text, begins, pattern)
        if at is not None:
            return Excerpt(passage.kind, passage.where, tuple(_pieces(passage.text, at, pattern)))
    return None


def _first(text: str, begins: Iterable[str], pattern: re.Pattern[str]) -> int | None:
    """Where the pattern is found first; it is tried only where one of the terms stands, which is many times faster."""
    small = text.lower()
    if len(small) != len(text):  # some letters are two in lower case
        found = pattern.search(text)
        return None if found is None else found.start()
    places = (_matching(text, small, term, pattern) for term in begins)
    return min((at for at in places if at is not None), default=None)


def _matching(text: str, small: str, term: str, pattern: re.Pattern[str]) -> int | None:
    at = small.find(term)
    while at >= 0 and not pattern.match(text, at):
        at = small.find(term, at + 1)
    return at if at >= 0 else None


@lru_cache(maxsize=128)
def _pattern(wanted: tuple[Condition, ...]) -> re.Pattern[str] | None:
    words = [
        _BETWEEN.join(map(re.escape, phrase.terms))
        + (r"\w*" if phrase.prefix else "(?![^\\W_])|" + _humped(phrase.terms))
        for each in wanted
        if not each.negated
        for phrase in each.any_of
        if not phrase.fact
    ]
    if not words:
        return None
    return re.compile(rf"(?:(?<![^\W_])|(?-i:(?<=[a-z0-9])(?=[A-Z])))(?:{'|'.join(words)})", re.IGNORECASE)


def _humped(terms: Sequence[str]) -> str:
    """The same where the next letter begins another word."""
    return _BETWEEN.join(map(re.escape, terms)) + "(?-i:(?=[A-Z]))"


def _pieces(text: str, at: int, pattern: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    begin = max(0, at - _AROUND)
    if begin:
        space = _GAP.search(text, begin, at)
        begin = space.end() if space else begin
    end = min(len(text), begin + _LONGEST)
    done = begin
    lead = "…" if begin else ""
    for found in pattern.finditer(text, at, end):
        yield lead + _GAP.sub(" ", text[done : found.start()]), False
        yield _GAP.sub(" ", found[0]), True
        lead, done = "", found.end()
    yield _GAP.sub(" ", text[done:end]) + ("…" if end < len(text) else ""), False
