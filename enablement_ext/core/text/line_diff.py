"""A line diff whose time is bounded whatever the texts are.

difflib is cubic on texts made for it. Here equal beginnings and ends are taken off first, then lines that occur exactly once in both
texts are matched in order (patience diff), and difflib sees only the small gaps between them, within a budget.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

Opcode = tuple[str, int, int, int, int]  # tag, old start, old end, new start, new end; as difflib has them

_GAP = 2_500  # product of the two lengths up to which difflib is asked
_BUDGET = 100_000  # sum of these products


def opcodes(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Opcode]:
    """How to turn `old` into `new`; ranges are half-open, cover both texts and are in order."""
    shortest = min(len(old), len(new))
    head = next((index for index in range(shortest) if old[index] != new[index]), shortest)
    tail = next((index for index in range(shortest - head) if old[-1 - index] != new[-1 - index]), shortest - head)
    middle = (head, len(old) - tail, head, len(new) - tail)
    found: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    found.extend(_middle(old, new, middle))
    if tail:
        found.append(("equal", middle[1], len(old), middle[3], len(new)))
    return found


def longest_increasing(values: Sequence[int]) -> list[int]:
    """Positions in `values` (all different) of a longest increasing run, in order."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for position, value in enumerate(values):
        at = bisect_left(tails, value)
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [value]
        ends[at : at + 1] = [position]
    run: list[int] = []
    position = ends[-1] if ends else -1
    while position >= 0:
        run.append(position)
        position = before[position]
    return run[::-1]


def _middle(old: Sequence[Hashable], new: Sequence[Hashable], bounds: tuple[int, int, int, int]) -> Iterator[Opcode]:
    old_at, old_end, new_at, new_end = bounds
    budget = _BUDGET
    for old_match, new_match in [*_unique_matches(old, new, bounds), (old_end, new_end)]:
        gap = (old_at, old_match, new_at, new_match)
        cost = (old_match - old_at) * (new_match - new_at)
        cheap = cost <= min(_GAP, budget)
        budget -= cost if cheap else 0
        yield from _gap(old, new, gap, compare=cheap)
        if old_match < old_end or new_match < new_end:
            yield ("equal", old_match, old_match + 1, new_match, new_match + 1)
        old_at, new_at = old_match + 1, new_match + 1


def _unique_matches(
    old: Sequence[Hashable], new: Sequence[Hashable], bounds: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    old_start, old_end, new_start, new_end = bounds
    often_old, often_new = Counter(old[old_start:old_end]), Counter(new[new_start:new_end])
    where = {line: index for index, line in enumerate(new[new_start:new_end], new_start) if often_new[line] == 1}
    pairs = [
        (index, where[line])
        for index, line in enumerate(old[old_start:old_end], old_start)
        if often_old[line] == 1 and line in where
    ]
    return [pairs[position] for position in longest_increasing([there for _, there in pairs])]


def _gap(
    old: Sequence[Hashable], new: Sequence[Hashable], bounds: tuple[int, int, int, int], *, compare: bool
) -> Iterator[Opcode]:
    old_start, old_end, new_start, new_end = bounds
    if old_start >= old_end and new_start >= new_end:
        return
    if compare:
        matcher = SequenceMatcher(None, old[old_start:old_end], new[new_start:new_end], autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            yield tag, a + old_start, b + old_start, c + new_start, d + new_start
    else:
        yield "replace", old_start, old_end, new_start, new_end
