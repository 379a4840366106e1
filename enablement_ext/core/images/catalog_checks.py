"""What a catalog promises beyond being readable: fresh locks, floors, one version per package, releases inside their class.

Reading a catalog refuses what cannot be started at all; these checks are for `enablement image verify` and CI.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog, Image, version_order
from enablement_ext.core.images.definition import mistakes_between, mistakes_in
from enablement_ext.core.images.python.locks import held_for
from enablement_ext.core.images.python.versions import parse_version, satisfies
from enablement_ext.core.images.releases import DIGEST, Release, Status
from enablement_ext.core.images.version_policy import refusals

# A server below these has known holes, or does not speak with this hub.
FLOORS: Mapping[str, str] = {
    "jupyterhub": "5.5.1",
    "jupyter-server": "2.20",
    "jupyterlab": "4.6.2",
    "nbconvert": "7.17.1",
    "jupyterlab-git": "0.54",
    "nbdime": "4.0",
    "ipykernel": "6.0",
}


@dataclass(frozen=True, slots=True)
class CatalogFinding:
    """One thing that does not agree: the rule's name, the place, what is wrong and what to do."""

    rule: str
    where: str
    message: str


def intent_findings(intents: Mapping[str, str], folder: str) -> tuple[CatalogFinding, ...]:
    """The mistakes in all intents (slug -> text); `folder` is how the catalog's folder is called in the messages."""
    mistakes = [m for slug, text in intents.items() for m in mistakes_in(text, f"{folder}/{slug}/image.toml", slug)]
    mistakes = mistakes or list(mistakes_between(intents))
    return tuple(
        CatalogFinding("intent", f"{mistake.file}:{mistake.line}", f"{mistake.what} {mistake.do}")
        for mistake in mistakes
    )


def catalog_findings(catalog: Catalog) -> tuple[CatalogFinding, ...]:
    """Everything that the releases promise and do not keep. Empty for a catalog that may be merged."""
    found: list[CatalogFinding] = []
    for image in catalog.images:
        for release in image.releases:
            found += _release(image, release)
        found += _fresh(image)
    found += _same_versions(catalog)
    return tuple(found)


def republished(before: Catalog, now: Catalog) -> Iterator[CatalogFinding]:
    """Releases that were published before and are not the same any more: gone, or with another lock, date or Python."""
    for image in before.images:
        for old in image.releases:
            new = now.find(image.slug, old.version)
            where = _named(old)
            if new is None:
                yield CatalogFinding(
                    "append-only", where, "was published and is gone; withdraw it instead of deleting it"
                )
                continue
            for key, was, is_now in _fixed(old, new):
                if was != is_now:
                    message = f"`{key}` was {was} when it was published and is {is_now}; make a new release instead"
                    yield CatalogFinding("append-only", where, message)


def _fixed(old: Release, new: Release) -> Iterator[tuple[str, object, object]]:
    yield "digest", old.digest, new.digest
    yield "published", old.published, new.published
    yield "python", list(old.python), list(new.python)
    for python, build in old.oci.items():
        if python in new.oci:
            yield f"oci {python}", build.digest, new.oci[python].digest


def _release(image: Image, release: Release) -> Iterator[CatalogFinding]:
    where = _named(release)
    try:
        packages = release.packages
        by_python = {python: {p.name: p.version for p in held_for(packages, python)} for python in release.python}
    except BadCatalog as error:
        yield CatalogFinding("lock", where, error.message)
        return
    if not DIGEST.fullmatch(release.digest):
        yield CatalogFinding("digest", where, f"{release.digest} is no digest")
    if release.status is not Status.WITHDRAWN and not image.command:
        yield from _floors(where, by_python)
    for name in sorted(release.direct):
        absent = [python for python, versions in by_python.items() if name not in versions]
        if absent:
            yield CatalogFinding(
                "lock", where, f"{name} was asked for and is not in the lock for Python {', '.join(absent)}"
            )
    previous = next((r for r in image.releases if r.version == release.previous), None)
    if release.previous and previous is None:
        yield CatalogFinding("class", where, f"names {release.previous} as the release before it, which is not there")
    if previous is not None and release.release_class is not None:
        for sentence in refusals(previous, release, release.release_class):
            yield CatalogFinding("class", where, f"is a {release.release_class} release, but {sentence}")


def _floors(where: str, by_python: Mapping[str, Mapping[str, str]]) -> Iterator[CatalogFinding]:
    for name, floor in FLOORS.items():
        for python, versions in by_python.items():
            version = versions.get(name)
            if version is None:
                yield CatalogFinding(
                    "floor", where, f"{name} is not in it for Python {python}; a server cannot do without"
                )
            elif parse_version(version) < parse_version(floor):
                yield CatalogFinding(
                    "floor", where, f"{name} {version} is below {floor}, which is the lowest that is safe"
                )


def _fresh(image: Image) -> Iterator[CatalogFinding]:
    newest = image.releases[0]
    where = _named(newest)
    hint = f"lock a new release: enablement image lock {image.slug}"
    for name, wanted in image.packages.items():
        plain = name.partition("[")[0]
        for python in newest.python:
            version = newest.version_of(plain, python)
            if version is None:
                yield CatalogFinding(
                    "fresh", where, f"the intent asks for {name}, the newest release does not have it; {hint}"
                )
                break
            if not satisfies(version, wanted):
                yield CatalogFinding("fresh", where, f"{name} {version} is not in the intent's range {wanted}; {hint}")
                break
    dropped = sorted(newest.direct - {name.partition("[")[0] for name in image.packages})
    if dropped:
        yield CatalogFinding(
            "fresh", where, f"the intent no longer asks for {', '.join(dropped)}; {hint} --class major"
        )


def _same_versions(catalog: Catalog) -> Iterator[CatalogFinding]:
    """Between the recommended releases of all images a package has one version, or the intent says why not."""
    for python in sorted({p for image in catalog.images for p in image.recommended.python}, key=version_order):
        holders: dict[str, dict[str, list[str]]] = {}
        for image in catalog.images:
            if python not in image.recommended.python:
                continue
            for package in image.recommended.packages_for(python):
                if package.name not in (image.exceptions or {}):
                    holders.setdefault(package.name, {}).setdefault(package.version, []).append(image.slug)
        for name, versions in sorted(holders.items()):
            if len(versions) > 1:
                said = "; ".join(f"{version} in {', '.join(slugs)}" for version, slugs in sorted(versions.items()))
                message = f"{name} has different versions for Python {python}: {said}. Say why under [exceptions], or lock again"
                yield CatalogFinding(
                    "same-version", ", ".join(sorted({s for v in versions.values() for s in v})), message
                )


def outdated(catalog: Catalog, today: date) -> tuple[CatalogFinding, ...]:
    """Releases whose dates have passed and that are still offered. `today` comes from the caller."""
    found = []
    for image in catalog.images:
        for release in image.releases:
            if release.support_end and release.support_end < today and release.offered:
                message = f"support ended on {release.support_end}; deprecate it with a redirect"
                found.append(CatalogFinding("support", _named(release), message))
    return tuple(found)


def _named(release: Release) -> str:
    return f"{release.image}/{release.version}"
