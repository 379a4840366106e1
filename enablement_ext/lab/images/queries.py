"""What the lab says about images. The review service knows the catalog; what is installed here only this server can see."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from urllib.parse import urlencode

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
        release, away = None, service is None
        if self.here is not None and service is not None:
            try:
                release = await _ask(f"{_path(self.here)}?{urlencode({'python': self.python})}", service)
            except ServiceAway:
                away = True
            except ServiceRefused:
                release = None
        found = [] if release is None else await asyncio.to_thread(self._drift, release)
        return {
            "image": _named(self.here),
            "python": self.python,
            "release": release,
            "away": away,
            "drift": [_drift_json(one) for one in found[:MOST]],
            "drift_total": len(found),
        }

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
        listed = release.get("packages")
        locked = {
            str(package["name"]): str(package["version"])
            for package in (listed if isinstance(listed, list) else [])
            if isinstance(package, dict) and "name" in package and "version" in package
        }
        return drift(locked, self.packages.folders(), OURS)

    def _read(self, path: str) -> tuple[RecordedImage | None, list[str]]:
        raw = self.home.read(path, _NOTEBOOK_BYTES)
        recorded = recorded_in(raw)
        if recorded is None:
            return None, []
        imports = uses_of_cells(read_notebook(path, raw).code).imports
        return recorded, [module for use in imports for module in use.modules]


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
