"""Versions and ranges of Python packages (PEP 440). The library `packaging` decides; here stands what a catalog asks it.

It is imported where it is used: the lab's extension loads this module when a server starts, and compares versions only when somebody asks.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.specifiers import Specifier
    from packaging.version import Version


class Move(StrEnum):
    """What changed between two versions of a package."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@lru_cache(maxsize=8192)
def parse_version(text: str) -> Version:
    """The version. Raises ValueError when it is not one."""
    from packaging.version import Version  # noqa: PLC0415 - see the module

    return Version(text)


def is_version(text: str) -> bool:
    """Whether the text is a version."""
    try:
        parse_version(text)
    except ValueError:
        return False
    return True


def move(old: str, new: str) -> Move:
    """The first part that differs: major (an epoch counts as one), minor, or anything behind it (patch). Raises ValueError."""
    before, after = parse_version(old), parse_version(new)
    if before == after:
        return Move.NONE
    if (before.epoch, before.major) != (after.epoch, after.major):
        return Move.MAJOR
    return Move.MINOR if before.minor != after.minor else Move.PATCH


def specifiers(wanted: str) -> tuple[Specifier, ...]:
    """The specifiers of a range such as ">=2.2,<3". Raises ValueError with the part that is not one."""
    from packaging.specifiers import InvalidSpecifier, Specifier  # noqa: PLC0415 - see the module

    found = []
    for part in wanted.split(","):
        try:
            found.append(Specifier(part.strip()))
        except InvalidSpecifier:
            raise ValueError(f"{part.strip()!r} is not like >=2.2") from None
    return tuple(found)


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version is in a range. Raises ValueError when the version or the range is not one.

    A pre-release counts as a version like any other: what is compared was locked, and nobody chooses between it and another one here.
    It is still older than its release, so that 5.5.1rc1 is not in ">=5.5.1".
    """
    parsed = parse_version(version)
    return all(specifier.contains(parsed, prereleases=True) for specifier in specifiers(wanted))


def is_empty(wanted: str) -> bool:
    """Whether no version can be in the range. Raises ValueError when it is not one.

    A range begins and ends at the versions it names. So the lowest version of all, each named one, the next one after it and the first one
    behind its prefix (4 for `!=3.*`) are tried: where none of them is in the range, no version is.
    """
    parts = specifiers(wanted)
    candidates = {"0.dev0", "0", *(edge for part in parts for edge in _edges(part.version))}
    return not any(all(part.contains(candidate, prereleases=True) for part in parts) for candidate in candidates)


def _edges(bound: str) -> tuple[str, ...]:
    version = parse_version(bound.removesuffix(".*"))
    epoch = f"{version.epoch}!" if version.epoch else ""
    release = ".".join(map(str, version.release))
    behind = ".".join(map(str, (*version.release[:-1], version.release[-1] + 1)))
    return str(version), f"{epoch}{release}.0.0.0.0.1", f"{epoch}{behind}"
