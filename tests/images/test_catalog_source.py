"""The contract of the port `CatalogSource`, over the watched folder (a plain one and a mounted ConfigMap) and the in-memory implementation."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from enablement_ext.adapters.catalog_folder import WatchedCatalog
from enablement_ext.adapters.memory.images import MemoryCatalogSource
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.ports import CatalogSource
from tests.hub.catalogs import catalog_of, release_of, write_catalog, write_release

OLD = catalog_of(release_of("ds", "2026.9.0", status="recommended"))
NEW = catalog_of(
    release_of("ds", "2026.11.0", status="recommended"),
    release_of("ds", "2026.9.0", status="deprecated", redirect="2026.11.0", until=date(2027, 1, 31)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A source, and how what it reads is changed and broken."""

    source: CatalogSource
    put: Callable[[Catalog], None]
    spoil: Callable[[], object]


def in_memory(_: Path) -> Place:
    source = MemoryCatalogSource(OLD)
    return Place(source, source.becomes, lambda: source.breaks("ds: there is no release"))


def in_a_folder(folder: Path) -> Place:
    write_catalog(folder, OLD)
    source = WatchedCatalog(folder, look_again=0)
    record = folder / "ds" / "releases" / "2026.9.0" / "release.toml"
    return Place(source, lambda catalog: write_catalog(folder, catalog), lambda: record.write_text("status = 3"))


def in_a_configmap(folder: Path) -> Place:
    """As the kubelet does it: files below a dated folder, `..data` is a link to it, and is replaced by a rename."""

    def mount(fill: Callable[[Path], None]) -> None:
        dated = folder / f"..2026_{secrets.token_hex(4)}"
        dated.mkdir()
        fill(dated)
        (folder / "..data_tmp").symlink_to(dated.name)
        (folder / "..data_tmp").rename(folder / "..data")
        for entry in dated.iterdir():
            if not (folder / entry.name).is_symlink():
                (folder / entry.name).symlink_to(f"..data/{entry.name}")
        for old in folder.glob("..2026_*"):
            if old != dated:
                shutil.rmtree(old)

    def broken(place: Path) -> None:
        (place / "ds").mkdir()
        (place / "ds" / "image.toml").write_text('slug = "ds"')

    folder.mkdir()
    mount(lambda place: write_catalog(place, OLD))
    source = WatchedCatalog(folder, look_again=0)
    return Place(source, lambda catalog: mount(lambda place: write_catalog(place, catalog)), lambda: mount(broken))


@pytest.fixture(params=[in_memory, in_a_folder, in_a_configmap], ids=["memory", "folder", "configmap"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    made: Place = request.param(tmp_path / "images")
    return made


def test_a_change_is_seen_at_the_next_use(place: Place) -> None:
    assert place.source.now().catalog.default.version == "2026.9.0"
    place.put(NEW)
    now = place.source.now()
    assert (now.catalog.default.version, now.problem) == ("2026.11.0", "")
    assert now.catalog is place.source.now().catalog, "nothing changed, nothing is read"


def test_the_last_valid_catalog_stays_in_use_until_there_is_a_valid_one(place: Place) -> None:
    place.spoil()
    for _ in range(2):
        now = place.source.now()
        assert now.catalog.default.version == "2026.9.0"
        assert "ds" in now.problem
    place.put(NEW)
    now = place.source.now()
    assert (now.catalog.default.version, now.problem) == ("2026.11.0", "")


def test_a_folder_that_is_not_valid_to_begin_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCatalog):
        WatchedCatalog(tmp_path / "nothing")


def test_each_problem_is_reported_once_and_named_with_its_file(tmp_path: Path) -> None:
    said: list[str] = []
    write_catalog(tmp_path, OLD)
    source = WatchedCatalog(tmp_path, said.append, look_again=0)
    record = tmp_path / "ds" / "releases" / "2026.9.0" / "release.toml"
    good = record.read_text()
    for text in ("status = ", "status = ", good):
        record.write_text(text)
        source.now()
        source.now()
    assert len(said) == 2, said
    assert str(record) in said[0]
    assert "read again" in said[1]


def test_only_what_changed_is_parsed_again(tmp_path: Path) -> None:
    write_catalog(tmp_path, NEW)
    source = WatchedCatalog(tmp_path, look_again=0)
    before = source.now().catalog.images[0].releases
    write_release(tmp_path, before[0], more='changelog = "more"\n')
    after = source.now().catalog.images[0].releases
    assert after[0].changelog == "more"
    assert after[1] is before[1]


def test_an_edit_in_place_a_new_image_and_a_removed_one_are_seen(tmp_path: Path) -> None:
    write_catalog(tmp_path, OLD)
    source = WatchedCatalog(tmp_path, look_again=0)
    intent = tmp_path / "ds" / "image.toml"
    intent.write_text(intent.read_text().replace('title = "Ds"', 'title = "Data"'))
    assert source.now().catalog.images[0].title == "Data"
    other = catalog_of(release_of("ml", "2026.9.0", status="recommended"))
    write_catalog(tmp_path, other)
    assert [image.slug for image in source.now().catalog.images] == ["ds", "ml"]
    shutil.rmtree(tmp_path / "ds")
    assert [image.slug for image in source.now().catalog.images] == ["ml"]


def test_the_folder_is_looked_at_no_more_often_than_said(tmp_path: Path) -> None:
    write_catalog(tmp_path, OLD)
    source = WatchedCatalog(tmp_path, look_again=3600)
    write_catalog(tmp_path, NEW)
    assert source.now().catalog.default.version == "2026.9.0"
