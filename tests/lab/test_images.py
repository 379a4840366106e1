"""What the lab says about images: the real server extension, with a service that answers what it is told to."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from enablement_ext.core.errors import BadNotebook
from enablement_ext.core.images.compatibility import RecordedImage
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.lab.images.queries import OURS, recorded_in
from tests.adapters.contract.test_installed_packages import install
from tests.lab.conftest import NOTEBOOK
from tests.lab.fake_service import FakeService
from tests.lab.lab_server import DIGEST, Lab, running_lab

HERE = "images/datascience/2026.11.0"
OLD = {"slug": "datascience", "release": "2026.9.0", "digest": "sha256:" + "e" * 64}


def own_lock() -> list[dict[str, object]]:
    """The packages of the environment these tests run in, as a release would list them."""
    found = {canonical_name(one.metadata["Name"]): one.version for one in importlib.metadata.distributions()}
    return [{"name": name, "version": version, "direct": False} for name, version in found.items() if name not in OURS]


@pytest.fixture(scope="module")
def drifted(service: FakeService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab whose user put two packages on PYTHONPATH, one of them before the image's."""
    folder = tmp_path_factory.mktemp("drifted")
    install(folder / "home" / "extra", "tornado", "1.0", "not_tornado")
    install(folder / "home" / "extra", "cowsay", "6.1", "cowsay")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder / "home" / "extra"))
        patch.setenv("HOME", str(folder / "home"))
        with running_lab(folder, service.url) as lab:
            yield lab


def ready(service: FakeService, **release: object) -> None:
    service.mode = "good"
    service.answers.clear()
    service.seen.clear()
    service.answers[HERE] = (200, {}, json.dumps({"packages": own_lock(), **release}).encode())


@pytest.mark.slow
def test_drift_is_what_python_would_really_import(drifted: Lab, service: FakeService) -> None:
    ready(service, release="2026.11.0")
    found = drifted.get("images/here").json()
    assert found["image"] == {"slug": "datascience", "release": "2026.11.0", "digest": DIGEST}
    locked = importlib.metadata.version("tornado")
    assert found["drift"] == [
        {"name": "tornado", "kind": "shadows", "version": "1.0", "locked": locked, "place": "home"},
        {"name": "cowsay", "kind": "added", "version": "6.1", "locked": None, "place": "home"},
    ]
    assert (found["away"], found["drift_total"], found["release"]["release"]) == (False, 2, "2026.11.0")
    assert parse_qs(urlsplit(service.seen[-1].path).query)["python"] == [found["python"]]


@pytest.mark.slow
def test_a_release_nobody_knows_is_no_error(drifted: Lab, service: FakeService) -> None:
    ready(service)
    problem = {"type": "x", "title": "x", "status": 404, "code": "not-found", "detail": "There is none."}
    service.answers[HERE] = (404, {"Content-Type": "application/problem+json"}, json.dumps(problem).encode())
    found = drifted.get("images/here").json()
    assert (found["release"], found["away"], found["drift"]) == (None, False, [])
    service.answers[HERE] = (500, {"Content-Type": "text/html"}, b"<h1>no</h1>")
    assert drifted.get("images/here").json()["away"] is True


def write(lab: Lab, image: object, *lines: str) -> None:
    cells = [{"cell_type": "code", "id": "a", "metadata": {}, "source": list(lines), "outputs": []}]
    document = {**NOTEBOOK, "cells": cells, "metadata": {"enablement": {"image": image}}}
    (lab.home / "made.ipynb").write_text(json.dumps(document))


@pytest.mark.slow
def test_a_notebook_is_compared_by_what_it_imports(drifted: Lab, service: FakeService) -> None:
    ready(service)
    service.answers[f"{HERE}/compared"] = (200, {}, b'{"relation": "newer"}')
    write(drifted, OLD, "import tornado.web, yaml\n", "from sklearn import svm\n", "from . import near\n", "%time x")
    found = drifted.get("images/notebook?path=made.ipynb").json()
    assert found["recorded"] == OLD
    assert found["compared"] == {"relation": "newer"}
    assert found["packages"] == ["tornado", "pyyaml", "scikit-learn"]
    asked = parse_qs(urlsplit(service.seen[-1].path).query)
    assert (asked["with"], asked["digest"]) == (["datascience/2026.9.0"], [OLD["digest"]])
    assert asked["packages"] == ["tornado,pyyaml,scikit-learn"]


@pytest.mark.slow
@pytest.mark.parametrize("image", [None, {}, "datascience", {"slug": "../x", "release": "2026.9.0"}, [1], {"slug": 1}])
def test_a_notebook_that_records_no_image_asks_nobody(drifted: Lab, service: FakeService, image: object) -> None:
    ready(service)
    write(drifted, image, "import tornado")
    found = drifted.get("images/notebook?path=made.ipynb").json()
    assert found == {"recorded": None, "compared": None, "packages": []}
    assert not service.seen


@pytest.mark.slow
def test_refusals_have_codes(drifted: Lab, service: FakeService) -> None:
    ready(service)
    assert drifted.get("images/notebook").json()["code"] == "malformed-request"
    assert drifted.get("images/notebook?path=gone.ipynb").json()["code"] == "file-unreadable"
    (drifted.home / "odd.ipynb").write_text("no JSON")
    assert drifted.get("images/notebook?path=odd.ipynb").json()["code"] == "bad-notebook"


def test_what_a_notebook_may_record() -> None:
    def of(image: object) -> RecordedImage | None:
        return recorded_in(json.dumps({"metadata": {"enablement": {"image": image}}}).encode())

    assert of(OLD) == RecordedImage(**OLD)
    assert of({**OLD, "digest": "what"}) == RecordedImage("datascience", "2026.9.0", "")
    assert of({**OLD, "release": "2026.9.0\n"}) is None
    assert recorded_in(b"[]") is None
    with pytest.raises(BadNotebook):
        recorded_in(b"[" * 200_000)


@pytest.mark.slow
def test_without_a_hub_there_is_no_image(tmp_path: Path) -> None:
    with running_lab(tmp_path, "") as lab:
        found = lab.get("images/here").json()
        assert (found["release"], found["away"]) == (None, True)
