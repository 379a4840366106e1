"""Selecting the release of a server for a request, a user's groups and a day. Pure.

A release that is old, unknown or not allowed is never substituted silently: the result carries a note, and an exact request gets that
release or an error that names the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from enablement_ext.core.errors import Forbidden, UnknownImage
from enablement_ext.core.images.catalog import Catalog, Image
from enablement_ext.core.images.releases import Release, Status


class Substitution(StrEnum):
    """Why another release starts than the requested one."""

    RETIRED = "retired"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """The requested image and release; empty where nothing was requested. `exact`: that release or none, also one that is being retired."""

    image: str = ""
    release: str = ""
    exact: bool = False

    def __str__(self) -> str:
        return f"{self.image} {self.release}".strip()[:80]


@dataclass(frozen=True, slots=True)
class SelectedRelease:
    """The release to start. `note` says in a sentence why it is not the requested one; "" when it is."""

    release: Release
    note: str = ""
    substitution: Substitution | None = None


@dataclass(frozen=True, slots=True)
class ImageAccess:
    """Which groups may start which image. `by_hub` (slug -> groups, none: everybody) stands above what the catalog says."""

    by_hub: Mapping[str, tuple[str, ...]]

    def groups_of(self, image: Image) -> tuple[str, ...]:
        """The groups that may start the image; empty: everybody."""
        return self.by_hub.get(image.slug, image.groups)

    def open_to(self, catalog: Catalog, groups: Iterable[str]) -> Catalog | None:
        """The catalog as somebody in these groups may use it; None when no image is left."""
        member = set(groups)
        kept = tuple(i for i in catalog.images if not self.groups_of(i) or member.intersection(self.groups_of(i)))
        if not kept:
            return None
        if len(kept) == len(catalog.images):
            return catalog
        default = catalog.default_slug if any(i.slug == catalog.default_slug for i in kept) else ""
        return Catalog(kept, default, catalog.reference)


def select_release(everything: Catalog, allowed: Catalog, requested: ReleaseRequest, today: date) -> SelectedRelease:
    """The release for a request. `allowed` is the part of the catalog that the user may start.

    Raises Forbidden when the image is for other groups, UnknownImage when an exact request cannot be met.
    """
    if not requested.image:
        return SelectedRelease(allowed.default)
    if everything.image(requested.image) is not None and allowed.image(requested.image) is None:
        raise Forbidden(f"The image {requested.image} is for other groups than yours. Choose another image.")
    image = allowed.image(requested.image)
    unknown = SelectedRelease(
        allowed.default, f"There is no image {requested.image[:40]!r} here.", Substitution.UNKNOWN
    )
    found = unknown if image is None else _of_image(allowed, image, requested, today)
    if not found.note:
        return found
    if requested.exact:
        raise UnknownImage(f"{found.note} Exactly this one was asked for, so nothing else was started.")
    title = next(image.title for image in allowed.images if image.slug == found.release.image)
    return SelectedRelease(found.release, f"{found.note} You get {title} {found.release.version}.", found.substitution)


def _of_image(catalog: Catalog, image: Image, requested: ReleaseRequest, today: date) -> SelectedRelease:
    asked = catalog.find(image.slug, requested.release) if requested.release else image.recommended
    if asked is None:
        return SelectedRelease(
            image.recommended, f"{image.title} has no release {requested.release[:40]!r}.", Substitution.UNKNOWN
        )
    if asked.offered or (requested.exact and kept(asked, today)):
        return SelectedRelease(asked)
    target = catalog.resolve(image.slug, asked.version)
    if asked.status is Status.WITHDRAWN:
        return SelectedRelease(
            target, f"{image.title} {asked.version} {withdrawn_because(asked)}.", Substitution.WITHDRAWN
        )
    return SelectedRelease(
        target, f"{image.title} {asked.version} {retired_since(asked, today)}.", Substitution.RETIRED
    )


def kept(release: Release, today: date) -> bool:
    """Whether a release can still be started by who asks for exactly it: being retired, and its last day has not passed."""
    return release.status is not Status.WITHDRAWN and (release.until is None or today <= release.until)


def retired_since(release: Release, today: date) -> str:
    """What a person reads behind the name of a release that has a redirect."""
    if release.until is None:
        return "was retired"
    if today <= release.until:
        return f"is being retired and is kept until {release.until}"
    return f"was retired on {release.until}"


def withdrawn_because(release: Release) -> str:
    """What a person reads behind the name of a withdrawn release."""
    return f"was withdrawn: {release.reason.rstrip('.')}" if release.reason else "was withdrawn"
