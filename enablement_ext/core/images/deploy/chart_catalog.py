"""The catalog as the chart deploys it: one JSON document, made by Helm from `images` in the values. Pure.

What a release holds is listed in it without hashes: the lock with its hashes stays in Git, and what starts is pinned by the digest of
the container image. So a catalog of a hundred releases fits into one ConfigMap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

from enablement_ext.core.errors import BadCatalog
from enablement_ext.core.images.catalog import Catalog, Image, parse_catalog, parse_image
from enablement_ext.core.images.python.locks import Package
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.versions import is_version
from enablement_ext.core.images.releases import Release, parse_release, sha256_of

FILE = "catalog.json"
LIMIT = 1_000_000  # bytes of the document; Kubernetes takes 1 MiB with everything around it
_LISTED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;]+)(?:\s*;\s*(?P<marker>.+))?")
_DATES = ("published", "cutoff", "support_end", "until")


@dataclass(frozen=True)
class DeployedRelease(Release):
    """A release of which the list of packages is known, and not their hashes. `listed` is empty where nobody listed them."""

    listed: tuple[Package, ...] = ()

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """What was listed when it was exported; its digest speaks of the lock in Git."""
        return self.listed


def parse_deployed(text: str) -> Catalog:
    """The catalog of such a document. Raises BadCatalog with the key of the values and what is wrong with it."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadCatalog(f"{FILE} is no JSON: {error}") from error
    images = document.get("images") if isinstance(document, Mapping) else None
    if not isinstance(images, Mapping) or not images:
        raise BadCatalog(f"{FILE}: `images` holds no image; set images.<slug> in the chart's values")
    reference = str(document.get("reference") or "")
    read = [_image(str(slug), entry, reference) for slug, entry in images.items()]
    return replace(parse_catalog(read, str(document.get("default") or "")), reference=reference)


def _image(slug: str, entry: object, reference: str) -> Image:
    if not isinstance(entry, Mapping):
        raise BadCatalog(f"images.{slug}: title, description, packages and releases are missing")
    releases = entry.get("releases")
    found = releases.items() if isinstance(releases, Mapping) else ()
    try:
        packages = entry.get("packages")
        direct = [str(name) for name in packages] if isinstance(packages, Mapping) else []
        read = [_release((slug, str(name)), record, reference, direct) for name, record in found]
        return parse_image(dict(entry) | {"slug": slug}, read)
    except BadCatalog as error:
        raise BadCatalog(f"images.{error.message}") from error


def _release(where: tuple[str, str], record: object, reference: str, direct: list[str]) -> DeployedRelease:
    slug, version = where
    if not isinstance(record, Mapping):
        raise BadCatalog(f"{slug}.releases[{version!r}]: status, published, python, digest and oci are missing")
    known = {key: value for key, value in record.items() if value is not None and value != ""}
    for key in _DATES:
        if key in known:
            known[key] = _date(f"{slug} {version}: `{key}`", known[key])
    if "digest" not in known:
        raise BadCatalog(f"{slug} {version}: `digest` is missing; `enablement image export helm` writes it")
    listed = tuple(sorted(_listed(f"{slug} {version}", known.pop("packages", [])), key=lambda p: (p.name, p.version)))
    # The lock is not here, so its hash cannot be compared: the digest counts.
    if not listed and direct:
        known.setdefault("direct", direct)  # what the image is about, which nobody can compare with a list
    release = parse_release(slug, version, known | {"lock_sha256": sha256_of("")}, "")
    said = {one.name: getattr(release, one.name) for one in fields(release)}
    return DeployedRelease(**said | {"reference": str(known.get("reference", reference)), "listed": listed})


def _date(where: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadCatalog(f"{where} is a date such as 2026-11-24, not {str(value)[:40]!r}") from None


def _listed(where: str, lines: object) -> Iterator[Package]:
    for line in lines if isinstance(lines, list) else []:
        found = _LISTED.fullmatch(str(line).strip())
        if found is None or not is_version(found["version"]):
            raise BadCatalog(f"{where}: `packages` holds lines such as numpy==2.3.5, not {str(line)[:60]!r}")
        yield Package(canonical_name(found["name"]), found["version"], (found["marker"] or "").strip(), ())


def catalog_values(catalog: Catalog, reference: str, *, listed: bool = True) -> dict[str, Any]:
    """The chart's values `catalog` and `images` that say the same as this catalog. `listed`: with every package of every release."""
    return {
        "catalog": {"default": catalog.default.image, "reference": reference},
        "images": {image.slug: _image_values(image, listed=listed) for image in catalog.images},
    }


def document(values: Mapping[str, Any]) -> str:
    """The document that the chart makes from these values."""
    catalog = values.get("catalog") or {}
    whole = {
        "default": catalog.get("default") or "",
        "images": values["images"],
        "reference": catalog.get("reference") or "",
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


def _image_values(image: Image, *, listed: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"title": image.title, "description": image.description}
    if image.groups:
        entry["groups"] = list(image.groups)
    if image.extends:
        entry["extends"] = image.extends
    entry["packages"] = dict(image.packages)
    entry["releases"] = {release.version: _release_values(release, listed=listed) for release in image.releases}
    return entry


def _release_values(release: Release, *, listed: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"status": release.status.value, "published": release.published.isoformat()}
    optional: tuple[tuple[str, Any], ...] = (
        ("class", release.release_class.value if release.release_class else None),
        ("previous", release.previous),
        ("cutoff", release.cutoff and release.cutoff.isoformat()),
        ("support_end", release.support_end and release.support_end.isoformat()),
        ("redirect", release.redirect),
        ("until", release.until and release.until.isoformat()),
        ("reason", release.reason),
        ("accepted", release.accepted),
        ("changelog", release.changelog),
        ("direct", sorted(release.direct)),
    )
    entry |= {key: value for key, value in optional if value}
    entry |= {"python": list(release.python), "digest": release.digest}
    if release.oci:
        entry["oci"] = {
            python: {"digest": build.digest, "base": build.base, "bytes": build.bytes}
            for python, build in sorted(release.oci.items())
        }
    if release.measured:
        entry["measured"] = {
            python: {
                "server_seconds": seen.server_seconds,
                "kernel_seconds": seen.kernel_seconds,
                "bytes": seen.bytes,
            }
            for python, seen in sorted(release.measured.items())
        }
    if listed:
        entry["packages"] = [_line(package) for package in release.packages]
    return entry


def _line(package: Package) -> str:
    return f"{package.name}=={package.version}" + (f" ; {package.marker}" if package.marker else "")
