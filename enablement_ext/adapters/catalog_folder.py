"""The catalog as a folder: images/<slug>/image.toml and images/<slug>/releases/<version>/{release.toml,requirements.lock}."""

from __future__ import annotations

import tomllib
from pathlib import Path

from enablement_ext.core.catalog import Catalog, Image, Release, parse_catalog, parse_image, parse_release
from enablement_ext.core.errors import BadCatalog


def read_catalog(folder: Path) -> Catalog:
    """Every image in the folder, by slug. Raises BadCatalog with the file and what is wrong with it."""
    if not folder.is_dir():
        raise BadCatalog(f"there is no image catalog at {folder}")
    return parse_catalog(_read_image(path.parent) for path in sorted(folder.glob("*/image.toml")))


def _read_image(folder: Path) -> Image:
    releases = [_read_release(folder.name, path.parent) for path in sorted(folder.glob("releases/*/release.toml"))]
    image = parse_image(_load(folder / "image.toml"), releases)
    if image.slug != folder.name:
        raise BadCatalog(f"{folder}: the folder is named {folder.name}, the image {image.slug}")
    return image


def _read_release(slug: str, folder: Path) -> Release:
    try:
        lock = (folder / "requirements.lock").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadCatalog(f"{folder}: requirements.lock cannot be read: {error}") from error
    return parse_release(slug, folder.name, _load(folder / "release.toml"), lock)


def _load(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCatalog(f"{path}: {error}") from error
