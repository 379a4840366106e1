"""The port `OciBuilder`: buildah over a real base, and the in-memory implementation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.adapters.memory.environments import MemoryOciBuilder
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.oci.layers import layers_of
from enablement_ext.core.images.oci.ports import OciBuilder, OciRequest
from enablement_ext.core.images.releases import DIGEST, Release
from tests.images.containers import BASE, new_storage, remove
from tests.images.small_releases import one_package, small_release


@pytest.fixture(scope="module", params=["memory", pytest.param("buildah", marks=pytest.mark.slow)])
def builder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OciBuilder]:
    """Every implementation, with the base `BASE`."""
    if request.param == "memory":
        yield MemoryOciBuilder({BASE: "sha256:" + "b" * 64})
        return
    package = tmp_path_factory.mktemp("source") / PACKAGE.name
    # As it is now: two builds must not see an edit in between.
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
    storage = new_storage(package)
    yield storage.builder
    remove(storage.root)


def asked(release: Release) -> OciRequest:
    layers = layers_of(Catalog(()), release, "3.11")
    return OciRequest(release, "3.11", BASE, layers, ("git", "tini"), f"localhost/{release.image}:test")


def test_the_same_inputs_give_the_same_image(builder: OciBuilder) -> None:
    built = builder.build(asked(one_package("six")))
    assert DIGEST.fullmatch(built.digest)
    assert DIGEST.fullmatch(built.base)
    assert built.bytes > 0
    assert builder.build(asked(one_package("six"))) == built


def test_other_packages_give_another_image_on_the_same_base(builder: OciBuilder) -> None:
    one, two = (builder.build(asked(release)) for release in (one_package("six"), small_release()))
    assert one.digest != two.digest
    assert one.base == two.base
    assert two.bytes > one.bytes


def test_what_is_not_on_this_machine_is_refused(builder: OciBuilder) -> None:
    request = asked(one_package("six"))
    with pytest.raises(EnvironmentUnavailable, match=r"Python 2\.9 is not on this machine"):
        builder.build(replace(request, python="2.9", layers=()))
    with pytest.raises(EnvironmentUnavailable):
        builder.build(replace(request, base="localhost/enablement/nothing:there"))
