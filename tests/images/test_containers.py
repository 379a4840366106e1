"""Container images: bit for bit the same from nothing, layers that are shared, a server and a kernel that run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.adapters.local_paths import PACKAGE
from enablement_ext.core.images.catalog import Catalog, Release, digest_of
from enablement_ext.core.images.oci.layers import layers_of
from enablement_ext.core.images.python.locks import render_lock
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.releases import ReleaseClass, Status
from tests.images.containers import Workshop, hub_stand_in, remove, working_copy

pytestmark = pytest.mark.slow
CATALOG = read_catalog(Path(__file__).parents[2] / "images")
SMALL = {"markupsafe", "jinja2", "six", "pyyaml", "tornado"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This Enablement as it is now: two builds must not see an edit in between."""
    copy = tmp_path_factory.mktemp("source") / "enablement_ext"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
    return copy


@pytest.fixture(scope="module")
def make_workshop(package: Path) -> Iterator[Callable[[], Workshop]]:
    made: list[Workshop] = []

    def make() -> Workshop:
        made.append(working_copy(package))
        return made[-1]

    yield make
    for one in made:
        remove(one.root)


def small(version: str, *, without: frozenset[str] = frozenset()) -> Release:
    """A real release of a few packages, compiled ones among them; an older version of those `without`."""
    newest, older = (CATALOG.find("datascience", name) for name in ("2026.11.0", "2026.9.0"))
    assert newest is not None
    assert older is not None
    packages = [p for p in newest.packages if p.name in SMALL - without] + [
        p for p in older.packages if p.name in without
    ]
    lock = render_lock(sorted(packages, key=lambda p: p.name))
    return replace(
        newest,
        image="small",
        version=version,
        status=Status.SUPPORTED,
        lock=lock,
        digest=digest_of(packages),
        direct=frozenset(SMALL),
        release_class=ReleaseClass.PATCH,
        previous=None,
    )


def layer_digests(where: Workshop) -> list[str]:
    index = json.loads((where.layout / "index.json").read_text())
    digest = index["manifests"][-1]["digest"].removeprefix("sha256:")
    manifest = json.loads((where.layout / "blobs" / "sha256" / digest).read_text())
    return [layer["digest"] for layer in manifest["layers"]]


def test_the_same_inputs_give_the_same_digest_from_empty_caches(
    make_workshop: Callable[[], Workshop],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    release = small("2026.11.0")
    layers = layers_of(Catalog(()), release, "3.11")
    digests = []
    for number in range(2):
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / f"uv-{number}"))
        where = make_workshop()
        built = where.build(release, layers, "localhost/small")
        digests.append((built.digest, built.base, layer_digests(where)))
    with capsys.disabled():
        print(f"\ntwo builds from empty caches: {digests[0][0]} and {digests[1][0]}")
    assert digests[0] == digests[1]


def test_a_patch_release_leaves_the_layers_below_as_they_are(make_workshop: Callable[[], Workshop]) -> None:
    image = CATALOG.image("minimal")
    assert image is not None
    moved = next(p.name for p in small("2026.11.1").packages if _moved(p.name))
    first, patch = small("2026.11.0", without=frozenset({moved})), small("2026.11.1")
    line = Catalog((replace(image, slug="small", extends=None, releases=(patch, first)),))
    where = make_workshop()
    where.build(first, layers_of(line, first, "3.11"), "localhost/small:0")
    before = layer_digests(where)
    where.build(patch, layers_of(line, patch, "3.11"), "localhost/small:1")
    after = layer_digests(where)
    assert [digest for digest in before if digest not in after] == []
    assert len(after) == len(before) + 3  # what is removed (a list, then the removal), what comes instead
    code = f"from importlib.metadata import version, distributions; print(version('{moved}'), len(list(distributions(name='{moved}'))))"
    assert where.run("localhost/small:1", "python", "-c", code).split() == [str(patch.version_of(moved)), "1"]


def _moved(name: str) -> bool:
    versions = {r.version_of(name) for r in (CATALOG.find("datascience", v) for v in ("2026.11.0", "2026.9.0")) if r}
    return len(versions) == 2


KERNEL = """
import nbformat, os
from nbclient import NotebookClient
cell = nbformat.v4.new_code_cell("import os, sys; print(os.getuid(), sys.executable)")
notebook = NotebookClient(nbformat.v4.new_notebook(cells=[cell]), kernel_name="python3").execute()
print(notebook.cells[0].outputs[0].text)
"""


def test_a_server_and_a_kernel_run_in_the_built_image(make_workshop: Callable[[], Workshop]) -> None:
    release = CATALOG.find("minimal", "2026.11.0")
    assert release is not None
    where = make_workshop()
    where.build(release, layers_of(CATALOG, release, "3.11"), "localhost/minimal")
    assert where.run("localhost/minimal", "python", "-c", KERNEL).split() == ["1000", "/opt/enablement/bin/python"]
    code = "import importlib.metadata as m; print(*(d.metadata['Name'] + '==' + d.version for d in m.distributions()))"
    installed = {_normal(one) for one in where.run("localhost/minimal", "python", "-c", code).split()}
    shown = {f"{package.name}=={package.version}" for package in release.packages_for("3.11")}
    assert installed ^ shown == {"enablement==0.1.0"}
    with hub_stand_in() as hub, where.serving("localhost/minimal", hub) as server:
        assert server.get("/api/status")["started"]
        assert server.get("/api/kernelspecs")["default"] == "python3"
        kernel = server.post("/api/kernels")
        assert server.get(f"/api/kernels/{kernel['id']}")["name"] == "python3"


HUB = "import enablement_ext.hub, jupyterhub_idle_culler, kubespawner, oauthenticator, pycurl; print('all there')"


def test_the_images_of_service_and_hub_hold_what_they_run(make_workshop: Callable[[], Workshop]) -> None:
    servers = read_catalog(Path(__file__).parents[2] / "images" / "servers")
    where = make_workshop()
    for image in servers.images:
        release = image.recommended
        where.build(release, layers_of(servers, release, "3.11"), f"localhost/{image.slug}")
    assert "review service" in where.run("localhost/service", "python", "-m", "enablement_ext.service", "--help")
    assert where.run("localhost/hub", "python", "-c", HUB).strip() == "all there"


def _normal(pinned: str) -> str:
    name, _, version = pinned.partition("==")
    return f"{canonical_name(name)}=={version}"
