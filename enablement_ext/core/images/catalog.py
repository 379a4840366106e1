"""The catalog: all images and their releases, validated, from what the files say. Pure: the caller reads the files.

An image is a line of environments with a permanent slug. A release is one immutable version of it: a hash lock and a
record. A release's digest is computed from its lock, never typed, so that two places that name the same digest mean the
same packages byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.python.locks import Package, digest_of, is_locked_for_all, parse_lock
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.releases import SLUG, VERSION, Release, Status, parse_release

__all__ = [
    "SLUG",
    "VERSION",
    "Catalog",
    "Image",
    "Package",
    "Release",
    "Status",
    "digest_of",
    "parse_catalog",
    "parse_image",
    "parse_lock",
    "parse_release",
    "version_order",
]


@dataclass(frozen=True, slots=True)
class Image:
    """A line of releases, newest first. `packages` are the direct packages by name with their ranges."""

    slug: str
    title: str
    description: str
    packages: Mapping[str, str]
    releases: tuple[Release, ...]
    extends: str | None = None  # the image whose packages are all in this one, in the same versions
    groups: tuple[str, ...] = ()  # who may start it; empty: everybody
    os_packages: tuple[str, ...] = ()
    base: str = "debian-bookworm"  # what a container image of it stands on
    command: tuple[str, ...] = ()  # what a container of it runs; empty: a person's server
    exceptions: Mapping[str, str] | None = None  # package -> why its version may differ from other images'

    @property
    def recommended(self) -> Release:
        """The one release to start with: the newest preview while nothing was ever promoted."""
        return next((r for r in self.releases if r.status is Status.RECOMMENDED), self.releases[0])

    def direct(self, release: Release) -> frozenset[str]:
        """The packages that were asked for when the release was locked; for an old record, those of today's intent."""
        return release.direct or frozenset(self.packages)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All images, by slug. `default_slug` names the image of a server for which nothing was chosen, "" the first one.

    `reference` says where a cluster finds container images, with {image}, {release} and {python}; "" where the catalog does not say.
    """

    images: tuple[Image, ...]
    default_slug: str = ""
    reference: str = ""

    def find(self, slug: str, version: str) -> Release | None:
        """The release with exactly this name, whatever its status."""
        return next(
            (r for image in self.images if image.slug == slug for r in image.releases if r.version == version), None
        )

    def image(self, slug: str) -> Image | None:
        """None for a slug that no image has."""
        return next((image for image in self.images if image.slug == slug), None)

    @property
    def default(self) -> Release:
        """What a server gets when nothing was chosen: the recommended release of the default image."""
        return (self.image(self.default_slug) or self.images[0]).recommended

    def offered(self) -> tuple[Release, ...]:
        """Every release a person may choose, images in order, newest first."""
        return tuple(release for image in self.images for release in image.releases if release.offered)

    def resolve(self, slug: str, version: str) -> Release:
        """The release to start for a choice that may be old: redirects are followed, what is unknown becomes the default."""
        image = self.image(slug)
        if image is None:
            return self.default
        seen: set[str] = set()
        release = self.find(slug, version)
        while release is not None and release.redirect and release.version not in seen:
            seen.add(release.version)
            release = self.find(slug, release.redirect)
        return release if release is not None and release.offered else image.recommended


def parse_image(intent: Mapping[str, object], releases: Iterable[Release]) -> Image:
    """One image from its intent (image.toml, loaded) and its releases. Raises BadCatalog."""
    slug = str(intent.get("slug", ""))
    if not SLUG.fullmatch(slug):
        raise BadCatalog(f"{slug!r} is no slug: lower-case letters, digits and dashes, at most 40")
    packages = intent.get("packages")
    if not isinstance(packages, Mapping) or not packages:
        raise BadCatalog(f"{slug}: [packages] is missing")
    if not intent.get("title"):
        raise BadCatalog(f"{slug}: title is missing")
    image = Image(
        slug=slug,
        title=str(intent["title"]),
        description=str(intent.get("description", "")),
        packages={canonical_name(str(name)): str(wanted) for name, wanted in packages.items()},
        releases=tuple(sorted(releases, key=lambda r: version_order(r.version), reverse=True)),
        extends=str(intent["extends"]) if "extends" in intent else None,
        groups=_texts(intent.get("groups")),
        os_packages=_texts(_table(intent.get("os")).get("packages")),
        base=str(_table(intent.get("os")).get("base") or "debian-bookworm"),
        command=_texts(intent.get("command")),
        exceptions={canonical_name(name): str(why) for name, why in _table(intent.get("exceptions")).items()},
    )
    _check_image(image)
    return image


def parse_catalog(images: Iterable[Image], default_slug: str = "") -> Catalog:
    """The catalog of these images, in the given order. Raises BadCatalog when there is none or a slug stands twice."""
    catalog = Catalog(tuple(images), default_slug)
    slugs = [image.slug for image in catalog.images]
    if not slugs:
        raise BadCatalog("the catalog holds no image")
    if len(set(slugs)) < len(slugs):
        raise BadCatalog("a slug stands twice in the catalog")
    if default_slug and default_slug not in slugs:
        raise BadCatalog(f"the default image {default_slug!r} is not in the catalog")
    return catalog


def _check_image(image: Image) -> None:
    if not image.releases:
        raise BadCatalog(f"{image.slug}: there is no release")
    recommended = [r.version for r in image.releases if r.status is Status.RECOMMENDED]
    if len(recommended) != 1 and any(r.status is not Status.PREVIEW for r in image.releases):
        found = f"{len(recommended)}: {', '.join(recommended)}" if recommended else "none"
        raise BadCatalog(
            f"{image.slug}: exactly one release is recommended, found {found}; set `status` in their release.toml"
        )
    versions = {release.version for release in image.releases}
    for release in image.releases:
        if release.redirect is not None and release.redirect not in versions:
            raise BadCatalog(f"{image.slug} {release.version}: redirect to the unknown release {release.redirect}")
        if release.status is Status.DEPRECATED and release.redirect is None:
            raise BadCatalog(f"{image.slug} {release.version}: a deprecated release needs a redirect")
        if release.direct or release.status is not Status.RECOMMENDED:
            continue  # written by the tool from the intent of its day; `enablement image verify` compares with today's
        unclear = [name for name in image.packages if not is_locked_for_all(release.lock, name)]
        missing = [name for name in unclear if release.version_of(name) is None]
        if missing:
            raise BadCatalog(f"{image.slug} {release.version}: not in the lock: {', '.join(missing)}")


def version_order(version: str) -> tuple[int, ...]:
    """A key that sorts releases, oldest first."""
    return tuple(int(part) for part in version.split("."))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
