"""What is computed from the catalog: differences, bills of materials, exports, layers, Containerfiles, and that all agree."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.cli.app import main
from enablement_ext.core.errors import BadCatalog, NotFound
from enablement_ext.core.images.catalog import Catalog, Release
from enablement_ext.core.images.catalog_checks import catalog_findings, republished
from enablement_ext.core.images.deploy.exports import (
    References,
    chart_values,
    choice_key,
    documentation,
    pre_pull,
    profile_list,
)
from enablement_ext.core.images.oci.containerfile import ImagePlan, render
from enablement_ext.core.images.oci.layers import layers_of
from enablement_ext.core.images.oci.sbom import cyclonedx
from enablement_ext.core.images.python.locks import Package, digest_of, parse_lock
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.release_diff import (
    PackageChangeKind,
    as_markdown,
    as_text,
    changes_between,
    named_release,
    narrowed,
    summary,
)
from enablement_ext.core.images.releases import OciBuild, ReleaseClass, Status

IMAGES = Path(__file__).parents[2] / "images"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog(IMAGES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalog in a git repository of its own."""
    copy = tmp_path / "images"
    shutil.copytree(IMAGES, copy)
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=n", "-c", "user.email=e@x", "commit", "-qm", "m"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return copy


def release(catalog: Catalog, name: str) -> Release:
    return named_release(catalog, name)


def test_the_shipped_releases_keep_what_they_promise(catalog: Catalog) -> None:
    assert catalog_findings(catalog) == ()
    assert {image.slug for image in catalog.images} >= {"minimal", "datascience", "ml"}
    for image in catalog.images:
        assert image.recommended.python


def test_a_difference_names_kind_and_directness(catalog: Catalog) -> None:
    found = changes_between(release(catalog, "datascience/2026.9.0"), release(catalog, "datascience"), "3.12")
    pandas = next(change for change in found.changes if change.name == "pandas")
    assert (pandas.kind, pandas.direct) == (PackageChangeKind.MINOR, True)
    assert all(change.direct for change in found.changes[: sum(c.direct for c in found.changes)])
    assert "pandas" in as_text(found)
    assert "| **pandas** |" in as_markdown(found)
    assert [change.name for change in narrowed(found, ["pandas", "os"]).changes] == ["pandas"]
    assert summary(narrowed(found, [])) == "no differences"
    added = changes_between(release(catalog, "minimal"), release(catalog, "datascience"))
    assert {change.kind for change in added.changes} == {PackageChangeKind.ADDED}
    with pytest.raises(BadCatalog, match="in common"):
        changes_between(release(catalog, "minimal"), release(catalog, "ml"), "2.7")
    with pytest.raises(NotFound, match="it has 2026"):
        release(catalog, "ml/2020.1.0")


def test_the_bill_of_materials_holds_every_package_and_is_always_the_same(catalog: Catalog) -> None:
    found = release(catalog, "ml")
    document = cyclonedx(found, "3.13")
    assert document == cyclonedx(found, "3.13")
    components = document["components"]
    assert isinstance(components, list)
    assert [c["purl"] for c in components] == [f"pkg:pypi/{p.name}@{p.version}" for p in found.packages_for("3.13")]
    assert document["serialNumber"] != cyclonedx(found, "3.12")["serialNumber"]
    assert json.loads(json.dumps(document))["specVersion"] == "1.6"


def test_profiles_pre_pull_and_chart_name_the_same_images(catalog: Catalog) -> None:
    references = References("registry.example.org/{image}:{release}-py{python}")
    profiles = profile_list(catalog, references)
    named = {
        choice["kubespawner_override"]["image"]
        for profile in profiles
        for choice in profile["profile_options"]["release"]["choices"].values()
    }
    assert set(pre_pull(catalog, references).values()) <= named
    assert [profile["slug"] for profile in profiles if profile["default"]] == ["datascience"]
    values = chart_values(catalog, references)
    image = values["singleuser"]["image"]
    assert f"{image['name']}:{image['tag']}" in named
    assert all(key.replace("-", "").isalnum() for key in values["prePuller"]["extraImages"])
    deprecated = release(catalog, "datascience/2026.9.0")
    assert choice_key(deprecated, "3.11") not in profiles[0]["profile_options"]["release"]["choices"]


def test_a_recorded_digest_pins_what_a_cluster_pulls(catalog: Catalog) -> None:
    digest = "sha256:" + "d" * 64
    built = replace(catalog.default, oci={"3.12": OciBuild(digest, digest, 1)})
    image = catalog.image("datascience")
    assert image is not None
    pinned = Catalog((replace(image, releases=(built,)),))
    values = chart_values(pinned, References("host:5000/{image}:{release}"))
    assert values["singleuser"]["image"] == {"name": "host:5000/datascience", "tag": f"2026.11.0@{digest}"}


def test_the_documentation_shows_locked_versions(catalog: Catalog) -> None:
    page = documentation(catalog)
    pandas = catalog.default.version_of("pandas", "3.13")
    assert f"| pandas | {pandas} | {pandas} | {pandas} |" in page
    assert "deprecated, use 2026.11.0" in page


def narrow(release: Release, version: str, lock: str) -> Release:
    return replace(release, version=version, lock=lock, digest=digest_of(parse_lock(lock)), status=Status.SUPPORTED)


def test_layers_hold_exactly_the_release_and_are_shared(catalog: Catalog) -> None:
    for python in ("3.11", "3.13"):
        ml, data = (layers_of(catalog, release(catalog, name), python) for name in ("ml", "datascience"))
        assert [layer.name for layer in ml] == ["minimal-2026.11.0", "datascience-2026.11.0", "ml-2026.11.0"]
        assert ml[:2] == data
        held = [package for layer in ml for package in layer.packages]
        assert sorted(held, key=lambda p: p.name) == list(release(catalog, "ml").packages_for(python))


def test_a_patch_release_adds_one_layer_with_what_moved(catalog: Catalog) -> None:
    image = catalog.image("minimal")
    assert image is not None
    first = image.recommended
    six = Package("six", "9.9.9", "", ("sha256:" + "a" * 64,))
    lock = "".join(
        f"{p.name}=={p.version}{' ; ' + p.marker if p.marker else ''} --hash={' --hash='.join(p.hashes)}\n"
        for p in [*(p for p in first.packages if p.name != "six"), six]
    )
    patched = narrow(first, "2026.11.1", lock)
    more = Catalog((replace(image, releases=(patched, *image.releases)),))
    below, top = layers_of(more, patched, "3.11")
    assert (below,) == layers_of(catalog, first, "3.11")
    assert (top.name, top.packages, top.removed) == ("minimal-2026.11.1", (six,), ("six",))


def test_the_containerfile_is_rendered_from_the_definition(catalog: Catalog) -> None:
    found = release(catalog, "ml")
    layers = layers_of(catalog, found, "3.11")
    text = render(ImagePlan(found, "3.11", layers, ("git", "tini"), {layers[1].name: ("lib/x.py",)}))
    assert text == render(ImagePlan(found, "3.11", layers, ("git", "tini"), {layers[1].name: ("lib/x.py",)}))
    copies = [line for line in text.splitlines() if line.startswith("COPY")]
    assert copies[0].startswith("COPY skeleton/")
    assert copies[-1].startswith("COPY enablement/")
    assert "USER 1000:1000" in text
    assert 'ENTRYPOINT ["tini"' in text
    assert "dpkg-query -W git tini" in text
    assert text.index("removals/01.txt") < text.index("layers/01-datascience")
    assert "http" not in text


@pytest.mark.parametrize(
    ("slug", "extras"), [("service", ("service", "cluster", "postgresql", "checks")), ("hub", ("hub", "postgresql"))]
)
def test_the_images_of_the_servers_name_what_their_doors_depend_on(slug: str, extras: tuple[str, ...]) -> None:
    project = tomllib.loads((IMAGES.parent / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    asked = {canonical_name(Requirement(line).name): Requirement(line) for line in lines}
    image = read_catalog(IMAGES / "servers").image(slug)
    assert image is not None
    # Containers hold no environments of releases, which is what the hub needs uv for.
    missing = asked.keys() - {"enablement", "uv"} - image.packages.keys()
    assert not missing
    for name in asked.keys() & image.packages.keys():
        version = image.recommended.version_of(name)
        assert version is not None
        assert asked[name].specifier.contains(version), f"{name} {version}: {asked[name]}"


def test_verify_compares_with_what_was_published(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["image", "verify", "--catalog", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    shutil.rmtree(folder / "ml" / "releases" / "2026.9.0")
    path = folder / "minimal" / "releases" / "2026.9.0" / "release.toml"
    path.write_text(path.read_text().replace("published = 2026-09-01", "published = 2026-09-02"))
    assert main(["image", "verify", "--catalog", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "ml/2026.9.0: was published and is gone" in said
    assert "minimal/2026.9.0: `published` was 2026-09-01 when it was published and is 2026-09-02" in said


def test_a_tampered_lock_is_one_clear_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = folder / "datascience" / "releases" / "2026.11.0" / "requirements.lock"
    lock.write_text(lock.read_text().replace("sha256:1", "sha256:2", 1))
    assert main(["image", "show", "datascience", "--catalog", str(folder)]) == 1
    said = capsys.readouterr().err
    used, refused = said.splitlines()
    assert used == f"==> catalog: {folder} (named by --catalog)"
    assert refused.startswith("enablement: datascience 2026.11.0: requirements.lock was edited after publication")


def test_a_rendered_copy_that_differs_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "catalog.toml").write_text(
        'default = "datascience"\n[rendered]\ndocs = "images.md"\nchart = "values.yaml"\n'
    )
    given = ["--catalog", str(folder)]
    for kind, name in (("docs", "images.md"), ("chart", "values.yaml")):
        assert main(["image", "export", kind, "--output", str(folder.parent / name), *given]) == 0
    assert main(["image", "verify", *given]) == 0
    values = yaml.safe_load((folder.parent / "values.yaml").read_text())
    assert values["singleuser"]["profileList"][0]["slug"] == "datascience"
    (folder.parent / "images.md").write_text("typed by hand")
    capsys.readouterr()
    assert main(["image", "verify", *given]) == 1
    assert "is not what the catalog says; write it again: enablement image export docs" in capsys.readouterr().out


def test_what_promises_are_broken_is_found(catalog: Catalog) -> None:
    image = catalog.image("minimal")
    assert image is not None
    older, newer = image.releases[1], image.releases[0]

    def rules(changed: Catalog) -> set[str]:
        return {finding.rule for finding in catalog_findings(changed)}

    def with_image(changed: object) -> Catalog:
        return Catalog((changed, *(i for i in catalog.images if i.slug != "minimal")))  # type: ignore[arg-type]

    asked_for_more = replace(image, packages={**image.packages, "torch": ">=2"})
    assert rules(with_image(asked_for_more)) == {"fresh"}
    out_of_range = replace(image, packages={**image.packages, "nbdime": ">=5"})
    assert rules(with_image(out_of_range)) == {"fresh"}
    too_much = replace(newer, release_class=ReleaseClass.PATCH)
    assert rules(with_image(replace(image, releases=(too_much, older)))) == {"class"}
    orphan = replace(newer, previous="2020.1.0")
    assert rules(with_image(replace(image, releases=(orphan, older)))) == {"class"}
    swapped = replace(older, status=Status.RECOMMENDED), replace(newer, status=Status.SUPPORTED)
    assert "same-version" in rules(with_image(replace(image, releases=(swapped[1], swapped[0]))))
    assert [f.rule for f in republished(catalog, Catalog(catalog.images[1:]))] == ["append-only"] * 2


def test_verify_names_mistakes_in_intents(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    intent = folder / "ml" / "image.toml"
    intent.write_text(intent.read_text().replace("title =", "titel ="))
    assert main(["image", "verify", "--catalog", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "images/ml/image.toml:1: `title` is missing." in said
    assert "images/ml/image.toml:4: `titel` is no key of an intent. Did you mean `title`? [intent]" in said


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["image", "show", "nothing"], 2),
        (["image", "show", "ml/2020.1.0"], 2),
        (["image", "show", "ml", "--python", "2.7"], 2),
        (["image", "promote", "ml/2026.9.0"], 1),
        (["image", "list", "--catalog", "/nowhere"], 1),
        (["image", "withdraw", "ml/2026.9.0", "--reason", "x"], 3),
        (["image", "usage"], 3),
        (["image", "list"], 0),
        (["image", "changelog", "ml"], 0),
        (["image", "sbom", "ml"], 0),
        (["image", "diff", "minimal", "ml", "--json"], 0),
        (["image", "pythons"], 0),
        (["image", "export", "profiles"], 0),
        (["image", "export", "pre-pull", "--json"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_exit_codes_and_never_a_traceback(command: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert said.err.splitlines()[-1].startswith("enablement: ") if code else said.out.strip() != ""
