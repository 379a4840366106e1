"""The catalog: all images and their releases, validated, from what the files say. Pure: the caller reads the files.

An image is a line of environments with a permanent slug. A release is one immutable version of it: a hash lock and a
record. A release's digest is computed from its lock, never typed, so that two places that name the same digest mean the
same packages byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from enablement_ext.core.errors import BadCatalog

SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
VERSION = re.compile(r"\d{4}\.\d{1,2}\.\d{1,4}")
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*"
)
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


class Status(StrEnum):
    """What a release may be used for."""

    PREVIEW = "preview"
    RECOMMENDED = "recommended"  # exactly one per image
    SUPPORTED = "supported"
    DEPRECATED = "deprecated"  # has a redirect
    WITHDRAWN = "withdrawn"  # not startable


@dataclass(frozen=True, slots=True)
class Package:
    """One line of a lock. `marker` is "" where the package is for every platform; hashes are "sha256:…"."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """One immutable version of an image. `lock` is the file's text, `digest` "sha256:…" over what it says."""

    image: str
    version: str
    status: Status
    packages: tuple[Package, ...]
    lock: str
    digest: str
    published: date
    support_end: date | None
    python: tuple[str, ...]  # the Python versions the lock was made for, oldest first
    changelog: str
    redirect: str | None  # the release to take instead

    @property
    def offered(self) -> bool:
        """Whether a person may choose it: neither withdrawn nor redirected."""
        return self.status is not Status.WITHDRAWN and self.redirect is None

    def version_of(self, package: str) -> str | None:
        """The locked version of a package, None when it is not in the release."""
        wanted = _normal(package)
        return next((p.version for p in self.packages if p.name == wanted), None)


@dataclass(frozen=True, slots=True)
class Image:
    """A line of releases, newest first. `packages` are the direct packages by name with their ranges."""

    slug: str
    title: str
    description: str
    packages: Mapping[str, str]
    releases: tuple[Release, ...]

    @property
    def recommended(self) -> Release:
        """The one release to start with."""
        return next(release for release in self.releases if release.status is Status.RECOMMENDED)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All images, by slug."""

    images: tuple[Image, ...]

    def find(self, slug: str, version: str) -> Release | None:
        """The release with exactly this name, whatever its status."""
        return next(
            (r for image in self.images if image.slug == slug for r in image.releases if r.version == version), None
        )

    def image(self, slug: str) -> Image | None:
        """The image with this slug."""
        return next((image for image in self.images if image.slug == slug), None)

    @property
    def default(self) -> Release:
        """What a server gets when nothing was chosen: the recommended release of the first image."""
        return self.images[0].recommended

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


def parse_lock(text: str) -> tuple[Package, ...]:
    """The packages of a hash lock, sorted. Raises BadCatalog when a line has no hash or is not `name==version`."""
    packages = [_package(line) for line in _logical_lines(text)]
    return tuple(sorted(packages, key=lambda p: (p.name, p.version, p.marker)))


def digest_of(packages: Iterable[Package]) -> str:
    """ "sha256:…" over a lock's canonical record: comments, order and layout of the file do not count, everything else does."""
    record = [[p.name, p.version, p.marker, sorted(p.hashes)] for p in packages]
    canonical = json.dumps(sorted(record), ensure_ascii=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def parse_release(image: str, version: str, record: Mapping[str, object], lock: str) -> Release:
    """One release from its record (release.toml, loaded) and its lock's text. Raises BadCatalog."""
    where = f"{image} {version}"
    if not VERSION.fullmatch(version):
        raise BadCatalog(f"{where}: a release is named year.month.number")
    try:
        status = Status(str(record.get("status", "")))
    except ValueError:
        raise BadCatalog(f"{where}: unknown status {record.get('status')!r}") from None
    published, support_end = record.get("published"), record.get("support_end")
    if not isinstance(published, date) or not (support_end is None or isinstance(support_end, date)):
        raise BadCatalog(f"{where}: `published` and `support_end` are dates")
    packages = parse_lock(lock)
    redirect = record.get("redirect")
    return Release(
        image=image,
        version=version,
        status=status,
        packages=packages,
        lock=lock,
        digest=digest_of(packages),
        published=published,
        support_end=support_end,
        python=_texts(where, "python", record.get("python")),
        changelog=str(record.get("changelog", "")),
        redirect=None if redirect is None else str(redirect),
    )


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
        packages={_normal(str(name)): str(wanted) for name, wanted in packages.items()},
        releases=tuple(sorted(releases, key=lambda r: _order(r.version), reverse=True)),
    )
    _check_image(image)
    return image


def parse_catalog(images: Iterable[Image]) -> Catalog:
    """The catalog of these images, in the given order. Raises BadCatalog when there is none or a slug stands twice."""
    catalog = Catalog(tuple(images))
    slugs = [image.slug for image in catalog.images]
    if not slugs:
        raise BadCatalog("the catalog holds no image")
    if len(set(slugs)) < len(slugs):
        raise BadCatalog("a slug stands twice in the catalog")
    return catalog


def _check_image(image: Image) -> None:
    recommended = [r.version for r in image.releases if r.status is Status.RECOMMENDED]
    if len(recommended) != 1:
        raise BadCatalog(f"{image.slug}: exactly one release is recommended, found {len(recommended)}")
    versions = {release.version for release in image.releases}
    for release in image.releases:
        if release.redirect is not None and release.redirect not in versions:
            raise BadCatalog(f"{image.slug} {release.version}: redirect to the unknown release {release.redirect}")
        if release.status is Status.DEPRECATED and release.redirect is None:
            raise BadCatalog(f"{image.slug} {release.version}: a deprecated release needs a redirect")
        missing = [name for name in image.packages if release.version_of(name) is None]
        if missing and release.status is Status.RECOMMENDED:
            raise BadCatalog(f"{image.slug} {release.version}: not in the lock: {', '.join(missing)}")


def _logical_lines(text: str) -> Iterable[str]:
    joined = re.sub(r"\\\n", " ", text)
    for line in joined.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield stripped


def _package(line: str) -> Package:
    head = line.split("--hash=", 1)[0]
    found = _REQUIREMENT.fullmatch(head)
    hashes = tuple(sorted(_HASH.findall(line)))
    if found is None or not hashes:
        raise BadCatalog(f"this line of a lock is not `name==version` with hashes: {line[:80]!r}")
    return Package(_normal(found["name"]), found["version"], (found["marker"] or "").strip(), hashes)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _texts(where: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise BadCatalog(f"{where}: `{key}` is a list of texts")
    return tuple(value)
