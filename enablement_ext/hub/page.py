"""The spawn page: cards for the image release and the size. Plain HTML and CSS; works without JavaScript, light and dark.

Everything shown is derived from the catalog: package versions come from the lock, never typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from enablement_ext.core.catalog import Catalog, Image, Release
from enablement_ext.hub.choice import RELEASE_FIELD, SIZE_FIELD, Choice

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


@dataclass(frozen=True, slots=True)
class Card:
    """One choice as the page shows it."""

    value: str
    title: str
    text: str
    badge: str
    facts: tuple[tuple[str, str], ...]
    chosen: bool


class SpawnPage:
    """Renders the form of the spawn page."""

    def __init__(self, catalog: Catalog, sizes: Mapping[str, Mapping[str, Any]], shown: bool = True) -> None:
        self.shown = shown
        self._catalog = catalog
        self._sizes = sizes
        folder = Path(__file__).parent / "templates"
        self._template = Environment(loader=FileSystemLoader(folder), autoescape=True).get_template("spawn_form.html")

    def render(self, chosen: Choice, *, enforced: bool, offers_releases: bool) -> str:
        """The form's HTML. `enforced`: the spawner holds servers to their size. `chosen` is preselected."""
        return self._template.render(
            release_field=RELEASE_FIELD,
            size_field=SIZE_FIELD,
            releases=self._release_cards(chosen) if offers_releases else (),
            sizes=self._size_cards(chosen),
            enforced=enforced,
            asked_for=chosen.asked_for,
        )

    def _release_cards(self, chosen: Choice) -> tuple[Card, ...]:
        images = {image.slug: image for image in self._catalog.images}
        return tuple(
            Card(
                value=f"{release.image}/{release.version}",
                title=f"{images[release.image].title} {release.version}",
                text=images[release.image].description,
                badge=release.status.value,
                facts=_facts(images[release.image], release),
                chosen=release == chosen.release,
            )
            for release in self._catalog.offered()
        )

    def _size_cards(self, chosen: Choice) -> tuple[Card, ...]:
        return tuple(
            Card(
                value=key,
                title=str(size.get("title", key)),
                text="",
                badge="",
                facts=(("CPU", f"{size['cpu']:g}"), ("Memory", _memory(str(size["memory"])))),
                chosen=key == chosen.size,
            )
            for key, size in self._sizes.items()
        )


def _facts(image: Image, release: Release) -> tuple[tuple[str, str], ...]:
    names = [name for name in image.packages if name not in PLUMBING][:SHOWN_PACKAGES]
    versions = [(name, release.version_of(name) or "") for name in (*names, "jupyterlab")]
    return tuple((name, version) for name, version in versions if version)


def _memory(text: str) -> str:
    return text.replace("G", " GB").replace("M", " MB")
