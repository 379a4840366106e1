"""Two texts by lines and, where lines changed, by words. Time is bounded as `core.text.line_diff` bounds it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from enablement_ext.core.review.differences.models import LineDifference, Pieces
from enablement_ext.core.text.line_diff import longest_increasing, opcodes

MOST_CHARACTERS = 400_000  # of both texts; longer ones are not compared
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")

Tokens = list[tuple[int, str]]  # with the line that each stands in


def line_differences(old: str, new: str) -> tuple[LineDifference, ...] | None:
    """All lines of both texts in order, those that correspond beside each other; None where the texts are too long to be compared.

    From the other side it is the same with the sides exchanged.
    """
    if len(old) + len(new) > MOST_CHARACTERS:
        return None
    if old > new:  # one direction is worked out, the other is its mirror
        return tuple(line.reversed() for line in _lines(new, old))
    return tuple(_lines(old, new))


def _lines(old: str, new: str) -> Iterator[LineDifference]:
    ours, theirs = _split(old), _split(new)
    for tag, start, end, begin, stop in opcodes(ours, theirs):
        if tag == "equal":
            yield from (LineDifference((line,), (line,)) for line in ours[start:end])
        else:
            yield from _replaced(ours[start:end], theirs[begin:stop])


def _split(text: str) -> list[str]:
    """By line ends alone, as a cell counts its lines; no text has no line."""
    return text.split("\n") if text else []


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[LineDifference]:
    """Lines that stand where others stood: beside each other where they share a word."""
    if not old or not new:
        yield from (LineDifference((line,), None) for line in old)
        yield from (LineDifference(None, (line,)) for line in new)
        return
    pairs, ours, theirs = _paired(old, new)
    row = column = 0
    for one, other in [*pairs, (len(old), len(new))]:
        yield from (LineDifference((line,), None) for line in old[row:one])
        yield from (LineDifference(None, (line,)) for line in new[column:other])
        if one < len(old):
            yield LineDifference(ours[one], theirs[other])
        row, column = one + 1, other + 1


def _paired(old: Sequence[str], new: Sequence[str]) -> tuple[list[tuple[int, int]], list[Pieces], list[Pieces]]:
    """Which lines correspond, and the lines of both sides in pieces."""
    ours, theirs = _tokens(old), _tokens(new)
    votes: Counter[tuple[int, int]] = Counter()
    matches: list[tuple[int, int]] = []
    for tag, start, end, begin, stop in opcodes([text for _, text in ours], [text for _, text in theirs]):
        if tag == "equal":
            matches.extend(zip(range(start, end), range(begin, stop), strict=True))
    for mine, yours in matches:
        text = ours[mine][1]
        votes[ours[mine][0], theirs[yours][0]] += len(text) if text[0].isalnum() else 0
    chosen = _chosen(votes)
    beside = dict(chosen)
    # What a line shares with one that it does not stand beside counts as changed.
    kept = [(mine, yours) for mine, yours in matches if beside.get(ours[mine][0]) == theirs[yours][0]]
    return (
        chosen,
        _pieces(ours, {mine for mine, _ in kept}, len(old)),
        _pieces(theirs, {yours for _, yours in kept}, len(new)),
    )


def _chosen(votes: Counter[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each line once, those that share the most; in order on both sides."""
    taken: tuple[set[int], set[int]] = (set(), set())
    found: list[tuple[int, int]] = []
    for (one, other), count in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if count and one not in taken[0] and other not in taken[1]:
            taken[0].add(one)
            taken[1].add(other)
            found.append((one, other))
    found.sort()
    return [found[at] for at in longest_increasing([other for _, other in found])]


def _tokens(lines: Sequence[str]) -> Tokens:
    return [(number, token) for number, line in enumerate(lines) for token in _TOKENS.findall(line)]


def _pieces(tokens: Tokens, same: set[int], count: int) -> list[Pieces]:
    """Each line as pieces that alternate, an unchanged one first."""
    found: list[list[str]] = [[""] for _ in range(count)]
    for at, (line, text) in enumerate(tokens):
        pieces = found[line]
        if (at in same) == (len(pieces) % 2 == 1):
            pieces[-1] += text
        else:
            pieces.append(text)
    return [tuple(pieces) for pieces in found]
