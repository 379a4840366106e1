"""The catalog as a folder: images/<slug>/image.toml and images/<slug>/releases/<version>/{release.toml,requirements.lock}.

Releases are append-only: a lock is written once, a record is replaced as a whole (written beside and renamed).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from enablement_ext.core.catalog import Catalog, Image, Release, parse_catalog, parse_image, parse_release
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.inheritance import merged
from enablement_ext.core.releases import render_record

INTENT = "image.toml"
RECORD = "release.toml"
LOCK = "requirements.lock"


def read_catalog(folder: Path) -> Catalog:
    """Every image in the folder that has a release, by slug. Raises BadCatalog with the file and what is wrong with it."""
    if not folder.is_dir():
        raise BadCatalog(f"there is no image catalog at {folder}")
    intents = {path.parent.name: _load(path) for path in sorted(folder.glob(f"*/{INTENT}"))}
    released = [slug for slug in intents if any((folder / slug).glob(f"releases/*/{RECORD}"))]
    default = _default(folder)
    if default in intents and default not in released:
        default = ""  # it will be the default once it has a release
    return parse_catalog((_read_image(folder / slug, intents) for slug in released), default)


class CatalogFolder:
    """Implements the port `CatalogStore` over such a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Catalog:
        """See the port."""
        return read_catalog(self._folder)

    def intents(self) -> Mapping[str, str]:
        """See the port."""
        if not self._folder.is_dir():
            raise BadCatalog(f"there is no image catalog at {self._folder}")
        return {path.parent.name: _text(path) for path in sorted(self._folder.glob(f"*/{INTENT}"))}

    def add_image(self, slug: str, intent: str) -> str:
        """See the port."""
        path = self._folder / slug / INTENT
        if path.exists():
            raise BadCatalog(f"{path} exists; choose another slug, or edit that file")
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, intent)
        return str(path)

    def add_release(self, release: Release) -> str:
        """See the port."""
        folder = self._release_folder(release)
        if (folder / RECORD).exists():
            raise BadCatalog(f"{folder} exists; releases are append-only")
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / LOCK, release.lock)
        _replace(folder / RECORD, render_record(release))  # last: without it there is no release
        return str(folder)

    def replace_record(self, release: Release) -> str:
        """See the port."""
        path = self._release_folder(release) / RECORD
        _replace(path, render_record(release))
        return str(path)

    def published(self, revision: str) -> Catalog | None:
        """See the port: the history is git's, where the folder is in a checkout."""
        if not self._folder.is_dir() or revision.startswith("-"):
            return None
        with tempfile.TemporaryDirectory(prefix="enablement-catalog-") as folder:
            archive = Path(folder, "catalog.tar")
            git = ["git", "-C", str(self._folder), "archive", "--format=tar", f"--output={archive}", revision, "."]
            if shutil.which("git") is None or subprocess.run(git, capture_output=True, check=False).returncode != 0:
                return None
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
            return read_catalog(Path(folder)) if any(Path(folder).glob(f"*/releases/*/{RECORD}")) else None

    def copies(self) -> Mapping[str, str]:
        """See the port: `[rendered]` in catalog.toml, paths from the folder above; a catalog that lies elsewhere has none."""
        path = self._folder / "catalog.toml"
        named = _load(path).get("rendered", {}) if path.exists() else {}
        if not isinstance(named, dict):
            raise BadCatalog(f"{path}: [rendered] names one file per kind of export")
        paths = {kind: self._folder.parent / str(name) for kind, name in named.items()}
        return {kind: os.path.relpath(path) for kind, path in paths.items() if path.parent.is_dir()}

    def _release_folder(self, release: Release) -> Path:
        return self._folder / release.image / "releases" / release.version


def _read_image(folder: Path, intents: Mapping[str, Mapping[str, object]]) -> Image:
    releases = [_read_release(folder.name, path.parent) for path in sorted(folder.glob(f"releases/*/{RECORD}"))]
    try:
        image = parse_image(merged(folder.name, intents), releases)
    except BadCatalog as error:
        raise BadCatalog(f"{folder / INTENT}: {error.message}") from error
    if image.slug != folder.name:
        raise BadCatalog(f"{folder}: the folder is named {folder.name}, the image {image.slug}")
    return image


def _read_release(slug: str, folder: Path) -> Release:
    return parse_release(slug, folder.name, _load(folder / RECORD), _text(folder / LOCK))


def _default(folder: Path) -> str:
    path = folder / "catalog.toml"
    return str(_load(path).get("default", "")) if path.exists() else ""


def _load(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadCatalog(f"{path}: {error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadCatalog(f"{path} cannot be read: {error}") from error


def _replace(path: Path, text: str) -> None:
    try:
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise BadCatalog(f"{path} cannot be written: {error.strerror or error}") from error
