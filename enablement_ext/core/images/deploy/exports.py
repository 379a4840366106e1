"""What is rendered from the catalog: KubeSpawner profiles, the pre-pull list, chart values, the documentation page. Pure.

Everything here is computed; `enablement image verify` renders it again and compares, so that no copy can disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from enablement_ext.core.images.catalog import Catalog, Image, Release, Status

DEFAULT_REFERENCE = "enablement/{image}:{release}-py{python}"


@dataclass(frozen=True, slots=True)
class References:
    """Where a cluster finds a release's container image.

    `pattern` may hold {image}, {release} and {python}; a recorded digest is appended, so that what runs is what was built.
    """

    pattern: str = DEFAULT_REFERENCE

    def of(self, release: Release, python: str) -> str:
        """The reference for one Python, by digest where one is recorded. A release that says where its images are is right."""
        named = (release.reference or self.pattern).format(image=release.image, release=release.version, python=python)
        build = release.oci.get(python)
        return f"{named}@{build.digest}" if build else named


def choice_key(release: Release, python: str) -> str:
    """A release and Python as a key that is allowed everywhere, container names included: v2026-11-0-py311."""
    return f"v{release.version.replace('.', '-')}-py{python.replace('.', '')}"


def is_offered(release: Release) -> bool:
    """Whether a person may choose the release."""
    return release.offered


@dataclass(frozen=True, slots=True)
class ProfileRules:
    """What a profile list holds beside the catalog.

    `startable` says which releases are choices, `default` which image is (its slug; "": the catalog's), `options` what else can be chosen,
    as KubeSpawner's `profile_options`.
    """

    startable: Callable[[Release], bool] = is_offered
    default: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def profile_list(catalog: Catalog, references: References, rules: ProfileRules | None = None) -> list[dict[str, Any]]:
    """KubeSpawner's `profile_list`: a profile per image, a choice per startable release and Python, the recommended one first."""
    rules = rules or ProfileRules()
    chosen = replace(rules, default=rules.default or catalog.default.image)
    return [_profile(image, references, chosen) for image in catalog.images]


def pre_pull(catalog: Catalog, references: References) -> dict[str, str]:
    """What nodes should have ready: every recommended release for its default Python. Key -> reference."""
    found = {}
    for image in catalog.images:
        python = default_python(image.recommended)
        found[f"{image.slug}-{choice_key(image.recommended, python)}"] = references.of(image.recommended, python)
    return found


def chart_values(catalog: Catalog, references: References) -> dict[str, Any]:
    """Values for the Zero to JupyterHub chart: default image, profiles, pre-pulled images."""
    name, tag = _split(references.of(catalog.default, default_python(catalog.default)))
    extra = {
        key: dict(zip(("name", "tag"), _split(ref), strict=True)) for key, ref in pre_pull(catalog, references).items()
    }
    return {
        "singleuser": {
            "image": {"name": name, "tag": tag},
            "profileList": profile_list(catalog, references),
        },
        "prePuller": {"extraImages": extra},
    }


def default_python(release: Release) -> str:
    """The Python a cluster uses when nobody chose: the oldest that was built, else the oldest that was locked."""
    return next((python for python in release.python if python in release.oci), release.python[0])


def built_pythons(release: Release) -> tuple[str, ...]:
    """The Pythons that a release has a container image for, the default one first; that one alone where none was recorded."""
    usual = default_python(release)
    return (usual, *(python for python in release.oci if python != usual))


def documentation(catalog: Catalog) -> str:
    """The page for people: every image, its releases, and what is inside, in Markdown."""
    lines = ["# Images", "", "<!-- Rendered by `enablement image export docs`; do not edit. -->", ""]
    for image in catalog.images:
        lines += list(_section(image))
    return "\n".join(lines).rstrip() + "\n"


def _profile(image: Image, references: References, rules: ProfileRules) -> dict[str, Any]:
    startable = sorted((r for r in image.releases if rules.startable(r)), key=lambda r: r is not image.recommended)
    choices = {
        choice_key(release, python): {
            "display_name": _label(release, python),
            "default": release is image.recommended and python == default_python(release),
            "kubespawner_override": {
                "image": references.of(release, python),
                "environment": {"ENABLEMENT_IMAGE": image.slug, "ENABLEMENT_RELEASE": release.version},
            },
        }
        for release in startable
        for python in built_pythons(release)
    }
    return {
        "slug": image.slug,
        "display_name": image.title,
        "description": image.description,
        "default": image.slug == rules.default,
        "profile_options": {"release": {"display_name": "Release", "choices": choices}, **rules.options},
    }


def _label(release: Release, python: str) -> str:
    status = "" if release.status is Status.SUPPORTED else f" ({release.status})"
    return f"{release.version}, Python {python}{status}"


def _split(reference: str) -> tuple[str, str]:
    """Name and tag for the chart, which joins them with a colon: a digest goes behind the tag."""
    named, _, digest = reference.partition("@")
    at = named.rfind(":", named.rfind("/") + 1)
    name, tag = (named[:at], named[at + 1 :]) if at > 0 else (named, "latest")
    return name, f"{tag}@{digest}" if digest else tag


def _section(image: Image) -> Iterator[str]:
    release = image.recommended
    yield from (f"## {image.title} (`{image.slug}`)", "", image.description, "")
    if image.extends:
        yield from (f"Holds everything that `{image.extends}` holds, in the same versions.", "")
    if image.groups:
        yield from (f"For the groups {', '.join(image.groups)}.", "")
    yield from ("| release | status | Python | published | supported until | digest |", "|---|---|---|---|---|---|")
    for row in image.releases:
        status = f"{row.status}, use {row.redirect}" if row.redirect else str(row.status)
        end = row.support_end.isoformat() if row.support_end else "—"
        short = row.digest.removeprefix("sha256:")[:12]
        yield f"| {row.version} | {status} | {', '.join(row.python)} | {row.published} | {end} | `{short}` |"
    yield from (
        "",
        f"What {release.version} was asked to hold; below it are {len(release.packages_for(release.python[-1]))} packages in all:",
        "",
    )
    yield "| package | " + " | ".join(f"Python {python}" for python in release.python) + " |"
    yield "|---|" + "---|" * len(release.python)
    versions = {python: {p.name: p.version for p in release.packages_for(python)} for python in release.python}
    for name in sorted(image.direct(release)):
        yield f"| {name} | " + " | ".join(versions[python].get(name, "—") for python in release.python) + " |"
    yield ""
