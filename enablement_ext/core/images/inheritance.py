"""What an image holds together with the images it extends. Works on loaded intents (slug -> entries). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from enablement_ext.core.errors import BadCatalog

Intents = Mapping[str, Mapping[str, object]]


def merged(slug: str, intents: Intents) -> dict[str, object]:
    """An intent with the packages of the images it extends, its own ranges winning. Raises BadCatalog."""
    intent = dict(intents[slug])
    packages: dict[str, object] = {}
    os_packages: list[object] = []
    base: object = None
    for ancestor in reversed([slug, *ancestors(slug, intents)]):
        own, system = intents[ancestor].get("packages"), intents[ancestor].get("os")
        packages |= own if isinstance(own, dict) else {}
        if isinstance(system, dict):
            base = system.get("base", base)
            named = system.get("packages")
            os_packages += [name for name in named if name not in os_packages] if isinstance(named, list) else []
    return intent | {"packages": packages, "os": {"base": base, "packages": os_packages}}


def ancestors(slug: str, intents: Intents) -> Iterator[str]:
    """The images that an image extends, the nearest first. Raises BadCatalog for one that is not there and for a circle."""
    seen = {slug}
    parent = intents[slug].get("extends")
    while isinstance(parent, str):
        if parent not in intents:
            raise BadCatalog(f"{slug}: extends the unknown image {parent!r}")
        if parent in seen:
            raise BadCatalog(f"{slug}: extends itself, by way of {parent!r}")
        seen.add(parent)
        yield parent
        parent = intents[parent].get("extends")
