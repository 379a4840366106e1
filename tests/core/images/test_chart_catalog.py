"""The catalog as the chart deploys it: what is read, what is refused and how it is said."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.deploy.chart_catalog import catalog_values, document, parse_deployed
from enablement_ext.core.images.deploy.chart_checks import deployed_findings
from enablement_ext.core.images.deploy.exports import References

DIGEST, OTHER, BUILD = (f"sha256:{letter * 64}" for letter in "abc")
RELEASE: dict[str, Any] = {
    "status": "recommended",
    "published": "2026-11-24",
    "python": ["3.11", "3.12"],
    "digest": DIGEST,
    "oci": {"3.11": {"digest": BUILD, "base": OTHER, "bytes": 7}},
}
IMAGE: dict[str, Any] = {
    "title": "Plots",
    "description": "Notebooks with plots.",
    "packages": {"matplotlib": ">=3.10,<4"},
    "releases": {"2026.11.0": RELEASE},
}


def read(**changes: Any) -> Catalog:
    """A catalog of one image, with changes of its one release."""
    image = copy.deepcopy(IMAGE)
    image["releases"]["2026.11.0"] |= changes
    return parse_deployed(
        json.dumps({"default": "", "reference": "r/{image}:{release}-py{python}", "images": {"plots": image}})
    )


def test_a_release_without_a_list_is_read_and_can_be_started() -> None:
    release = read().default
    assert (release.image, release.version, release.digest, release.packages) == ("plots", "2026.11.0", DIGEST, ())
    assert release.version_of("matplotlib") is None
    assert References("").of(release, "3.11") == f"r/plots:2026.11.0-py3.11@{BUILD}"
    assert deployed_findings(read()) == ()


def test_lines_are_read_with_their_markers() -> None:
    lines = [
        "Matplotlib==3.10.7",
        "scipy==1.16.0 ; python_full_version < '3.12'",
        "scipy==1.17.0 ; python_full_version >= '3.12'",
    ]
    release = read(packages=lines).default
    assert release.version_of("matplotlib") == "3.10.7"
    assert (release.version_of("scipy", "3.11"), release.version_of("scipy", "3.12")) == ("1.16.0", "1.17.0")


def test_what_was_read_can_be_written_again() -> None:
    catalog = read(packages=["matplotlib==3.10.7"], support_end="2027-11-30", changelog='With "quotes"')
    values = catalog_values(catalog, catalog.reference)
    assert parse_deployed(document(values)) == Catalog(catalog.images, "plots", catalog.reference)
    assert "packages" not in catalog_values(catalog, "", listed=False)["images"]["plots"]["releases"]["2026.11.0"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "best"}, "images.plots 2026.11.0: unknown status 'best'; it is one of preview, recommended"),
        (
            {"published": "last week"},
            "images.plots 2026.11.0: `published` is a date such as 2026-11-24, not 'last week'",
        ),
        ({"published": None}, "images.plots 2026.11.0: `published` is missing; it is the date of the release"),
        ({"digest": ""}, "images.plots 2026.11.0: `digest` is missing; `enablement image export helm` writes it"),
        ({"digest": "latest"}, "images.plots 2026.11.0: `digest` is sha256: and 64 hexadecimal digits"),
        (
            {"packages": ["numpy>=2"]},
            "images.plots 2026.11.0: `packages` holds lines such as numpy==2.3.5, not 'numpy>=2'",
        ),
        ({"redirect": "2026.12.0"}, "images.plots 2026.11.0: redirect to the unknown release 2026.12.0"),
        ({"oci": {"3.11": {"digest": "x"}}}, "`digest` and `base` are sha256: and 64 hexadecimal digits"),
    ],
)
def test_a_mistake_names_the_place(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadCatalog) as refused:
        read(**changes)
    assert said in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"images": {}}',
        '{"images": {"plots": 7}}',
        '{"images": {"plots": {"releases": {"2026.1.0": 1}}}}',
    ],
)
def test_what_is_no_catalog_is_refused(text: str) -> None:
    with pytest.raises(BadCatalog):
        parse_deployed(text)


def test_the_check_finds_what_would_fail_at_somebodys_spawn() -> None:
    findings = [f"{finding.where}: {finding.message}" for finding in deployed_findings(read(oci={}))]
    assert len(findings) == 1
    assert findings[0].startswith(
        "plots/2026.11.0: is offered and has no container image: run `enablement image build plots/2026.11.0"
    )
    unquoted = deployed_findings(read(python=["3.1"], oci={"3.11": RELEASE["oci"]["3.11"]}))
    assert [finding.rule for finding in unquoted] == ["oci", "python"]


def test_the_check_finds_a_digest_that_was_copied() -> None:
    image = copy.deepcopy(IMAGE)
    image["releases"]["2026.9.0"] = RELEASE | {"status": "supported", "digest": OTHER}
    catalog = parse_deployed(json.dumps({"reference": "r/{image}:{release}", "images": {"plots": image}}))
    said = [finding.message for finding in deployed_findings(catalog)]
    assert len(said) == 1
    assert "has the container image of 2026.11.0 for Python 3.11" in said[0]


def test_the_newest_release_may_be_deployed_alone() -> None:
    held = [
        "jupyterhub==6.1.1",
        "jupyter-server==2.21.1",
        "jupyterlab==4.6.6",
        "nbconvert==7.17.1",
        "jupyterlab-git==0.54.0",
        "nbdime==4.0.4",
        "ipykernel==7.1.0",
        "matplotlib==3.10.7",
    ]
    alone = read(packages=held, previous="2026.9.0", **{"class": "minor"})
    assert deployed_findings(alone) == ()
