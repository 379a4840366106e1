"""Secrets are found before anything is stored or shown.

A prefilter says where nothing can be: over a notebook's cells as they are stored, then over each text that was extracted from those
that are left. The precise rules look at what remains. So time is linear in the text, whatever the text, and images are not looked at.
The price is that only known shapes are found. A dedicated scanner (kingfisher: hundreds of rules, encoded and compressed values) finds
more provider tokens and is worth running as a check later; it finds generic passwords and connection strings less well than the rules
here, so it complements them.

A finding never contains the value, nor a part or hash of it: findings travel to logs, events and error messages.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from enablement_ext.core.notebook.extraction import ExtractedText, file_texts, notebook_texts
from enablement_ext.core.secrets.literals import LiteralPrefilter, broken_by_tags
from enablement_ext.core.secrets.ports import Prefilter
from enablement_ext.core.secrets.rules import RULES, Rule
from enablement_ext.core.secrets.shapes import SHAPES
from enablement_ext.core.text.plain_text import Reading, readings

MOST_FINDINGS = 100
_SHORTEST = 8  # characters; no rule matches less
_BATCH = 1_000_000  # characters searched together
_NEAR_MISSES = 10_000  # matches of one rule in one part that are judged
_CUTS = 8  # places in a token where it may end
_LONGEST = 20_000  # characters; no rule that is bounded matches more
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_NO_ENGINE = LiteralPrefilter()


@dataclass(frozen=True, slots=True)
class SecretFinding:
    """Something that looks like a secret. `line` is 1-based within the part; `hint` says what it is, never what it says.

    `complete`: the search went on behind it to the end. Where not, there may be more that nobody looked at.
    """

    where: str
    rule: str
    line: int
    hint: str
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Part:
    where: str
    reading: Reading


def find_secrets(texts: Iterable[ExtractedText], prefilter: Prefilter = _NO_ENGINE) -> list[SecretFinding]:
    """What looks like a secret, in the order of `texts` and by line; one per place, rule and line, at most `MOST_FINDINGS` in all."""
    findings: dict[tuple[str, str, int], SecretFinding] = {}
    for batch in _batches(texts, prefilter):
        if not _possible("\n".join([part.reading.text for part in batch]), prefilter):
            continue
        for part in batch:
            for finding in _in_part(part, prefilter):
                place = (finding.where, finding.rule, finding.line)
                if place not in findings or not finding.complete:
                    findings[place] = finding
                if len(findings) >= MOST_FINDINGS:
                    return [replace(each, complete=False) for each in findings.values()]
    return list(findings.values())


def secrets_in_notebook(data: bytes, prefilter: Prefilter = _NO_ENGINE) -> list[SecretFinding]:
    """What looks like a secret in a canonical notebook (its bytes as they are stored)."""
    return find_secrets(texts_worth_reading(data, prefilter), prefilter)


def secrets_in_file(where: str, path: str, data: bytes, prefilter: Prefilter = _NO_ENGINE) -> list[SecretFinding]:
    """What looks like a secret in a file; `where` is how findings name it."""
    return find_secrets(file_texts(where, path, data), prefilter)


def texts_worth_reading(data: bytes, prefilter: Prefilter) -> Iterator[ExtractedText]:
    """The texts of those parts of a canonical notebook in which something may be found. Hardly a notebook has none, so it is not asked as a whole."""
    return notebook_texts(data, lambda raw: bool(prefilter.shapes(raw)))


def _batches(texts: Iterable[ExtractedText], prefilter: Prefilter) -> Iterator[list[_Part]]:
    """Parts with text enough to look at, in order, many small ones together."""
    batch: list[_Part] = []
    size = 0
    for text in texts:
        for part in _parts(text, prefilter):
            batch.append(part)
            size += len(part.reading.text)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _parts(text: ExtractedText, prefilter: Prefilter) -> list[_Part]:
    if len(text.text) < _SHORTEST:
        return []
    markup = text.markup and "<" in text.text and _broken_by_tags(text.text, prefilter)
    return [_Part(text.where, reading) for reading in readings(text.text, markup=markup)]


def _broken_by_tags(text: str, prefilter: Prefilter) -> bool:
    """Whether its tags have to be taken out, too. The engine says in one go that they need not, which is nearly always so."""
    return SHAPES.before_tag in prefilter.shapes(_utf8(text)) and broken_by_tags(text)


def _possible(text: str, prefilter: Prefilter) -> list[Rule]:
    shapes = prefilter.shapes(_utf8(text))
    return [rule for position, rule in enumerate(RULES) if position in shapes]


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a character, which is no letter of any secret and no ASCII either
        return re.sub(r"[\ud800-\udfff]", "\ufffd", text).encode()


def _in_part(part: _Part, prefilter: Prefilter) -> list[SecretFinding]:
    text = part.reading.text
    rules = _possible(text, prefilter)
    if not rules:
        return []
    lower = text.lower()
    if len(lower) != len(text):  # a few letters change length; positions must be those of the text
        lower = text.translate(_ASCII_LOWER)
    places: set[tuple[int, str, str]] = set()
    broken_off: set[str] = set()
    for rule in rules:
        matches = list(islice(_matches(rule, part.reading, lower), MOST_FINDINGS))
        places.update((at, rule.name, rule.hint) for at in matches)
        broken_off |= {rule.name} if len(matches) == MOST_FINDINGS else set()
    found: dict[tuple[int, str], SecretFinding] = {}
    line, counted = 1, 0
    for at, name, hint in sorted(places):
        line += text.count("\n", counted, at)
        counted = at
        found.setdefault((line, name), SecretFinding(part.where, name, line, hint, name not in broken_off))
    return list(found.values())


def _matches(rule: Rule, reading: Reading, lower: str) -> Iterator[int]:
    """Where the rule matches. A text with more near misses than are worth judging counts as a match: nobody hides behind them."""
    searched = lower if rule.any_case else reading.text
    near = 0
    for anchor in rule.anchors:
        at = searched.find(anchor)
        while at >= 0:
            for match in _tries(rule, reading, at):
                near += 1
                if near > _NEAR_MISSES or rule.accept(match):
                    yield at
                    break
            at = searched.find(anchor, at + len(anchor))


def _tries(rule: Rule, reading: Reading, at: int) -> Iterator[re.Match[str]]:
    """The pattern's matches at this place: as the text stands, then with words that end where something was cut out."""
    match = rule.pattern.match(reading.text, at)
    if match is not None:
        yield match
    if not rule.bounded or not reading.cuts:
        return
    first = bisect_left(reading.cuts, at)
    begins = first < len(reading.cuts) and reading.cuts[first] == at
    piece = reading.text[at if begins else max(0, at - 1) : at + _LONGEST]
    start = 0 if begins else min(at, 1)
    following = [cut - at + start for cut in reading.cuts[first : first + _CUTS] if cut > at]
    for end in [len(piece), *following]:
        if (cut := rule.pattern.match(piece, start, end)) is not None:
            yield cut
