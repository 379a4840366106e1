"""Bills of materials: what images, chart and wheel are made of, valid by the schema of CycloneDX."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from enablement_ext.cli.app import main
from hatch_build import wheel_bill
from tests.cli.test_wheel import build_wheel
from tests.servers.up import ROOT

Capture = pytest.CaptureFixture[str]
OWN = """\
review:
  image: {name: registry.example.org/enablement/service, digest: "sha256:%s"}
jupyterhub:
  hub:
    image: {name: registry.example.org/enablement/hub, tag: "7"}
""" % ("a" * 64)


def valid(text: str) -> Any:
    """The document, which the schema takes."""
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert problem is None, problem
    return json.loads(text)


def printed(capsys: Capture, *command: str) -> Any:
    assert main(list(command)) == 0
    return valid(capsys.readouterr().out)


def test_of_an_image(capsys: Capture) -> None:
    bill = printed(capsys, "image", "sbom", "minimal")
    assert bill["metadata"]["component"]["name"] == "minimal"
    assert any(each["purl"].startswith("pkg:pypi/tornado@") for each in bill["components"])


def test_of_what_an_installation_of_the_chart_runs(tmp_path: Path, capsys: Capture) -> None:
    own, catalog = tmp_path / "own.yaml", tmp_path / "catalog.yaml"
    own.write_text(OWN)
    reference = "registry.example.org/{image}:{release}-py{python}"
    assert main(["image", "export", "helm", "--output", str(catalog), "--reference", reference]) == 0
    capsys.readouterr()
    bill = printed(capsys, "helm", "sbom", "-f", str(own), "--values", str(catalog))
    assert bill == printed(capsys, "helm", "sbom", "-f", str(own), "-f", str(catalog)), "the same twice"
    found = {each["bom-ref"]: each for each in bill["components"]}
    service, hub = "registry.example.org/enablement/service:0.1.0", "registry.example.org/enablement/hub:7"
    assert found[service]["hashes"] == [{"alg": "SHA-256", "content": "a" * 64}]
    assert hub in found
    python = next(each for ref, each in found.items() if ref.startswith("registry.example.org/minimal:"))
    assert any(each["purl"].startswith("pkg:pypi/tornado@") for each in python["components"])


def test_a_hub_that_is_switched_off_is_not_in_it(tmp_path: Path, capsys: Capture) -> None:
    own, off = tmp_path / "own.yaml", tmp_path / "off.yaml"
    own.write_text(OWN)
    off.write_text("jupyterhub: {enabled: false}")
    bill = printed(capsys, "helm", "sbom", "-f", str(own), "-f", str(off))
    assert [each["name"] for each in bill["components"]] == ["registry.example.org/enablement/service"]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [("[1]", 2, "holds no values"), ("a: [", 2, "no values of a chart"), ("images: {ds: 3}", 1, "images.ds")],
)
def test_what_is_no_values_is_refused_with_a_sentence(
    text: str, code: int, said: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "values.yaml"
    path.write_text(text)
    assert main(["helm", "sbom", "-f", str(path)]) == code
    assert said in capsys.readouterr().err


def test_of_a_wheel() -> None:
    bundled = [
        {"name": "@lumino/widgets", "versionInfo": "2.7.0", "licenseId": "BSD-3-Clause"},
        {"name": "marked", "versionInfo": "17.0.6", "licenseId": ""},
    ]
    bill = valid(json.dumps(wheel_bill("0.1.0", bundled)))
    assert [each["purl"] for each in bill["components"]] == ["pkg:npm/%40lumino/widgets@2.7.0", "pkg:npm/marked@17.0.6"]


@pytest.mark.slow
def test_it_is_in_the_wheel(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        (name,) = [each for each in wheel.namelist() if each.endswith(".dist-info/sboms/enablement.cdx.json")]
        bill = valid(wheel.read(name).decode())
    bundle = json.loads((ROOT / "enablement_ext/lab/labextension/static/third-party-licenses.json").read_text())
    assert {each["name"] for each in bill["components"]} == {each["name"] for each in bundle["packages"]} != set()
