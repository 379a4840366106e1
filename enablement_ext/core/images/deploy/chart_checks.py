"""What a catalog that is deployed by the chart must say, so that everything that is offered can be pulled and started. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from enablement_ext.core.images.catalog import Catalog, Image, Release
from enablement_ext.core.images.catalog_checks import CatalogFinding, catalog_findings
from enablement_ext.core.images.definition import PYTHONS


def deployed_findings(catalog: Catalog) -> tuple[CatalogFinding, ...]:
    """Everything that would fail at somebody's spawn, or pull another image than was built. Empty for a catalog that may be installed.

    What releases hold is checked where their packages are listed.
    """
    found = [finding for image in catalog.images for finding in _image(image)]
    listed = tuple(_alone(image) for image in catalog.images if all(release.packages for release in image.releases))
    if listed:
        found += catalog_findings(Catalog(listed, reference=catalog.reference))
    return tuple(found)


def _alone(image: Image) -> Image:
    """Without the names of releases that were not deployed: who deploys the newest alone need not deploy the one before it."""
    there = {release.version for release in image.releases}
    known = (r if r.previous in there else replace(r, previous=None) for r in image.releases)
    return replace(image, releases=tuple(known))


def _image(image: Image) -> Iterator[CatalogFinding]:
    holders: dict[str, tuple[str, str]] = {}
    for release in image.releases:
        yield from _release(release)
        for python, build in release.oci.items():
            where = f"{release.version} for Python {python}"
            first, lock = holders.setdefault(build.digest, (where, release.digest))
            if lock != release.digest:
                message = f"has the container image of {first} ({build.digest[:19]}…) and another lock; that digest was copied"
                yield CatalogFinding("digest", _named(release), message)


def _release(release: Release) -> Iterator[CatalogFinding]:
    where = _named(release)
    for python in release.oci:
        if python not in release.python:
            yield CatalogFinding(
                "oci", where, f"`oci` names Python {python}, which is not in `python`; write it in quotes"
            )
    for python in release.python:
        if python not in PYTHONS:
            yield CatalogFinding(
                "python", where, f"Python {python} is not one of {', '.join(PYTHONS)}; write it in quotes"
            )
    if release.offered and not release.oci:
        build = f"enablement image build {release.image}/{release.version} --oci --record"
        yield CatalogFinding(
            "oci", where, f"is offered and has no container image: run `{build}` and push it, or withdraw it"
        )


def _named(release: Release) -> str:
    return f"{release.image}/{release.version}"
