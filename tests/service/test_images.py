"""What the service tells about images: in shapes that the contract promises, and never an error for what a notebook says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enablement_ext.adapters.memory.images import MemoryCatalog
from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.compatibility import RecordedImage, Relation, compatibility_of, newer_than
from enablement_ext.core.images.releases import Status
from enablement_ext.service.caches.catalog import CurrentCatalog
from tests.service import catalog, people
from tests.service.fixtures import Service
from tests.service.test_contract import check

NEW = RecordedImage("datascience", "2026.11.0")
OLD = RecordedImage("datascience", "2026.9.0")


async def test_the_catalog_is_told(light: Service) -> None:
    found = (await light.get("/api/v1/images", people.DANA)).json
    check("Images", found)
    first = found["images"][0]
    assert (first["slug"], first["recommended"]) == ("datascience", "2026.11.0")
    assert [(one["release"], one["status"]) for one in first["releases"]] == [
        ("2026.11.0", "recommended"),
        ("2026.9.0", "supported"),
        ("2026.8.0", "withdrawn"),
    ]


async def test_a_release_tells_its_packages_and_what_the_newest_one_changes(light: Service) -> None:
    found = (await light.get("/api/v1/images/datascience/2026.9.0?python=3.12", people.DANA)).json
    check("ReleaseDetail", found)
    assert found["python"] == "3.12"
    assert [package["name"] for package in found["packages"]] == ["numpy", "pandas", "six"]
    assert found["newer"]["release"] == "2026.11.0"
    assert [(one["name"], one["kind"]) for one in found["changes"]["packages"]] == [
        ("numpy", "patch"),
        ("pandas", "major"),
        ("six", "removed"),
        ("tzdata", "added"),
    ]
    newest = (await light.get("/api/v1/images/datascience/2026.11.0", people.DANA)).json
    assert (newest["newer"], newest["changes"]) == (None, None)
    assert (await light.get("/api/v1/images/datascience/2025.1.0", people.DANA)).status == 404


async def test_the_comparison_is_narrowed_to_what_is_imported(light: Service) -> None:
    path = "/api/v1/images/datascience/2026.11.0/compared?with=datascience/2026.9.0&python=3.11"
    found = (await light.get(f"{path}&packages=Pandas,requests", people.DANA)).json
    check("ReleaseComparison", found)
    assert found["relation"] == "newer"
    assert [one["name"] for one in found["changes"]["packages"]] == ["pandas"]
    assert found["all_changes"] == 4
    whole = (await light.get(path, people.DANA)).json
    assert len(whole["changes"]["packages"]) == 4


async def test_a_withdrawn_release_names_the_reason_and_the_way_on(light: Service) -> None:
    path = "/api/v1/images/datascience/2026.11.0/compared?with=datascience/2026.8.0"
    found = (await light.get(path, people.DANA)).json
    check("ReleaseComparison", found)
    assert found["relation"] == "withdrawn"
    assert found["recorded"]["reason"] == "it loses rows when it sorts"
    assert found["instead"]["release"] == "2026.11.0"


@pytest.mark.parametrize(
    "query",
    ["", "with=x", "with=datascience/2026.9.0&digest=x", "with=datascience/2026.9.0&python=4", "with=../2026.9.0"],
)
async def test_odd_questions_are_refused_by_name(light: Service, query: str) -> None:
    reply = await light.get(f"/api/v1/images/datascience/2026.11.0/compared?{query}", people.DANA)
    assert (reply.status, reply.code) == (400, "malformed-request")
    assert reply.json["facts"]["field"] in ("with", "digest", "python")


def test_every_relation() -> None:
    known = catalog.filled().read()
    digest = known.default.digest
    table = {
        (NEW, NEW): Relation.SAME,
        (NEW, OLD): Relation.NEWER,
        (OLD, NEW): Relation.OLDER,
        (RecordedImage("minimal", "2026.11.0"), NEW): Relation.DIFFERENT,
        (NEW, RecordedImage("datascience", "2026.8.0")): Relation.WITHDRAWN,
        (RecordedImage("datascience", "2026.8.0"),) * 2: Relation.WITHDRAWN,
        (NEW, RecordedImage("gone", "2026.8.0")): Relation.UNKNOWN,
        (RecordedImage("gone", "2026.8.0"), NEW): Relation.UNKNOWN,
        (NEW, replace(NEW, digest=digest)): Relation.SAME,
        (NEW, replace(NEW, digest="sha256:" + "f" * 64)): Relation.UNKNOWN,
    }
    assert {pair: compatibility_of(known, *pair).relation for pair in table} == table


def test_newer_is_only_what_is_newer_or_the_way_on() -> None:
    known = catalog.filled().read()
    found = {release.version: newer_than(known, release) for release in known.images[0].releases}
    named = {version: newer and newer.version for version, newer in found.items()}
    assert named == {"2026.11.0": None, "2026.9.0": "2026.11.0", "2026.8.0": "2026.11.0"}


def test_a_catalog_that_became_unreadable_stays_as_it_was() -> None:
    store = catalog.filled()
    current = CurrentCatalog(store, max_age=0)
    before = current.current()
    release = before.default
    store.replace_record(replace(release, status=Status.SUPPORTED))  # no release is recommended now
    assert current.current() == before
    store.replace_record(replace(release, support_end=None))
    assert current.current().default.support_end is None
    with pytest.raises(BadCatalog):
        CurrentCatalog(MemoryCatalog()).current()
