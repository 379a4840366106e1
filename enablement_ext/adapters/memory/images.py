"""In-memory twins of the catalog folder and of the solver: for tests, and for trying a policy without an index."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date

from packaging.requirements import Requirement

from enablement_ext.core.errors import BadCatalog, EnvironmentUnavailable
from enablement_ext.core.images.catalog import Catalog, parse_catalog, parse_image
from enablement_ext.core.images.inheritance import merged
from enablement_ext.core.images.ports import CatalogSnapshot, LockRequest
from enablement_ext.core.images.python.locks import Package, parse_lock, render_lock
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.versions import parse_version, satisfies
from enablement_ext.core.images.releases import Release, parse_release, render_record


class MemoryCatalogSource:
    """Implements the port `CatalogSource`: what it holds is what it was told."""

    def __init__(self, catalog: Catalog) -> None:
        self._now = CatalogSnapshot(catalog, "")

    def now(self) -> CatalogSnapshot:
        """See the port."""
        return self._now

    def becomes(self, catalog: Catalog) -> None:
        """The catalog changes to another valid one."""
        self._now = CatalogSnapshot(catalog, "")

    def breaks(self, problem: str) -> None:
        """What lies there is not valid any more."""
        self._now = CatalogSnapshot(self._now.catalog, problem)


class MemoryCatalog:
    """Implements the port `CatalogStore`. It keeps texts, as a folder does, so that everything is read back and checked."""

    def __init__(self, intents: Mapping[str, str] | None = None) -> None:
        self._intents = dict(intents or {})
        self._releases: dict[tuple[str, str], tuple[str, str]] = {}

    def read(self) -> Catalog:
        """See the port."""
        loaded = {slug: tomllib.loads(text) for slug, text in self._intents.items()}
        releases: dict[str, list[Release]] = {}
        for (slug, version), (record, lock) in self._releases.items():
            releases.setdefault(slug, []).append(parse_release(slug, version, tomllib.loads(record), lock))
        return parse_catalog(parse_image(merged(slug, loaded), releases[slug]) for slug in loaded if slug in releases)

    def intents(self) -> Mapping[str, str]:
        """See the port."""
        return dict(self._intents)

    def add_image(self, slug: str, intent: str) -> str:
        """See the port."""
        if slug in self._intents:
            raise BadCatalog(f"{slug} exists; choose another slug, or edit it")
        self._intents[slug] = intent
        return slug

    def add_release(self, release: Release) -> str:
        """See the port."""
        key = (release.image, release.version)
        if key in self._releases:
            raise BadCatalog(f"{release.image}/{release.version} exists; releases are append-only")
        self._releases[key] = (render_record(release), release.lock)
        return "/".join(key)

    def replace_record(self, release: Release) -> str:
        """See the port."""
        key = (release.image, release.version)
        if key not in self._releases:
            raise BadCatalog(f"{release.image}/{release.version} is not there")
        self._releases[key] = (render_record(release), self._releases[key][1])
        return "/".join(key)

    def published(self, revision: str) -> Catalog | None:  # noqa: ARG002  # the port's signature
        """See the port: there is no history."""
        return None

    def copies(self) -> Mapping[str, str]:
        """See the port: nothing lies beside it."""
        return {}


class MemorySolver:
    """Implements the ports `Solver` and `PackageSolver` over an index of versions with their dates. Packages in it need nothing else."""

    def __init__(self, index: Mapping[str, Mapping[str, date]], sizes: Mapping[str, int] | None = None) -> None:
        self._index = index
        self._sizes = sizes or {}
        self._stopped = False
        self.asked: list[LockRequest] = []

    def download_bytes(self, pins: Sequence[str], python: str) -> int | None:  # noqa: ARG002  # the port's signature
        """See the port."""
        sizes = [self._sizes.get(pin) for pin in pins]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def stop(self) -> None:
        """See the port."""
        self._stopped = True

    def lock(self, question: LockRequest) -> str:
        """See the port: the newest version in range, or the preferred one where it may stay."""
        if self._stopped:
            raise EnvironmentUnavailable("it was stopped before there was an answer")
        self.asked.append(question)
        preferred = {p.name: p.version for p in parse_lock(question.preferred)} if question.preferred else {}
        kept = {name: version for name, version in preferred.items() if name not in question.upgrade}
        packages = []
        for line in question.requirements:
            name, wanted = _split(line)
            bounds = [rest for bound in question.constraints for found, rest in [_split(bound)] if found == name]
            fitting = [
                v for v in self._known(name, question.cutoff) if all(satisfies(v, one) for one in [wanted, *bounds])
            ]
            if not fitting:
                raise BadCatalog(f"there is no solution: no version of {name} is in {', '.join([wanted, *bounds])}")
            version = kept[name] if kept.get(name) in fitting else max(fitting, key=parse_version)
            packages.append(Package(name, version, "", (_hash(name, version),)))
        return render_lock(sorted(packages, key=lambda package: package.name))

    def _known(self, name: str, cutoff: date) -> list[str]:
        versions = self._index.get(name, {})
        return sorted((v for v, published in versions.items() if published <= cutoff), key=parse_version)


def _split(line: str) -> tuple[str, str]:
    requirement = Requirement(line)
    if not requirement.specifier:
        raise BadCatalog(f"{line!r} has no range")
    return canonical_name(requirement.name), str(requirement.specifier)


def _hash(name: str, version: str) -> str:
    return "sha256:" + hashlib.sha256(f"{name}=={version}".encode()).hexdigest()
