"""What a choice means to container spawners: the image's reference, what the size sets, and KubeSpawner's profile list.

One function says what a release and a size set (`overrides`); the spawner applies it, and `profiles` renders the same as KubeSpawner's
`profile_list`, for its own validation, for programs that start servers in its words, and for its pre-puller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enablement_ext.core.images.catalog import Catalog, Image
from enablement_ext.core.images.deploy.exports import References, choice_key, default_python
from enablement_ext.core.images.releases import Release, Status
from enablement_ext.hub.sizes import Size
from enablement_ext.hub.spawn_policy import SpawnChoice
from enablement_ext.hub.user_options import READING

READING_LABEL = {"enablement.io/purpose": READING}  # what a NetworkPolicy for such servers selects


@dataclass(frozen=True, slots=True)
class Containers:
    """Where container spawners find images. An empty pattern: where the catalog says, or nowhere, so that no release is offered."""

    references: References

    def offered(self, catalog: Catalog) -> bool:
        """Whether releases can be started as containers at all."""
        return bool(self.references.pattern or catalog.reference)

    def reference(self, choice: SpawnChoice) -> str:
        """The image of a choice, by digest where one is recorded."""
        return self.references.of(choice.release, choice.python)


def pythons_built(release: Release) -> tuple[str, ...]:
    """The Python versions that a release has a container image for, the usual one first."""
    usual = default_python(release)
    return (usual, *(python for python in release.oci if python != usual))


def size_overrides(size: Size) -> dict[str, Any]:
    """What a size sets on KubeSpawner. What is not said stays as the hub has it."""
    said: dict[str, Any] = {"cpu_limit": size.cpu, "mem_limit": size.memory}
    if size.cpu_request is not None:
        said["cpu_guarantee"] = size.cpu_request
    if size.memory_request is not None:
        said["mem_guarantee"] = size.memory_request
    if size.node_selector:
        said["node_selector"] = dict(size.node_selector)
    return said | dict(size.kubespawner_override)


def profiles(
    catalog: Catalog, sizes: Sequence[Size], references: References, selected: SpawnChoice
) -> dict[str, dict[str, Any]]:
    """KubeSpawner's `profile_list`: slug -> profile, with the releases and the sizes as its options; `selected` is the default."""
    return {image.slug: _profile(image, sizes, references, selected) for image in catalog.images}


def in_profiles_words(choice: SpawnChoice) -> dict[str, str]:
    """The choice as KubeSpawner's own options: what it validates against `profiles`."""
    said = {"profile": choice.release.image, "release": choice_key(choice.release, choice.python)}
    return said | ({"size": choice.size.key} if choice.size else {})


def _profile(image: Image, sizes: Sequence[Size], references: References, selected: SpawnChoice) -> dict[str, Any]:
    startable = [r for r in image.releases if r.status is not Status.WITHDRAWN]
    startable.sort(key=lambda release: release is not image.recommended)
    releases = {
        choice_key(release, python): {
            "display_name": f"{release.version}, Python {python} ({release.status})",
            "default": release is image.recommended and python == default_python(release),
            "kubespawner_override": {"image": references.of(release, python)},
        }
        for release in startable
        for python in pythons_built(release)
    }
    options: dict[str, Any] = {"release": {"display_name": "Release", "choices": releases}}
    if sizes:
        options["size"] = {
            "display_name": "Size",
            "choices": {
                size.key: {
                    "display_name": f"{size.title}: {size.cpu:g} CPU, {size.memory_in_words}",
                    "default": size == selected.size,
                    "kubespawner_override": size_overrides(size),
                }
                for size in sizes
            },
        }
    return {
        "slug": image.slug,
        "display_name": image.title,
        "description": image.description,
        "default": image.slug == selected.release.image,
        "profile_options": options,
    }
