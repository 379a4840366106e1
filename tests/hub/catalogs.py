"""Catalogs of any size for the hub's tests and benchmarks: in memory, and as folders."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from enablement_ext.core.images.catalog import Catalog, Release, parse_catalog, parse_image, parse_release

HASH = "sha256:" + "a" * 64
USUAL = {"jupyterhub": "6.1.1", "jupyterlab": "4.6.6", "numpy": "2.4.6", "pandas": "3.1.1"}


def lock_of(packages: Mapping[str, str]) -> str:
    """A hash lock of these versions."""
    return "".join(f"{name}=={version} \\\n    --hash={HASH}\n" for name, version in packages.items())


def release_of(image: str, version: str, packages: Mapping[str, str] = USUAL, **record: object) -> Release:
    """A release; `record` is what its release.toml says beyond status, date and Python."""
    usual: dict[str, object] = {"status": "supported", "published": date(2026, 9, 1), "python": ["3.11", "3.12"]}
    return parse_release(image, version, usual | record, lock_of(packages))


def catalog_of(*releases: Release, groups: Mapping[str, Sequence[str]] | None = None) -> Catalog:
    """A catalog of these releases, an image per slug in the order of their first release."""
    by_image: dict[str, list[Release]] = {}
    for release in releases:
        by_image.setdefault(release.image, []).append(release)
    slugs = list(by_image)
    images = []
    for slug in slugs:
        mine = by_image[slug]
        asked_for = {
            name: ">=0" for name in USUAL if all(f"{name}==" in r.lock for r in mine if r.status == "recommended")
        }
        intent: dict[str, object] = {"slug": slug, "title": slug.replace("-", " ").capitalize(), "packages": asked_for}
        intent["groups"] = list((groups or {}).get(slug, ()))
        images.append(parse_image(intent, mine))
    return parse_catalog(images, slugs[0])


def big_catalog(images: int, releases: int, packages: int = 120) -> Catalog:
    """That many images, each with that many releases of that many packages, every release with a few versions of its own."""
    made = []
    for number in range(images):
        slug = f"team-{number}"
        for month in range(releases):
            held = dict(USUAL) | {"package-of-this-image": f"1.0.{number}"}
            held |= {f"package-{n}": f"{1 + n % 3}.{month if n % 7 == number % 7 else 0}.0" for n in range(packages)}
            record: dict[str, object] = {"status": "recommended" if month == releases - 1 else "supported"}
            record["support_end"] = date(2027, 11, 30)
            made.append(release_of(slug, f"{2025 + month // 12}.{1 + month % 12}.0", held, **record))
    return catalog_of(*made)


def write_release(folder: Path, release: Release, status: str | None = None, more: str = "") -> None:
    """A release's two files below images/<slug>/."""
    place = folder / release.image / "releases" / release.version
    place.mkdir(parents=True, exist_ok=True)
    redirect = f'redirect = "{release.redirect}"\n' if release.redirect else ""
    support = f"support_end = {release.support_end}\n" if release.support_end else ""
    (place / "requirements.lock").write_text(release.lock)
    (place / "release.toml").write_text(
        f'status = "{status or release.status}"\npublished = {release.published}\n{redirect}{support}'
        f'python = ["3.11", "3.12"]\ndigest = "{release.digest}"\n'
        f'lock_sha256 = "{hashlib.sha256(release.lock.encode()).hexdigest()}"\n{more}'
    )


def write_catalog(folder: Path, catalog: Catalog) -> None:
    """The catalog as a folder that `read_catalog` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalog.toml").write_text(f'default = "{catalog.default_slug}"\n')
    for image in catalog.images:
        (folder / image.slug).mkdir(exist_ok=True)
        packages = "".join(f'{name} = "{wanted}"\n' for name, wanted in image.packages.items())
        (folder / image.slug / "image.toml").write_text(
            f'slug = "{image.slug}"\ntitle = "{image.title}"\ndescription = "{image.description}"\n'
            f'python = ["3.11", "3.12"]\ngroups = {list(image.groups)!r}\n[packages]\n{packages}'.replace("'", '"')
        )
        for release in image.releases:
            write_release(folder, release)
