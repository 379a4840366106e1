"""Image cards of the spawn page: title and facts, contents, changes since the user's last release, other releases.

Everything is derived from the catalog: versions come from the lock, never typed. What does not depend on the person is made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from markupsafe import Markup, escape

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog, Image, Release, Status
from enablement_ext.core.images.release_diff import PackageChange, PackageChangeKind, changes_between
from enablement_ext.core.images.selection import kept, retired_since, withdrawn_because
from enablement_ext.hub.spawn_policy import SpawnChoice, SpawnPolicy

SHOWN_PACKAGES = 6
# Plumbing that every release has; what a person compares is the rest.
PLUMBING = {
    "jupyterhub",
    "jupyterlab",
    "jupyter-server",
    "jupyterlab-git",
    "nbdime",
    "nbconvert",
    "ipykernel",
    "ipywidgets",
    "requests",
}
_IN_WORDS = {
    PackageChangeKind.ADDED: "added",
    PackageChangeKind.REMOVED: "removed",
    PackageChangeKind.MAJOR: "major",
    PackageChangeKind.MINOR: "minor",
    PackageChangeKind.PATCH: "patch",
}


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A release that can be chosen below a card, or, without a value, one that says why it cannot."""

    value: str
    title: str
    badge: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ReleaseChangeSummary:
    """What differs between the release that somebody last started and the one on the card. `counts` is a sentence."""

    since: str
    counts: str
    changes: tuple[PackageChange, ...]


@dataclass(frozen=True, slots=True)
class ReleaseContents:
    """Every package of a release: how many, and the list as HTML."""

    count: int
    items: Markup


@dataclass(frozen=True, slots=True)
class ImageCard:
    """One image as the page shows it."""

    slug: str
    value: str
    title: str
    version: str
    text: str
    badge: str
    facts: tuple[tuple[str, str], ...]
    chosen: bool
    inside: ReleaseContents | None
    changes: ReleaseChangeSummary | None
    others: tuple[PackageRow, ...]

    @property
    def unfolded(self) -> bool:
        """Whether one of the other releases is the chosen one, so that it must be in sight."""
        return any(row.chosen for row in self.others)

    @property
    def first(self) -> bool:
        """Whether what is chosen is on this card."""
        return self.chosen or self.unfolded


@dataclass(frozen=True, slots=True)
class CardContext:
    """For whom the cards are: what is selected, which release of which image was last started, and what day it is."""

    selected: SpawnChoice
    last: Mapping[str, str]
    today: date


def cards(catalog: Catalog, policy: SpawnPolicy, view: CardContext) -> tuple[ImageCard, ...]:
    """The cards in the catalog's order, the one with the selected release first."""
    made = [_card(image, catalog.image(image.extends or ""), policy, view) for image in catalog.images]
    return tuple(sorted(made, key=lambda card: not card.first))


def inside(release: Release, python: str) -> ReleaseContents | None:
    """What is inside; None when the lock is not the one that was published."""
    return _inside(release.digest, python, _Keyed(release))


def changes_since(image: Image, last: str, release: Release, python: str) -> ReleaseChangeSummary | None:
    """What differs from the release that was last started; None when nothing can be said."""
    old = next((r for r in image.releases if r.version == last), None)
    if old is None or old.version == release.version:
        return None
    return _changes(old.digest, release.digest, python, _Keyed(old), _Keyed(release))


def _card(image: Image, parent: Image | None, policy: SpawnPolicy, view: CardContext) -> ImageCard:
    release = image.recommended
    python = policy.pythons(release)[0]
    last = view.last.get(image.slug, "")
    return ImageCard(
        slug=image.slug,
        value=f"{image.slug}/{release.version}",
        title=image.title,
        version=release.version,
        text=image.description,
        badge=release.status.value,
        facts=(*_terms(release, policy, view.today), *_key_packages(image, parent, python)),
        chosen=_chosen(view.selected, release, python),
        inside=inside(release, python),
        changes=changes_since(image, last, release, python) if last else None,
        others=tuple(_rows(image, policy, view)),
    )


def _rows(image: Image, policy: SpawnPolicy, view: CardContext) -> list[PackageRow]:
    rows = []
    for release in image.releases:
        pythons = policy.pythons(release)
        for python in pythons:
            if release is image.recommended and python == pythons[0]:
                continue  # that is the card itself
            named = f"{release.version}, Python {python}" if len(pythons) > 1 else release.version
            value = f"{image.slug}/{release.version}" + (f"/{python}" if python != pythons[0] else "")
            if release.status is Status.WITHDRAWN or not (release.offered or kept(release, view.today)):
                why = (
                    withdrawn_because(release)
                    if release.status is Status.WITHDRAWN
                    else retired_since(release, view.today)
                )
                rows.append(PackageRow("", release.version, "", why, chosen=False))
                break
            chosen = _chosen(view.selected, release, python)
            rows.append(PackageRow(value, named, release.status.value, _status_text(release, view.today), chosen))
    return rows


def _chosen(selected: SpawnChoice, release: Release, python: str) -> bool:
    mine = selected.release
    return (mine.image, mine.version, selected.python) == (release.image, release.version, python)


def _status_text(release: Release, today: date) -> str:
    if not release.offered:
        return f"{retired_since(release, today)}; {release.redirect} takes its place"
    return _supported(release, today)


def _supported(release: Release, today: date) -> str:
    if release.support_end is None:
        return ""
    return f"support {'ended on' if release.support_end < today else 'until'} {release.support_end}"


def _terms(release: Release, policy: SpawnPolicy, today: date) -> tuple[tuple[str, str], ...]:
    supported = _supported(release, today).removeprefix("support ")
    return (("Python", ", ".join(policy.pythons(release))), *((("Support", supported),) if supported else ()))


def _key_packages(image: Image, parent: Image | None, python: str) -> tuple[tuple[str, str], ...]:
    """The direct packages that tell the image from others: what it adds to its parent comes first."""
    inherited = parent.packages if parent is not None else {}
    names = [name for name in image.packages if name.partition("[")[0] not in PLUMBING]
    names.sort(key=lambda name: name in inherited)
    versions = _versions(image.recommended.digest, python, _Keyed(image.recommended))
    shown = [name.partition("[")[0] for name in names][:SHOWN_PACKAGES]
    return tuple((name, versions[name]) for name in (*shown, "jupyterlab") if name in versions)


class _Keyed:
    """A release as an argument of a cache whose key is the digest beside it: it says what a lock holds. Without a lock, only itself."""

    def __init__(self, release: Release) -> None:
        self.release = release

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Keyed):
            return False
        return self.release is other.release or bool(self.release.lock and other.release.lock)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4096)
def _versions(digest: str, python: str, keyed: _Keyed) -> Mapping[str, str]:  # noqa: ARG001 - the digest is the key
    try:
        return {package.name: package.version for package in keyed.release.packages_for(python)}
    except BadCatalog:
        return {}


@lru_cache(maxsize=1024)
def _inside(digest: str, python: str, keyed: _Keyed) -> ReleaseContents | None:
    versions = _versions(digest, python, keyed)
    items = "".join(f"<li>{escape(name)} <b>{escape(version)}</b></li>" for name, version in versions.items())
    return ReleaseContents(len(versions), Markup(items)) if versions else None  # noqa: S704 - every part is escaped


@lru_cache(maxsize=1024)
def _changes(old_digest: str, digest: str, python: str, old: _Keyed, new: _Keyed) -> ReleaseChangeSummary | None:  # noqa: ARG001
    try:
        found = changes_between(old.release, new.release, python)
    except BadCatalog:
        return None
    counts = [(kind, sum(change.kind is kind for change in found.changes)) for kind in PackageChangeKind]
    said = ", ".join(f"{count} {_IN_WORDS[kind]}" for kind, count in counts if count) or "nothing differs"
    return ReleaseChangeSummary(old.release.version, said, found.changes)
