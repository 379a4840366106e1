"""How a release is cut into the layers of a container image, so that a patch release re-pulls little. Pure.

A line of releases (2026.11.0, 2026.11.1, …) shares the layers of its first one; each patch adds a layer with only the packages
that moved. Images that extend another one share its layers too. The plan is a function of the catalog alone: built again from
nothing, every layer has the same bytes, so that registries and nodes recognise it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from enablement_ext.core.images.catalog import Catalog, version_order
from enablement_ext.core.images.python.locks import Package
from enablement_ext.core.images.releases import Release


@dataclass(frozen=True, slots=True)
class Layer:
    """What one layer brings and takes away: packages that are installed, and names of packages of earlier layers that go first."""

    name: str
    packages: tuple[Package, ...]
    removed: tuple[str, ...] = ()


def layers_of(catalog: Catalog, release: Release, python: str) -> tuple[Layer, ...]:
    """The package layers of a release for one Python, lowest first. Together they hold exactly the release's packages."""
    line = _line(catalog, release)
    layers = list(_first(catalog, line[0], python))
    for older, newer in pairwise(line):
        layers.append(_patch(older, newer, python))
    return tuple(layer for layer in layers if layer.packages or layer.removed)


def _line(catalog: Catalog, release: Release) -> tuple[Release, ...]:
    """The releases from the first of the line up to this one, oldest first. Withdrawn ones count: their layers are known."""
    image = catalog.image(release.image)
    month = version_order(release.version)[:2]
    members = [r for r in image.releases if version_order(r.version)[:2] == month] if image else [release]
    upto = [r for r in members if version_order(r.version) <= version_order(release.version)]
    return tuple(sorted(upto, key=lambda r: version_order(r.version))) or (release,)


def _first(catalog: Catalog, release: Release, python: str) -> Iterator[Layer]:
    """The first release of a line: the layers of the image it extends, where it holds all of them unchanged, and its own on top."""
    packages = release.packages_for(python)
    image = catalog.image(release.image)
    parent = catalog.find(image.extends, release.version) if image and image.extends else None
    covered: frozenset[Package] = frozenset()
    if parent and python in parent.python and set(parent.packages_for(python)) <= set(packages):
        yield from _first(catalog, parent, python)
        covered = frozenset(parent.packages_for(python))
    yield Layer(f"{release.image}-{release.version}", tuple(p for p in packages if p not in covered))


def _patch(older: Release, newer: Release, python: str) -> Layer:
    before = {package.name: package for package in older.packages_for(python)}
    after = {package.name: package for package in newer.packages_for(python)}
    changed = tuple(package for name, package in after.items() if before.get(name) != package)
    gone = tuple(sorted(name for name, package in before.items() if after.get(name) != package))
    return Layer(f"{newer.image}-{newer.version}", changed, gone)
