"""What differs between two releases, package by package, for one Python. Computed from the locks, never typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from enablement_ext.core.errors import BadCatalog, NotFound
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.python.versions import Move, move
from enablement_ext.core.images.releases import Release


class PackageChangeKind(StrEnum):
    """What a line of a comparison of two locks says."""

    ADDED = "added"
    REMOVED = "removed"
    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class PackageChange:
    """One package that differs. `old` is None when it was added, `new` when it was removed. `direct`: somebody asked for it by name."""

    name: str
    old: str | None
    new: str | None
    kind: PackageChangeKind
    direct: bool


@dataclass(frozen=True, slots=True)
class ReleaseChanges:
    """All differences from one release to another for one Python: direct packages first, then by name."""

    old: str
    new: str
    python: str
    changes: tuple[PackageChange, ...]


def changes_between(old: Release, new: Release, python: str | None = None) -> ReleaseChanges:
    """The differences. Without a Python: for the oldest one that both have. Raises BadCatalog when they have none in common."""
    shared = [version for version in new.python if version in old.python]
    if python is None:
        python = shared[0] if shared else None
    if python is None or python not in shared:
        raise BadCatalog(f"{_named(old)} and {_named(new)} have no Python {python or ''} in common".replace("  ", " "))
    before = {package.name: package.version for package in old.packages_for(python)}
    after = {package.name: package.version for package in new.packages_for(python)}
    direct = old.direct | new.direct
    changes = (
        PackageChange(name, before.get(name), after.get(name), _kind(before.get(name), after.get(name)), name in direct)
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    )
    ordered = tuple(sorted(changes, key=lambda change: (not change.direct, change.name)))
    return ReleaseChanges(_named(old), _named(new), python, ordered)


def narrowed(changes: ReleaseChanges, packages: Iterable[str]) -> ReleaseChanges:
    """Only what concerns these packages (normalised names), for instance the ones that a notebook imports."""
    wanted = set(packages)
    kept = tuple(change for change in changes.changes if change.name in wanted)
    return ReleaseChanges(changes.old, changes.new, changes.python, kept)


def named_release(catalog: Catalog, name: str) -> Release:
    """The release called `slug/version`, or the recommended one of `slug`. Raises NotFound and says what there is."""
    slug, _, version = name.partition("/")
    image = catalog.image(slug)
    if image is None:
        known = ", ".join(image.slug for image in catalog.images)
        raise NotFound(f"there is no image {slug!r} with a release; there are {known}")
    release = catalog.find(slug, version) if version else image.recommended
    if release is None:
        known = ", ".join(release.version for release in image.releases)
        raise NotFound(f"{slug} has no release {version!r}; it has {known}")
    return release


def as_text(found: ReleaseChanges) -> str:
    """Aligned lines for a terminal, ending with a count."""
    lines = [f"{found.old} -> {found.new}, Python {found.python}"]
    width = max((len(change.name) for change in found.changes), default=0)
    for change in found.changes:
        mark = "direct" if change.direct else ""
        versions = f"{change.old or '-'} -> {change.new or '-'}"
        lines.append(f"  {change.name:<{width}}  {change.kind:<8} {versions}  {mark}".rstrip())
    lines.append(summary(found))
    return "\n".join(lines)


def as_markdown(found: ReleaseChanges) -> str:
    """A table for a changelog or a pull request."""
    lines = [f"### {found.old} → {found.new} (Python {found.python})", "", summary(found), ""]
    if found.changes:
        lines += ["| package | was | is | change |", "|---|---|---|---|"]
    for change in found.changes:
        name = f"**{change.name}**" if change.direct else change.name
        lines.append(f"| {name} | {change.old or '—'} | {change.new or '—'} | {change.kind} |")
    return "\n".join(lines).rstrip()


def summary(found: ReleaseChanges) -> str:
    """One line: how many of each kind."""
    counts = [(kind, sum(1 for change in found.changes if change.kind is kind)) for kind in PackageChangeKind]
    return ", ".join(f"{count} {kind}" for kind, count in counts if count) or "no differences"


def _kind(old: str | None, new: str | None) -> PackageChangeKind:
    if old is None or new is None:
        return PackageChangeKind.ADDED if old is None else PackageChangeKind.REMOVED
    moved = move(old, new)
    return PackageChangeKind.PATCH if moved is Move.NONE else PackageChangeKind(moved.value)


def _named(release: Release) -> str:
    return f"{release.image}/{release.version}"
