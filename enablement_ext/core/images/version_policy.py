"""What a release may move: bounds for the solver before, a check of its answer after, and the name of the next release.

The rules, measured from the release before it, for direct packages (the ones an intent names):

- patch: only patch versions move; no package and no Python comes or goes.
- minor: minor versions move too; packages and Pythons may come, none goes.
- major: everything may move.

Packages that nobody asked for by name are the solver's business in every class; in a patch release they keep their versions
unless something needs another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from enablement_ext.core.images.catalog import Image, version_order
from enablement_ext.core.images.python.locks import Package, held_for
from enablement_ext.core.images.python.versions import Move, move, parse_version
from enablement_ext.core.images.releases import Release, ReleaseClass

_ALLOWED: Mapping[ReleaseClass, frozenset[Move]] = {
    ReleaseClass.PATCH: frozenset({Move.NONE, Move.PATCH}),
    ReleaseClass.MINOR: frozenset({Move.NONE, Move.PATCH, Move.MINOR}),
    ReleaseClass.MAJOR: frozenset(Move),
}


def bounds(previous: Release, direct: frozenset[str], kind: ReleaseClass) -> tuple[str, ...]:
    """Constraint lines that keep the solver inside the class, for the direct packages that the previous release has."""
    if kind is ReleaseClass.MAJOR:
        return ()
    return tuple(_bound(package, kind) for package in previous.packages if package.name in direct)


def refusals(previous: Release, now: Release, kind: ReleaseClass) -> Iterator[str]:
    """One sentence for every direct package or Python whose move the class does not allow. Nothing for a good release."""
    if kind is ReleaseClass.MAJOR:
        return
    for python in sorted(set(previous.python) - set(now.python), key=version_order):
        yield f"Python {python} goes; that takes a major release"
    if kind is ReleaseClass.PATCH:
        for python in sorted(set(now.python) - set(previous.python), key=version_order):
            yield f"Python {python} comes; that takes a minor release"
    before, after = previous.direct, now.direct
    for name in sorted(before - after):
        yield f"{name} is no longer asked for; that takes a major release"
    if kind is ReleaseClass.PATCH:
        for name in sorted(after - before):
            yield f"{name} is new; that takes a minor release"
    for python in [python for python in now.python if python in previous.python]:
        yield from _moved_too_far(previous, now, kind, python)


def next_version(image: Image | None, kind: ReleaseClass, cutoff: date) -> str:
    """The name of the next release: a patch counts on its line's last number, anything else opens the month of the cut-off date.

    Where that month, or a later one, is taken, the month after the newest release is opened.
    """
    taken = [version_order(release.version) for release in image.releases] if image else []
    newest = max(taken, default=(0, 0, 0))
    if kind is ReleaseClass.PATCH:
        return f"{newest[0]}.{newest[1]}.{newest[2] + 1}"
    month = max((cutoff.year, cutoff.month), _following(newest[0], newest[1]) if taken else (0, 0))
    return f"{month[0]}.{month[1]}.0"


def _following(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def _bound(package: Package, kind: ReleaseClass) -> str:
    version = parse_version(package.version)
    epoch = f"{version.epoch}!" if version.epoch else ""
    below = f"{version.major}.{version.minor + 1}" if kind is ReleaseClass.PATCH else f"{version.major + 1}"
    marker = f" ; {package.marker}" if package.marker else ""
    return f"{package.name}>={package.version},<{epoch}{below}{marker}"


def _moved_too_far(previous: Release, now: Release, kind: ReleaseClass, python: str) -> Iterator[str]:
    old = {package.name: package.version for package in held_for(previous.packages, python)}
    new = {package.name: package.version for package in held_for(now.packages, python)}
    for name in sorted(now.direct & previous.direct):
        if name not in old or name not in new:
            continue
        moved = move(old[name], new[name])
        if parse_version(new[name]) < parse_version(old[name]):
            yield f"{name} goes back from {old[name]} to {new[name]} (Python {python})"
        elif moved not in _ALLOWED[kind]:
            needed = "major" if moved is Move.MAJOR else "minor"
            yield f"{name} moves from {old[name]} to {new[name]} (Python {python}); that takes a {needed} release"
