"""A release as a CycloneDX bill of materials. The same release gives the same document, byte for byte."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from enablement_ext.core.images.python.locks import Package
from enablement_ext.core.images.releases import Release

SPEC = "1.6"
_SPACE = uuid.UUID("6f8f1f0e-6c1e-5b7a-9a55-0e1d6e0f4a11")


def cyclonedx(release: Release, python: str, installed: Mapping[str, str] | None = None) -> dict[str, object]:
    """The document for one Python: every locked package with its purl, and the Python itself.

    `installed` (name -> version, as seen in a made environment) is compared by the caller; it only marks what was seen.
    """
    name = f"{release.image}/{release.version}"
    packages = release.packages_for(python)
    container = release.oci.get(python)
    root: dict[str, object] = {
        "type": "container",
        "bom-ref": name,
        "name": release.image,
        "version": release.version,
        "hashes": [_hash(container.digest if container else release.digest)],
        "properties": [_property("python", python), _property("lock", release.digest)],
    }
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, f'{name} {python} {release.digest}')}",
        "version": 1,
        "metadata": {"timestamp": f"{release.published.isoformat()}T00:00:00Z", "component": root},
        "components": [_component(package, release, installed) for package in packages],
        "dependencies": [
            {"ref": name, "dependsOn": [_purl(p) for p in packages if not release.direct or p.name in release.direct]}
        ],
    }


def _component(package: Package, release: Release, installed: Mapping[str, str] | None) -> dict[str, object]:
    properties = [_property("direct", "true" if package.name in release.direct else "false")]
    if installed is not None:
        properties.append(_property("installed", installed.get(package.name, "no")))
    return {
        "type": "library",
        "bom-ref": _purl(package),
        "name": package.name,
        "version": package.version,
        "purl": _purl(package),
        "scope": "required",
        "properties": properties,
    }


def _purl(package: Package) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest.removeprefix("sha256:")}


def _property(key: str, value: str) -> dict[str, str]:
    return {"name": f"enablement:{key}", "value": value}
