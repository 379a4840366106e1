"""The catalog: what is accepted, what is refused, how an old choice is resolved, and that digests are computed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import (
    Catalog,
    Release,
    digest_of,
    parse_catalog,
    parse_image,
    parse_lock,
    parse_release,
)

A, B = "a" * 64, "b" * 64
LOCK = f"numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash=sha256:{A} \\\n    --hash=sha256:{B}\nPandas==3.1.1 \\\n    --hash=sha256:{B}\n"
INTENT: dict[str, object] = {"slug": "ds", "title": "Data", "packages": {"pandas": ">=3"}}
IMAGES = Path(__file__).parents[2] / "images"


def release(version: str, status: str = "supported", redirect: str | None = None, lock: str = LOCK) -> Release:
    record: dict[str, object] = {"status": status, "published": date(2026, 11, 24), "python": ["3.11"]}
    if redirect is not None:
        record["redirect"] = redirect
    return parse_release("ds", version, record, lock)


def catalog(*releases: Release) -> Catalog:
    return parse_catalog([parse_image(INTENT, releases)])


def test_a_lock_is_read_with_markers_and_hashes() -> None:
    numpy, pandas = parse_lock(LOCK)
    assert (numpy.name, numpy.version, numpy.marker) == ("numpy", "2.4.6", "python_full_version < '3.12'")
    assert pandas.name == "pandas"
    assert pandas.hashes == (f"sha256:{B}",)


def test_the_digest_is_of_what_the_lock_says_not_of_its_layout() -> None:
    first, second = LOCK.split("Pandas")
    assert digest_of(parse_lock(LOCK)) == digest_of(parse_lock("# a comment\nPandas" + second + first))
    assert digest_of(parse_lock(LOCK)) != digest_of(parse_lock(LOCK.replace("3.1.1", "3.1.2")))
    assert digest_of(parse_lock(LOCK)) != digest_of(parse_lock(LOCK.replace(A, "c" * 64)))


@pytest.mark.parametrize(
    "line", ["pandas>=3", "pandas==3.1.1", "-e .", "pandas @ file:///x --hash=sha256:" + A, "--index-url http://x/"]
)
def test_a_lock_line_without_version_or_hash_is_refused(line: str) -> None:
    with pytest.raises(BadCatalog):
        parse_lock(line)


def test_exactly_one_release_is_recommended() -> None:
    with pytest.raises(BadCatalog, match="recommended"):
        catalog(release("2026.10.0"))
    with pytest.raises(BadCatalog, match="recommended"):
        catalog(release("2026.10.0", "recommended"), release("2026.11.0", "recommended"))


def test_a_deprecated_release_points_to_a_known_one() -> None:
    with pytest.raises(BadCatalog, match="redirect"):
        catalog(release("2026.10.0", "deprecated"), release("2026.11.0", "recommended"))
    with pytest.raises(BadCatalog, match="redirect"):
        catalog(release("2026.10.0", "deprecated", "2026.1.0"), release("2026.11.0", "recommended"))


def test_an_old_or_unknown_choice_resolves_to_something_startable() -> None:
    known = catalog(
        release("2026.9.0", "withdrawn"),
        release("2026.9.1", "deprecated", "2026.10.0"),
        release("2026.10.0"),
        release("2026.11.0", "recommended"),
    )
    assert known.resolve("ds", "2026.10.0").version == "2026.10.0"
    assert known.resolve("ds", "2026.9.1").version == "2026.10.0"
    assert known.resolve("ds", "2026.9.0").version == "2026.11.0"
    assert known.resolve("ds", "nothing").version == "2026.11.0"
    assert known.resolve("nothing", "2026.10.0").version == "2026.11.0"
    assert [r.version for r in known.offered()] == ["2026.11.0", "2026.10.0"]


def test_redirects_that_run_in_a_circle_end() -> None:
    known = catalog(
        release("2026.9.0", "deprecated", "2026.10.0"),
        release("2026.10.0", "deprecated", "2026.9.0"),
        release("2026.11.0", "recommended"),
    )
    assert known.resolve("ds", "2026.9.0").version == "2026.11.0"


def test_the_shipped_catalog_is_valid_and_meets_the_floors() -> None:
    default = read_catalog(IMAGES).default
    assert default.digest.startswith("sha256:")
    floors = {
        "jupyterhub": (5, 5, 1),
        "jupyter-server": (2, 20),
        "jupyterlab": (4, 6, 2),
        "nbconvert": (7, 17, 1),
        "jupyterlab-git": (0, 54),
    }
    for package, floor in floors.items():
        found = default.version_of(package)
        assert found is not None
        assert tuple(int(part) for part in found.split(".")[:3]) >= floor, package


def test_a_folder_that_is_no_catalog_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(BadCatalog, match="no image catalog"):
        read_catalog(tmp_path / "nothing")
    (tmp_path / "ds").mkdir()
    (tmp_path / "ds" / "image.toml").write_text("slug = ")
    with pytest.raises(BadCatalog, match=r"image\.toml"):
        read_catalog(tmp_path)
