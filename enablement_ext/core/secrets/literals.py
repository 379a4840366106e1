"""The prefilter where no engine is installed, as in the lab's environment: the literals that rules begin with, searched one by one.

Every rule starts from a literal (`AKIA`, `ghp_`, `-----BEGIN`, `password`). Slower than an engine, and it says more often that something
may be there; what is found in the end is the same.
"""

from __future__ import annotations

import re
from functools import cache

from enablement_ext.core.secrets.rules import RULES
from enablement_ext.core.secrets.shapes import BEFORE_TAG, SHAPES

_READ = frozenset(range(SHAPES.rules, len(SHAPES.patterns)))
_EXACT = {anchor for rule in RULES if not rule.any_case for anchor in rule.anchors}
_ANY_CASE = {anchor for rule in RULES if rule.any_case for anchor in rule.anchors}


def anchors_in(text: str) -> set[str]:
    """The literals that are in the text: searching for one after the other is faster than one pattern for all."""
    lower = text.lower()
    return {anchor for anchor in _EXACT if anchor in text} | {anchor for anchor in _ANY_CASE if anchor in lower}


def broken_by_tags(text: str) -> bool:
    """Whether a tag stands within or right behind the beginning of what a rule looks for."""
    if "<" not in text:
        return False
    lower = text.lower()
    return any(_before_tag(anchor).search(text if anchor in _EXACT else lower) for anchor in anchors_in(text))


@cache
def _before_tag(anchor: str) -> re.Pattern[str]:
    return re.compile(re.escape(anchor) + BEFORE_TAG)


class LiteralPrefilter:
    """A `Prefilter` of the standard library alone. A stored cell is always worth reading to it."""

    def shapes(self, data: bytes) -> frozenset[int]:
        """The rules with a literal somewhere in the text."""
        there = anchors_in(data.decode("utf-8", errors="replace"))
        return _READ.union(position for position, rule in enumerate(RULES) if not there.isdisjoint(rule.anchors))
