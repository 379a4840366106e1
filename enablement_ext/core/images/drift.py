"""Drift: packages that differ from an image's lock, found by comparing it with what Python would really import.

Python takes the first folder of its path that has a package. Folders are given in that order; those of the image itself are marked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST = 200  # that are told; a folder of thousands is named by its first ones


class PackageLocation(StrEnum):
    """Where a package lies."""

    IMAGE = "image"  # the image's own folder
    HOME = "home"  # below the user's home: pip install --user, a folder on PYTHONPATH
    PATH = "path"  # somewhere else on PYTHONPATH


class DriftKind(StrEnum):
    """How it differs from the image's lock."""

    SHADOWS = "shadows"  # taken in place of the image's
    REPLACED = "replaced"  # installed over the image's, in the image's own folder
    ADDED = "added"  # not in the image
    MISSING = "missing"  # in the lock, and nowhere to be found


@dataclass(frozen=True, slots=True)
class PackageFolder:
    """A folder of Python's path: its packages by normalised name with their versions."""

    path: str
    place: PackageLocation
    packages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drift:
    """One package that is not as the image has it. `version` is None where it is missing, `locked` where the image has none."""

    name: str
    kind: DriftKind
    version: str | None
    locked: str | None
    place: PackageLocation


def drift(locked: Mapping[str, str], folders: Iterable[PackageFolder], ignored: Collection[str] = ()) -> list[Drift]:
    """Every difference, by name; the ones that take the image's place first. `ignored` in the image's own folder belongs to it."""
    taken: dict[str, tuple[str, PackageLocation]] = {}
    for folder in folders:
        for name, version in folder.packages.items():
            if not (folder.place is PackageLocation.IMAGE and name in ignored):
                taken.setdefault(name, (version, folder.place))
    found = [_one(name, locked.get(name), *taken[name]) for name in taken]
    gone = [
        Drift(name, DriftKind.MISSING, None, version, PackageLocation.IMAGE)
        for name, version in locked.items()
        if name not in taken
    ]
    order = list(DriftKind)
    different = [one for one in found if one is not None] + gone
    return sorted(different, key=lambda one: (order.index(one.kind), one.name))


def _one(name: str, locked: str | None, version: str, place: PackageLocation) -> Drift | None:
    if place is PackageLocation.IMAGE:
        if version == locked:
            return None
        return Drift(name, DriftKind.ADDED if locked is None else DriftKind.REPLACED, version, locked, place)
    return Drift(name, DriftKind.ADDED if locked is None else DriftKind.SHADOWS, version, locked, place)
