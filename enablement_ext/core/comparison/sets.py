"""Python sets as text: the order in which members are shown changes from process to process."""

from __future__ import annotations

import ast

_MOST = 100_000  # characters that are read as an expression


def same_sets(one: str, other: str) -> bool:
    """Whether both are the same set of plain values, shown in whatever order. Whole outputs only, and no nested sets."""
    ours, theirs = _members(one), _members(other)
    return ours is not None and ours == theirs


def _members(text: str) -> frozenset[tuple[str, object]] | None:
    text = text.strip()
    if text.startswith("frozenset({") and text.endswith("})"):
        text = text[len("frozenset(") : -1]
    if not (text.startswith("{") and text.endswith("}")) or len(text) > _MOST:
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    # Types count: 1, 1.0 and True are equal in Python and are three results.
    return frozenset((type(member).__name__, member) for member in found) if isinstance(found, set) else None
