"""A release as a CycloneDX bill of materials. The same release gives the same document, byte for byte."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from enablement_ext.core.images.python.locks import Package
from enablement_ext.core.images.releases import Release

SPEC = "1.6"
_SPACE = uuid.UUID("6f8f1f0e-6c1e-5b7a-9a55-0e1d6e0f4a11")
Component = dict[str, object]


def cyclonedx(release: Release, python: str, installed: Mapping[str, str] | None = None) -> Component:
    """The document for one Python: every locked package with its purl, and the Python itself.

    `installed` (name -> version, as seen in a made environment) is compared by the caller; it only marks what was seen.
    """
    name = f"{release.image}/{release.version}"
    packages = release.packages_for(python)
    direct = [_purl(p) for p in packages if not release.direct or p.name in release.direct]
    root = container(name, release, python)
    components = package_components(release, python, installed)
    return Bill(f"{name} {python} {release.digest}", root, components, direct, release.published).document()


@dataclass(frozen=True, slots=True)
class Bill:
    """What a CycloneDX document says: of what (`root`), which components, and which of them the root needs itself (`direct`).

    `identity` makes the serial number, so that the same content has the same one. There is no time in it but a day of publication.
    """

    identity: str
    root: Component
    components: Sequence[Component]
    direct: Sequence[str]
    published: date | None = None

    def document(self) -> Component:
        """The document, ready for JSON."""
        metadata: Component = {"component": self.root}
        if self.published:
            metadata["timestamp"] = f"{self.published.isoformat()}T00:00:00Z"
        return {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": SPEC,
            "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, self.identity)}",
            "version": 1,
            "metadata": metadata,
            "components": list(self.components),
            "dependencies": [{"ref": self.root["bom-ref"], "dependsOn": list(self.direct)}],
        }


def container(ref: str, release: Release, python: str) -> Component:
    """The container image of a release for one Python; where none was built, the lock's digest stands for it."""
    built = release.oci.get(python)
    return {
        "type": "container",
        "bom-ref": ref,
        "name": release.image,
        "version": release.version,
        "hashes": [_hash(built.digest if built else release.digest)],
        "properties": [_property("python", python), _property("lock", release.digest)],
    }


def package_components(
    release: Release, python: str, installed: Mapping[str, str] | None = None, within: str = ""
) -> list[Component]:
    """The packages of a release for one Python. `within` begins their references where a document has several releases."""
    return [_component(package, release, installed, within) for package in release.packages_for(python)]


def _component(package: Package, release: Release, installed: Mapping[str, str] | None, within: str) -> Component:
    properties = [_property("direct", "true" if package.name in release.direct else "false")]
    if installed is not None:
        properties.append(_property("installed", installed.get(package.name, "no")))
    return {
        "type": "library",
        "bom-ref": within + _purl(package),
        "name": package.name,
        "version": package.version,
        "purl": _purl(package),
        "scope": "required",
        "properties": properties,
    }


def _purl(package: Package) -> str:
    return f"pkg:pypi/{package.name}@{quote(package.version)}"


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest.removeprefix("sha256:")}


def _property(key: str, value: str) -> dict[str, str]:
    return {"name": f"enablement:{key}", "value": value}
