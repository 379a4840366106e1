"""Real releases of one or two small packages: made in seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.core.images.catalog import Release, digest_of
from enablement_ext.core.images.python.locks import render_lock

CATALOG = read_catalog(Path(__file__).parents[2] / "images")


def small_release() -> Release:
    """The default release, narrowed to `six` and `packaging`."""
    return _narrowed("six", "packaging")


def one_package(name: str) -> Release:
    """The default release, narrowed to one package."""
    return _narrowed(name)


def _narrowed(*names: str) -> Release:
    packages = [package for package in CATALOG.default.packages if package.name in names]
    return replace(CATALOG.default, lock=render_lock(packages), digest=digest_of(packages), direct=frozenset(names))
