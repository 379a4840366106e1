"""Container spawners: image references, overrides of a size, and KubeSpawner's profile list for one user.

`size_overrides` says what a size sets; the spawner applies it, and `profiles` renders the same into KubeSpawner's `profile_list`, which it
validates options against and which programs may use that start servers with its keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.deploy.exports import ProfileRules, References, choice_key, profile_list
from enablement_ext.core.images.selection import kept
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


@dataclass(frozen=True, slots=True)
class Selected:
    """What is selected for a person, and on which day."""

    choice: SpawnChoice
    today: date


def size_overrides(size: Size) -> dict[str, Any]:
    """The traits of KubeSpawner that a size sets. Others keep the hub's configuration."""
    said: dict[str, Any] = {"cpu_limit": size.cpu, "mem_limit": size.memory}
    if size.cpu_request is not None:
        said["cpu_guarantee"] = size.cpu_request
    if size.memory_request is not None:
        said["mem_guarantee"] = size.memory_request
    if size.node_selector:
        said["node_selector"] = dict(size.node_selector)
    return said | dict(size.kubespawner_override)


def profiles(
    catalog: Catalog, sizes: Sequence[Size], containers: Containers, selected: Selected
) -> list[dict[str, Any]]:
    """KubeSpawner's `profile_list` for one person: the releases that policy would start, and the sizes; what is selected is the default.

    A release that is being retired is among them: who asks for exactly it gets it until its last day, and KubeSpawner must know the choice.
    """
    options = {"size": _size_option(sizes, selected.choice)} if sizes else {}
    rules = ProfileRules(
        startable=lambda release: release.offered or kept(release, selected.today),
        default=selected.choice.release.image,
        options=options,
    )
    return profile_list(catalog, containers.references, rules)


def _size_option(sizes: Sequence[Size], selected: SpawnChoice) -> dict[str, Any]:
    choices = {
        size.key: {
            "display_name": f"{size.title}: {size.cpu:g} CPU, {size.memory_in_words}",
            "default": size == selected.size,
            "kubespawner_override": size_overrides(size),
        }
        for size in sizes
    }
    return {"display_name": "Size", "choices": choices}


def profile_options_of(choice: SpawnChoice) -> dict[str, str]:
    """The choice as KubeSpawner's own `user_options`, which it validates against `profiles`."""
    said = {"profile": choice.release.image, "release": choice_key(choice.release, choice.python)}
    return said | ({"size": choice.size.key} if choice.size else {})
