"""What checks are told of an image release: its lock, read once for each Python, and how it stands in the catalog now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cachetools import LRUCache

from enablement_ext.core.checks.models import ReleaseFacts
from enablement_ext.core.checks.own.release import unknown_release
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.releases import Release
from enablement_ext.core.review.models import ImageRef
from enablement_ext.service.caches.catalog import CurrentCatalog

_RELEASES = 64


@dataclass(slots=True)
class CatalogReleaseFacts:
    """From the catalog. Safe from any thread: two that read the same lock at once read the same."""

    images: CurrentCatalog
    _locks: LRUCache[tuple[str, str], Mapping[str, str]] = field(default_factory=lambda: LRUCache(_RELEASES))

    def __call__(self, image: ImageRef) -> ReleaseFacts | None:
        """None where there is no catalog that can be read."""
        try:
            catalog = self.images.current()
            release = catalog.find(image.slug, image.release)
            name = f"{image.slug} {image.release}"
            return unknown_release(name) if release is None else self._facts(catalog, release, image.python)
        except BadCatalog:
            return None

    def _facts(self, catalog: Catalog, release: Release, python: str) -> ReleaseFacts:
        instead = "" if release.offered else _name(catalog.resolve(release.image, release.version))
        return ReleaseFacts(_name(release), self._lock(release, python), release.status.value, instead, release.reason)

    def _lock(self, release: Release, python: str) -> Mapping[str, str]:
        known = self._locks.get((release.digest, python))
        if known is None:
            held = release.packages_for(python if python in release.python else release.python[0])
            known = {package.name: package.version for package in held}
            self._locks[release.digest, python] = known
        return known


def _name(release: Release) -> str:
    return f"{release.image} {release.version}"
