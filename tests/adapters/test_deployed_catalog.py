"""The catalog as a pod has it: a mounted ConfigMap, one file behind a link that is swapped, and nothing that can be written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enablement_ext.adapters.catalog_folder import CatalogFolder, WatchedCatalog, read_catalog
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog

RELEASE: dict[str, Any] = {
    "status": "recommended",
    "published": "2026-09-01",
    "python": ["3.11"],
    "digest": f"sha256:{'a' * 64}",
    "oci": {"3.11": {"digest": f"sha256:{'b' * 64}", "base": f"sha256:{'c' * 64}", "bytes": 1}},
}


class ConfigMap:
    """A folder as the kubelet mounts it: `catalog.json` -> `..data/catalog.json`, and `..data` is swapped in one step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = 0
        folder.mkdir()
        (folder / "catalog.json").symlink_to("..data/catalog.json")

    def holds(self, text: str) -> None:
        """Bring a new content."""
        self._turn += 1
        content = self.folder / f"..{self._turn}"
        content.mkdir()
        (content / "catalog.json").write_text(text, encoding="utf-8")
        (self.folder / "..data_tmp").symlink_to(content.name)
        (self.folder / "..data_tmp").replace(self.folder / "..data")


def document(**releases: dict[str, Any]) -> str:
    """A catalog of one image; `v2026_9_0` names a release."""
    named = {name.removeprefix("v").replace("_", "."): release for name, release in releases.items()}
    image = {"title": "Plots", "description": "With plots.", "packages": {"matplotlib": ">=3.10"}, "releases": named}
    return json.dumps({"reference": "r/{image}:{release}", "images": {"plots": image}})


@pytest.fixture
def mounted(tmp_path: Path) -> ConfigMap:
    """With one release in it."""
    made = ConfigMap(tmp_path / "catalog")
    made.holds(document(v2026_9_0=RELEASE))
    return made


def offered(catalog: Catalog) -> list[str]:
    """Versions that can be chosen."""
    return [release.version for release in catalog.offered()]


def test_a_swap_is_seen_without_a_restart_and_a_bad_one_is_not_used(mounted: ConfigMap) -> None:
    said: list[str] = []
    watched = WatchedCatalog(mounted.folder, said.append, look_again=0)
    assert offered(watched.now().catalog) == ["2026.9.0"]
    mounted.holds(document(v2026_9_0=RELEASE | {"status": "deprecated", "redirect": "2026.11.0"}, v2026_11_0=RELEASE))
    assert offered(watched.now().catalog) == ["2026.11.0"]
    assert watched.now().catalog.resolve("plots", "2026.9.0").version == "2026.11.0"
    mounted.holds(document(v2026_11_0=RELEASE | {"status": "best"}))
    now = watched.now()
    assert offered(now.catalog) == ["2026.11.0"]
    assert "unknown status 'best'" in now.problem
    assert len([line for line in said if "stays in use" in line]) == 1


def test_it_is_read_and_never_written(mounted: ConfigMap) -> None:
    store = CatalogFolder(mounted.folder)
    release = store.read().default
    assert store.intents() == {}
    changes: tuple[Callable[[], str], ...] = (
        lambda: store.add_image("more", ""),
        lambda: store.add_release(release),
        lambda: store.replace_record(release),
    )
    for change in changes:
        with pytest.raises(BadCatalog, match="change `images` in the chart's values"):
            change()


def test_what_was_deployed_before_can_be_compared_with(mounted: ConfigMap, tmp_path: Path) -> None:
    before = CatalogFolder(tmp_path / "next").published(str(mounted.folder))
    assert before == read_catalog(mounted.folder)
    assert CatalogFolder(tmp_path / "next").published(str(tmp_path / "nothing")) is None
