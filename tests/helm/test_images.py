"""Images as values: what is offered, pulled ahead and checked is one thing, and a change of it restarts nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.cli.app import main
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.deploy.chart_catalog import catalog_values, parse_deployed
from enablement_ext.core.images.deploy.exports import References, pre_pull, profile_list
from enablement_ext.core.images.releases import Status
from tests.helm.charts import ROOT, Document, copy_of_chart, documents, one, pods, rendered, values_file

pytestmark = pytest.mark.slow

REFERENCE = "registry.example.org/enablement/{image}:{release}-py{python}"


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without the dependency."""
    return copy_of_chart(tmp_path_factory.mktemp("chart") / "enablement")


def built_values() -> dict[str, Any]:
    """The shipped catalog as values, with a container image for every release and Python."""
    values = catalog_values(read_catalog(ROOT / "images"), REFERENCE)
    number = 0
    for image in values["images"].values():
        for release in image["releases"].values():
            release["oci"] = {}
            for python in release["python"]:
                number += 1
                release["oci"][python] = {
                    "digest": f"sha256:{number:064x}",
                    "base": f"sha256:{'b' * 64}",
                    "bytes": number,
                }
    return values


def deployed(found: list[Document], name: str = "enablement-catalog") -> Catalog:
    """The catalog in a ConfigMap, read as hub and service read it."""
    return parse_deployed(one(found, "ConfigMap", name)["data"]["catalog.json"])


def pulled(found: list[Document]) -> dict[str, str]:
    """What the pre-puller pulls."""
    return {each["name"]: each["image"] for each in pods(found)["enablement-prepull"]["spec"]["initContainers"]}


def offered(catalog: Catalog) -> set[str]:
    """Every image that somebody's choice can start, as KubeSpawner's profiles have it."""
    return {
        choice["kubespawner_override"]["image"]
        for profile in profile_list(catalog, References(""))
        for choice in profile["profile_options"]["release"]["choices"].values()
    }


def test_what_is_offered_pulled_ahead_and_checked_is_the_same(chart: Path) -> None:
    values = built_values() | {"jupyterhub": {"enabled": False}}
    values["catalog"]["prePull"] = {"enabled": True, "which": "offered"}
    found = documents(rendered(chart, [values_file("beside")], extra=values))
    catalog = deployed(found)
    by_hand = {
        f"{REFERENCE.format(image=release.image, release=release.version, python=python)}@{build.digest}"
        for release in catalog.offered()
        for python, build in release.oci.items()
    }
    assert len(by_hand) > 5
    assert offered(catalog) == by_hand
    assert set(pulled(found).values()) == by_hand
    assert deployed(found, "enablement-catalog-next") == catalog
    mounted = {volume["name"]: volume for volume in pods(found)["enablement-verify"]["spec"]["volumes"]}
    assert mounted["next"]["configMap"]["name"] == "enablement-catalog-next"


def test_recommended_releases_are_pulled_ahead_by_the_rule_of_the_export(chart: Path) -> None:
    values = built_values()
    values["catalog"]["prePull"] = {"enabled": True}
    ml = values["images"]["ml"]["releases"]
    for release in ml.values():
        release["status"] = "preview"  # none was ever promoted: the newest counts
    found = documents(rendered(chart, [values_file("beside")], extra=values))
    assert pulled(found) == pre_pull(deployed(found), References(""))


def test_a_release_may_say_where_its_images_are(chart: Path) -> None:
    values = built_values()
    values["catalog"]["prePull"] = {"enabled": True}
    newest = values["images"]["ml"]["releases"]["2026.11.0"]
    newest["reference"] = "elsewhere.example.org/{image}:{release}"
    found = documents(rendered(chart, [values_file("beside")], extra=values))
    assert f"elsewhere.example.org/ml:2026.11.0@{newest['oci']['3.11']['digest']}" in pulled(found).values()
    assert pulled(found) == pre_pull(deployed(found), References(""))


def test_values_become_the_catalog_that_was_exported(chart: Path) -> None:
    values = built_values()
    catalog = deployed(documents(rendered(chart, [values_file("beside")], extra=values)))
    shipped = read_catalog(ROOT / "images")
    assert catalog.default == catalog.resolve(shipped.default.image, shipped.default.version)
    for image in shipped.images:
        again = catalog.image(image.slug)
        assert again is not None
        assert (again.title, again.description, dict(again.packages)) == (
            image.title,
            image.description,
            dict(image.packages),
        )
        for release in image.releases:
            same = catalog.find(image.slug, release.version)
            assert same is not None
            assert (same.status, same.digest, same.until) == (release.status, release.digest, release.until)
            for python in release.python:
                assert [(p.name, p.version) for p in same.packages_for(python)] == [
                    (p.name, p.version) for p in release.packages_for(python)
                ]


def test_a_new_deprecated_and_withdrawn_release_by_values_alone_restart_nothing(chart: Path) -> None:
    values = built_values()
    first = values["images"]["datascience"]["releases"]
    newest = first.pop("2026.11.0")
    first["2026.9.0"] |= {"status": "recommended"}
    first["2026.9.0"].pop("redirect")
    before = documents(rendered(chart, [values_file("beside")], extra=values))
    first["2026.11.0"] = newest
    first["2026.9.0"] |= {"status": "deprecated", "redirect": "2026.11.0"}
    values["images"]["ml"]["releases"]["2026.9.0"] |= {"status": "withdrawn", "reason": "a hole in it"}
    after = documents(rendered(chart, [values_file("beside")], extra=values))
    assert one(before, "Deployment", "enablement-review") == one(after, "Deployment", "enablement-review")
    assert one(before, "ConfigMap", "enablement-review") == one(after, "ConfigMap", "enablement-review")
    catalog = deployed(after)
    assert catalog.resolve("datascience", "2026.9.0").version == "2026.11.0"
    withdrawn = catalog.find("ml", "2026.9.0")
    assert withdrawn is not None
    assert (withdrawn.status, withdrawn.offered) == (Status.WITHDRAWN, False)


def test_the_check_before_an_upgrade_refuses_what_a_schema_cannot_see(
    chart: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = built_values()
    found = documents(rendered(chart, [values_file("beside")], extra=values))
    arguments = pods(found)["enablement-verify"]["spec"]["containers"][0]["args"]
    now, then = tmp_path / "now", tmp_path / "next"
    for folder in (now, then):
        folder.mkdir()
    (now / "catalog.json").write_text(one(found, "ConfigMap", "enablement-catalog")["data"]["catalog.json"])

    def verify(document: str) -> tuple[int, str]:
        (then / "catalog.json").write_text(document)
        places = {"/etc/enablement/next": str(then), "/etc/enablement/catalog": str(now)}
        said = [
            arg.partition("=")[0] + "=" + places[arg.partition("=")[2]] if "=" in arg else arg for arg in arguments[1:]
        ]
        return main(said), capsys.readouterr().out

    document = one(found, "ConfigMap", "enablement-catalog-next")["data"]["catalog.json"]
    code, said = verify(document)
    assert code == 0, said
    changed = json.loads(document)
    release = changed["images"]["ml"]["releases"]["2026.9.0"]
    release["digest"] = f"sha256:{'c' * 64}"
    release["packages"] = ["jupyterlab==4.5.0"]
    del changed["images"]["minimal"]["releases"]["2026.9.0"]
    code, said = verify(json.dumps(changed))
    assert code == 1
    assert "ml/2026.9.0: `digest` was" in said
    assert "minimal/2026.9.0: was published and is gone; withdraw it instead" in said
    assert "jupyterlab 4.5.0 is below 4.6.2" in said


def test_the_exported_file_is_one_that_helm_takes(chart: Path, tmp_path: Path) -> None:
    file = tmp_path / "images.yaml"
    assert (
        main(
            [
                "image",
                "export",
                "helm",
                "--catalog",
                str(ROOT / "images"),
                "--reference",
                REFERENCE,
                "--output",
                str(file),
            ]
        )
        == 0
    )
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    builds = built_values()["images"]
    for slug, image in values["images"].items():
        for version, release in image["releases"].items():
            release["oci"] = builds[slug]["releases"][version]["oci"]
    assert deployed(documents(rendered(chart, [values_file("beside")], extra=values))).default.image == "datascience"
