"""Compatibility of the image that a notebook recorded with the one that a server runs: shown in the lab when a notebook is opened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog, version_order
from enablement_ext.core.images.release_diff import ReleaseChanges, changes_between
from enablement_ext.core.images.releases import Release, Status


class Relation(StrEnum):
    """The notebook's image seen from this server."""

    SAME = "same"
    NEWER = "newer"  # this server has a newer release of the same image
    OLDER = "older"  # this server has an older release of the same image
    DIFFERENT = "different"  # another image
    WITHDRAWN = "withdrawn"  # the recorded release must not be used any more, whatever this server runs
    UNKNOWN = "unknown"  # the recorded release, or this server's own, is not in the catalog with this digest


@dataclass(frozen=True, slots=True)
class RecordedImage:
    """What a notebook or a server says about its image. `digest` is "" where it says nothing; then the name alone counts."""

    slug: str
    release: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ImageCompatibility:
    """The relation, the recorded release as the catalog has it, and the one to take in its place where it cannot be started."""

    relation: Relation
    recorded: Release | None
    instead: Release | None


def compatibility_of(catalog: Catalog, here: RecordedImage, recorded: RecordedImage) -> ImageCompatibility:
    """The compatibility. Never raises: what a notebook records is not trusted."""
    made_in, ours = _found(catalog, recorded), _found(catalog, here)
    if made_in is None:
        return ImageCompatibility(Relation.UNKNOWN, None, None)
    instead = None if made_in.offered else catalog.resolve(made_in.image, made_in.version)
    if made_in.status is Status.WITHDRAWN:
        return ImageCompatibility(Relation.WITHDRAWN, made_in, instead)
    return ImageCompatibility(Relation.UNKNOWN if ours is None else _relation(ours, made_in), made_in, instead)


def newer_than(catalog: Catalog, release: Release) -> Release | None:
    """The recommended release of the same image where that is another and a newer one, or the way on from one that was withdrawn."""
    image = catalog.image(release.image)
    if image is None:
        return None
    best = image.recommended
    newer = version_order(best.version) > version_order(release.version)
    return best if newer or (not release.offered and best.version != release.version) else None


def changes_where_comparable(old: Release, new: Release, python: str | None) -> ReleaseChanges | None:
    """The differences for this Python, else for one both have; None where they share none."""
    shared = [version for version in new.python if version in old.python]
    try:
        return changes_between(old, new, python if python in shared else None)
    except BadCatalog:
        return None


def _relation(ours: Release, made_in: Release) -> Relation:
    if ours.image != made_in.image:
        return Relation.DIFFERENT
    if ours.version == made_in.version:
        return Relation.SAME
    newer = version_order(ours.version) > version_order(made_in.version)
    return Relation.NEWER if newer else Relation.OLDER


def _found(catalog: Catalog, named: RecordedImage) -> Release | None:
    release = catalog.find(named.slug, named.release)
    if release is None or (named.digest and named.digest != release.digest):
        return None
    return release
