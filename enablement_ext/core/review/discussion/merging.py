"""Three-way merge of the source of one cell: by lines, then, where both sides changed the same lines, word by word within each of them.

Nothing is merged that a person would have to look at: two changes of one line that no word keeps apart, lines that came or went where
the other side changed something, and whatever would not be found in the result again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from enablement_ext.core.text.line_diff import Opcode, opcodes

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_ALIKE = 0.5  # share of its words that a line keeps to be the same line still

Block = tuple[list[str], list[str], list[str]]  # base, mine, theirs


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Both changes in one text; None where they are in each other's way."""
    found = _merged(base, mine, theirs)
    if found is None or found in (mine, theirs):
        return found
    return found if _merged(base, found, theirs) == found == _merged(base, mine, found) else None


def holds(replaces: str, source: str, now: str) -> bool:
    """Whether a text has the change from `replaces` to `source` in it: merging it in changes nothing."""
    return now == source or merged(replaces, now, source) == now


def _merged(base: str, mine: str, theirs: str) -> str | None:
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    found: list[str] = []
    for block in _blocks(*(text.split("\n") for text in (base, mine, theirs))):
        lines = _merged_block(block)
        if lines is None:
            return None
        found += lines
    return "\n".join(found)


def _merged_block(block: Block) -> list[str] | None:
    base, mine, theirs = block
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if not len(base) == len(mine) == len(theirs):
        return None
    lines = [_merged_line(*each) for each in zip(base, mine, theirs, strict=True)]
    return None if None in lines else [line for line in lines if line is not None]


def _merged_line(base: str, mine: str, theirs: str) -> str | None:
    """One line that stands in a block which both changed; what is not the same line any more is a conflict."""
    tokens = [_TOKENS.findall(line) for line in (base, mine, theirs)]
    if not all(_alike(tokens[0], other) for other in tokens[1:]):
        return None
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    found: list[str] = []
    changed = False  # the last block, and no word since
    for block in _blocks(*tokens):
        old, one, two = block
        if one == two == old:
            changed = changed and not any(_is_word(token) for token in old)
        elif changed or (old not in (one, two) and one != two):
            return None
        else:
            changed = True
        found += two if one == old else one
    return "".join(found)


def _alike(base: Sequence[str], other: Sequence[str]) -> bool:
    words = [[token for token in tokens if not token.isspace()] for tokens in (base, other)]
    kept = sum(end - start for tag, start, end, _, _ in opcodes(*words) if tag == "equal")
    return kept >= _ALIKE * max(map(len, words))


def _is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"


def _blocks(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Block]:
    """The three texts side by side: what all have, and what stands between, in turns."""
    at = [0, 0, 0]
    for start, length, in_mine, in_theirs in [
        *_common(opcodes(base, mine), opcodes(base, theirs)),
        (len(base), 0, len(mine), len(theirs)),
    ]:
        between = (list(base[at[0] : start]), list(mine[at[1] : in_mine]), list(theirs[at[2] : in_theirs]))
        if any(between):
            yield between
        same = list(base[start : start + length])
        if same:
            yield same, same, same
        at = [start + length, in_mine + length, in_theirs + length]


def _common(mine: Sequence[Opcode], theirs: Sequence[Opcode]) -> Iterator[tuple[int, int, int, int]]:
    """Runs that all three have: start in the base, length, start in the other two."""
    ours = [(start, end, begin) for tag, start, end, begin, _ in mine if tag == "equal"]
    others = [(start, end, begin) for tag, start, end, begin, _ in theirs if tag == "equal"]
    one = two = 0
    while one < len(ours) and two < len(others):
        (first, last, at), (begin, stop, where) = ours[one], others[two]
        start, end = max(first, begin), min(last, stop)
        if start < end:
            yield start, end - start, at + start - first, where + start - begin
        if last < stop:
            one += 1
        else:
            two += 1
