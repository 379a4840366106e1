"""Two or more things measured side by side: they alternate within each round, and what is reported is ratios.

Absolute times say more about the machine than about us. A ratio of two neighbours in time, taken many times and summed up
by its median, survives a noisy machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Contender:
    """One thing to measure: `once(round)` does it one time and returns the figure (seconds, requests per second, bytes)."""

    name: str
    once: Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the per-round ratios, with the middle half of them."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.middle)} ({_short(self.low)}–{_short(self.high)})"


def _short(value: float) -> str:
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}" if value >= 0.01 else f"{value:.4f}"


@dataclass(slots=True)
class Rounds:
    """What each contender scored, round by round."""

    scores: dict[str, list[float]] = field(default_factory=dict)

    def median(self, name: str) -> float:
        """The middle score of a contender."""
        return median(self.scores[name])

    def ratio(self, name: str, to: str) -> Ratio:
        """Score of `name` divided by that of `to` in the same round."""
        pairs = [ours / theirs for ours, theirs in zip(self.scores[name], self.scores[to], strict=True)]
        if len(pairs) == 1:
            return Ratio(pairs[0], pairs[0], pairs[0])
        low, middle, high = quantiles(pairs, n=4, method="inclusive")
        return Ratio(middle, low, high)


def alternate(contenders: Sequence[Contender], rounds: int, warm_up: int = 1, settle: bool = False) -> Rounds:
    """Run every contender once per round, in turning order; the first `warm_up` rounds are not counted.

    With `settle`, what earlier contenders left unwritten goes to the disk before each one, so that nobody pays for a neighbour.
    """
    result = Rounds({contender.name: [] for contender in contenders})
    for number in range(warm_up + rounds):
        turn = number % len(contenders)
        for contender in (*contenders[turn:], *contenders[:turn]):
            if settle:
                os.sync()
            score = contender.once(number)
            if number >= warm_up:
                result.scores[contender.name].append(score)
    return result
