"""The contract of the port `CatalogStore`, over the folder and the in-memory implementation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from enablement_ext.adapters.catalog_folder import CatalogFolder
from enablement_ext.adapters.memory.images import MemoryCatalog
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.ports import CatalogStore
from enablement_ext.core.images.releases import Status
from tests.images.factories import INTENT, context, locked
from tests.images.test_releasing import JANUARY

Maker = Callable[[Path], CatalogStore]
STORES: list[Maker] = [CatalogFolder, lambda _: MemoryCatalog()]


@pytest.fixture(params=STORES, ids=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> CatalogStore:
    made: CatalogStore = request.param(tmp_path)
    made.add_image("ds", INTENT)
    return made


def test_an_intent_is_written_once(store: CatalogStore) -> None:
    assert store.intents() == {"ds": INTENT}
    with pytest.raises(BadCatalog, match="exists"):
        store.add_image("ds", INTENT)


def test_without_a_release_there_is_no_catalog(store: CatalogStore) -> None:
    with pytest.raises(BadCatalog, match="holds no image"):
        store.read()


def test_releases_are_append_only_and_records_replaced(store: CatalogStore) -> None:
    other = context()
    locked(other, (JANUARY, "major"))
    release = other.store.read().default
    store.add_release(release)
    assert store.read().default == release
    with pytest.raises(BadCatalog, match="append-only"):
        store.add_release(release)
    store.replace_record(replace(release, status=Status.RECOMMENDED))
    assert store.read().default == replace(release, status=Status.RECOMMENDED)


def test_there_is_no_history_where_there_is_none(store: CatalogStore) -> None:
    assert store.published("HEAD") is None
    assert store.published("--output=x") is None
    assert store.copies() == {}
