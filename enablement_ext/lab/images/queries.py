"""What the lab says about images. The review service knows the catalog; what is installed here only this server can see."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from enablement_ext.core.checks.models import ReleaseFacts
from enablement_ext.core.checks.own.release import unknown_release
from enablement_ext.core.errors import ServiceAway
from enablement_ext.core.images.compatibility import RecordedImage
from enablement_ext.core.images.drift import MOST, Drift, drift
from enablement_ext.core.images.ports import InstalledPackages
from enablement_ext.core.images.python.import_names import packages_of
from enablement_ext.core.images.releases import DIGEST, SLUG, VERSION
from enablement_ext.core.notebook.code_references import uses_of_cells
from enablement_ext.core.notebook.limits import NotebookLimits
from enablement_ext.core.notebook.strict import parse
from enablement_ext.core.submission.ports import Home
from enablement_ext.lab.notebook_file import read_notebook
from enablement_ext.lab.service_client import ServiceClient, ServiceRequest
from enablement_ext.lab.service_responses import ServiceRefused, document_of

_ANSWER_BYTES = 16 * 1024 * 1024
_NOTEBOOK_BYTES = 64 * 1024 * 1024
_PACKAGES = 400
# What an environment holds beside its lock: ourselves, and what installs packages.
OURS = frozenset({"enablement", "pip", "setuptools", "wheel"})

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class ImageSurroundings:
    """What checks are told of this server's image; None: that is not known."""

    release: ReleaseFacts | None = None
    modules: Mapping[str, frozenset[str]] | None = None
    drift: Sequence[Drift] | None = None


@dataclass(frozen=True, slots=True)
class ImageQueries:
    """Answers the routes about images. `here` is None on a server that no hub started out of the catalog."""

    here: RecordedImage | None
    home: Home
    packages: InstalledPackages
    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"

    async def running(self, service: ServiceClient | None) -> Json:
        """This server's image, what is in it, what is newer, and what was installed beside it.

        `release` is None where the catalog does not have it or cannot be asked (`away`); then nothing is said about drift either.
        """
        release, away = await self._release(service)
        found = [] if release is None else await asyncio.to_thread(self._drift, release)
        return {
            "image": _named(self.here),
            "python": self.python,
            "release": release,
            "away": away,
            "drift": [_drift_json(one) for one in found[:MOST]],
            "drift_total": len(found),
        }

    async def surroundings(self, service: ServiceClient | None) -> ImageSurroundings:
        """The release as the catalog has it, what is installed here, and how they differ."""
        release, away = await self._release(service)
        if self.here is None or away:
            return ImageSurroundings()
        name = f"{self.here.slug} {self.here.release}"
        if release is None:
            return ImageSurroundings(unknown_release(name))
        return await asyncio.to_thread(self._surroundings, name, release)

    async def _release(self, service: ServiceClient | None) -> tuple[Json | None, bool]:
        """This server's release, None where the catalog does not have it; and whether the catalog cannot be asked."""
        if self.here is None or service is None:
            return None, service is None
        try:
            return await _ask(f"{_path(self.here)}?{urlencode({'python': self.python})}", service), False
        except ServiceAway:
            return None, True
        except ServiceRefused:
            return None, False

    def _surroundings(self, name: str, release: Json) -> ImageSurroundings:
        newer = release.get("newer")
        instead = f"{newer['image']} {newer['release']}" if isinstance(newer, dict) else ""
        facts = ReleaseFacts(
            name, _locked(release), str(release.get("status", "")), instead, str(release.get("reason") or "")
        )
        modules = {module: frozenset(names) for module, names in self.packages.imports().items()}
        return ImageSurroundings(facts, modules, self._drift(release))

    async def notebook(self, path: str, service: ServiceClient) -> Json:
        """How the image that a notebook recorded stands to this one, narrowed to the packages it imports.

        `recorded` is None where it recorded none; then nothing is compared. Raises `FileUnreadable`, `TooLarge`, `BadNotebook`, `ServiceAway`.
        """
        recorded, modules = await asyncio.to_thread(self._read, path)
        if recorded is None or self.here is None:
            return {"recorded": _named(recorded), "compared": None, "packages": []}
        known = await asyncio.to_thread(self.packages.imports)
        packages = packages_of(modules, known)[:_PACKAGES]
        asked = {
            "with": f"{recorded.slug}/{recorded.release}",
            "digest": recorded.digest,
            "python": self.python,
            "packages": ",".join(packages),
        }
        compared = await _ask(f"{_path(self.here)}/compared?{urlencode(asked)}", service)
        return {"recorded": _named(recorded), "compared": compared, "packages": packages}

    def _drift(self, release: Json) -> list[Drift]:
        return drift(_locked(release), self.packages.folders(), OURS)

    def _read(self, path: str) -> tuple[RecordedImage | None, list[str]]:
        raw = self.home.read(path, _NOTEBOOK_BYTES)
        recorded = recorded_in(raw)
        if recorded is None:
            return None, []
        imports = uses_of_cells(read_notebook(path, raw).code).imports
        return recorded, [module for use in imports for module in use.modules]


def _locked(release: Json) -> dict[str, str]:
    listed = release.get("packages")
    return {
        str(package["name"]): str(package["version"])
        for package in (listed if isinstance(listed, list) else [])
        if isinstance(package, dict) and "name" in package and "version" in package
    }


def recorded_in(raw: bytes) -> RecordedImage | None:
    """The image that a notebook says it was made in; None where it says none, or something that cannot be one. Raises `BadNotebook`."""
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        value = parse(raw, NotebookLimits())  # says what is wrong with it
    for key in ("metadata", "enablement", "image"):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return None
    slug, release, digest = value.get("slug"), value.get("release"), value.get("digest", "")
    texts = ((SLUG, slug), (VERSION, release))
    if not all(isinstance(text, str) and form.fullmatch(text) for form, text in texts):
        return None
    known = isinstance(digest, str) and DIGEST.fullmatch(digest)
    return RecordedImage(str(slug), str(release), str(digest) if known else "")


def _path(image: RecordedImage) -> str:
    return f"/api/v1/images/{image.slug}/{image.release}"


def _named(image: RecordedImage | None) -> Json | None:
    return None if image is None else {"slug": image.slug, "release": image.release, "digest": image.digest}


def _drift_json(one: Drift) -> Json:
    return {
        "name": one.name,
        "kind": one.kind.value,
        "version": one.version,
        "locked": one.locked,
        "place": one.place.value,
    }


async def _ask(path: str, service: ServiceClient) -> Json:
    answer = await service.open(ServiceRequest("GET", path, {"Accept": "application/json"}))
    body = await answer.read(_ANSWER_BYTES)
    return document_of(answer.status, body)
