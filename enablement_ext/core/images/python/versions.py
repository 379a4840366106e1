"""Versions of packages, as far as a catalog needs them: their numbers, what moved between two, whether a range holds one.

Numbers are compared part by part, as PEP 440 does for final releases. What stands behind the numbers (`rc1`, `.post1`,
`+cpu`) decides only between two versions whose numbers are equal, and then only whether they differ.
"""

from __future__ import annotations

import re
from enum import StrEnum

CLAUSE = re.compile(r"(?P<operator>~=|==|!=|<=|>=|<|>)\s*(?P<version>\d+(?:\.\d+)*(?:\.\*)?[A-Za-z0-9.+!-]*)")
_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)")


class Move(StrEnum):
    """What changed between two versions of a package."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, without trailing zeros: 2.31.0rc1 -> (2, 31). Empty where there are none."""
    found = _NUMBERS.match(version)
    parts = [int(part) for part in found[1].split(".")] if found else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def move(old: str, new: str) -> Move:
    """The first part that differs: major, minor, or anything behind it (patch)."""
    if old == new:
        return Move.NONE
    before, after = (*numbers(old), 0, 0), (*numbers(new), 0, 0)
    if before[0] != after[0]:
        return Move.MAJOR
    return Move.MINOR if before[1] != after[1] else Move.PATCH


def clauses(wanted: str) -> tuple[tuple[str, str], ...]:
    """The clauses of a range such as ">=2.2,<3". Raises ValueError when it is not one."""
    found = []
    for part in wanted.split(","):
        clause = CLAUSE.fullmatch(part.strip())
        if clause is None:
            raise ValueError(f"{part.strip()!r} is not like >=2.2")
        found.append((clause["operator"], clause["version"]))
    return tuple(found)


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version is in a range. Raises ValueError when the range is not one."""
    return all(_holds(version, operator, bound) for operator, bound in clauses(wanted))


def empty(wanted: str) -> bool:
    """Whether no version can be in the range: its lower end is at or above its upper end."""
    lower: tuple[int, ...] = ()
    upper: tuple[int, ...] | None = None
    inclusive = True
    for operator, bound in clauses(wanted):
        value = numbers(bound)
        if operator in {">=", ">", "~="}:
            lower = max(lower, value)
        elif operator in {"<", "<="} and (upper is None or value < upper):
            upper, inclusive = value, operator == "<="
    return upper is not None and (lower > upper or (lower == upper and not inclusive))


def _holds(version: str, operator: str, bound: str) -> bool:
    have, want = numbers(version), numbers(bound)
    if bound.endswith(".*"):
        depth = bound.count(".")
        same = (*have, *([0] * depth))[:depth] == (*want, *([0] * depth))[:depth]
        return same if operator == "==" else not same
    if operator == "~=":
        depth = bound.count(".")
        return have >= want and (*have, *([0] * depth))[:depth] == (*want, *([0] * depth))[:depth]
    results = {
        "==": have == want,
        "!=": have != want,
        "<": have < want,
        "<=": have <= want,
        ">": have > want,
        ">=": have >= want,
    }
    return results[operator]
