"""Suggested edits: another source for one cell, as a reviewer wrote it, and what became of it.

A suggestion is bound to the exact source that it replaces. Nothing here changes a notebook: its author applies it (`applying`).
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from enablement_ext.core.errors import BadRequest, Unprocessable
from enablement_ext.core.text.direction_marks import DIRECTION_MARKS

MOST_SOURCE = 20_000  # characters of a source that is suggested, and of one that it replaces


class SuggestionState(StrEnum):
    """What became of a suggestion."""

    OPEN = "open"
    OUTDATED = "outdated"  # open, and the latest version reads otherwise there, or has no such cell
    APPLIED = "applied"  # a version holds it
    REJECTED = "rejected"  # by the author, with a reason
    WITHDRAWN = "withdrawn"  # its maker deleted the comment that it came with


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`source` instead of `replaces`. `applied_in` is the version that was found to hold it, `rejected_in` the comment that says why not."""

    replaces: str
    source: str
    applied_in: int | None = None
    rejected_in: int | None = None

    def state(self, *, withdrawn: bool, changed: bool) -> SuggestionState:
        """`changed`: the latest version reads otherwise at its cell. What a version holds is applied, whatever was said of it before."""
        if self.applied_in is not None:
            return SuggestionState.APPLIED
        if withdrawn:
            return SuggestionState.WITHDRAWN
        if self.rejected_in is not None:
            return SuggestionState.REJECTED
        return SuggestionState.OUTDATED if changed else SuggestionState.OPEN


def source_sha256(source: str) -> str:
    """What a source is named by."""
    return hashlib.sha256(source.encode()).hexdigest()


def require_source(source: str, replaces: str) -> None:
    """Return where this may be suggested instead of that: a source is kept exactly, so what a comment is cleaned of is refused here.

    What the cell holds already may stay. Raises `BadRequest`, `Unprocessable` where it says the same.
    """
    if source == replaces:
        raise Unprocessable("The suggestion is what the cell says already.")
    for text in (source, replaces):
        if any(mark == "\0" or unicodedata.category(mark) == "Cs" for mark in text):
            raise BadRequest("The source holds a character that cannot be kept.", facts={"field": "source"})
    for mark in set(source) - set(replaces) - {"\n", "\t"}:
        if mark in DIRECTION_MARKS or unicodedata.category(mark) in ("Cc", "Zl", "Zp"):
            raise BadRequest(
                f"The source holds an invisible character (U+{ord(mark):04X}) that the cell did not have.",
                facts={"field": "source"},
            )


def require_replaced(replaces: str, sha256: str) -> None:
    """Return where the source that was on screen is the cell's. Raises `Unprocessable`."""
    if source_sha256(replaces) != sha256:
        raise Unprocessable("The cell of this version reads otherwise. Reload it and try again.")
