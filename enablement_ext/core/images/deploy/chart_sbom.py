"""What an installation of the chart runs, as a CycloneDX bill of materials, from its values. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.deploy import chart_catalog
from enablement_ext.core.images.deploy.exports import References
from enablement_ext.core.images.oci.sbom import Bill, Component, container, package_components

Values = Mapping[str, Any]


def chart_bill(values: Values, version: str) -> Component:
    """The document: the images of the service and of the hub, and of every release in the values' catalog each Python's image with its packages.

    `values` are those of an installation, all files merged. The same values give the same document. Raises BadCatalog for a catalog
    that the chart would refuse.
    """
    own = [each for each in (_image(values, version, "review"), _image(values, version, "jupyterhub", "hub")) if each]
    releases = list(_releases(values)) if values.get("images") else []
    components = [*own, *releases]
    root: Component = {
        "type": "application",
        "bom-ref": f"chart/enablement@{version}",
        "name": "enablement",
        "version": version,
    }
    identity = f"chart {version} {json.dumps(components, sort_keys=True)}"
    return Bill(identity, root, components, [str(each["bom-ref"]) for each in components]).document()


def _image(values: Values, version: str, *where: str) -> Component | None:
    found: Any = values
    for key in (*where, "image"):
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not found.get("name") or (where[0] == "jupyterhub" and not _has_hub(values)):
        return None
    name, tag, digest = (str(found.get(key) or "") for key in ("name", "tag", "digest"))
    tag = tag or version  # the chart's own default
    made: Component = {"type": "container", "bom-ref": f"{name}:{tag}", "name": name, "version": digest or tag}
    return made | ({"hashes": [{"alg": "SHA-256", "content": digest.removeprefix("sha256:")}]} if digest else {})


def _has_hub(values: Values) -> bool:
    return bool(values["jupyterhub"].get("enabled", True))


def _releases(values: Values) -> Iterator[Component]:
    catalog = chart_catalog.parse_deployed(chart_catalog.document(values))
    for release in (release for image in catalog.images for release in image.releases):
        for python in release.python:
            ref = _reference(catalog).of(release, python)
            yield container(ref, release, python) | {
                "components": package_components(release, python, within=f"{ref} ")
            }


def _reference(catalog: Catalog) -> References:
    return References(catalog.reference) if catalog.reference else References()
