"""What every verb of `enablement image` receives: ports, output and the day."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.image.output import Output
from enablement_ext.core.images.catalog import Catalog, Image
from enablement_ext.core.images.catalog_checks import intent_findings
from enablement_ext.core.images.inheritance import Intents, ancestors
from enablement_ext.core.images.oci.ports import OciBuilder
from enablement_ext.core.images.ports import CatalogStore, EnvironmentManager, ImageUsage, SmokeTester, Solver
from enablement_ext.core.images.python.advisories import Record


@dataclass(frozen=True, slots=True)
class ImageContext:
    """The ports, wired by `app.py`."""

    store: CatalogStore
    solver: Solver
    environments: EnvironmentManager
    smoke_tester: SmokeTester
    builder: OciBuilder
    usage: ImageUsage
    advisories: Callable[[Path], Iterable[Record]]  # raises BadAdvisories
    out: Output
    today: date
    folder: str  # how the catalog's folder is called in messages
    flags: str = ""  # what a command needs behind it to work on the same catalog

    def command(self, words: str) -> str:
        """An `enablement image` command as a person types it for this catalog."""
        return f"enablement image {words}{self.flags}"

    def sound_intents(self) -> Intents:
        """All intents, loaded. Refuses with every mistake, one a line."""
        texts = self.store.intents()
        findings = intent_findings(texts, self.folder)
        if findings:
            lines = "\n  ".join(f"{finding.where}: {finding.message}" for finding in findings)
            raise CliError(f"{len(findings)} mistakes in the intents:\n  {lines}", Exit.NO)
        return {slug: tomllib.loads(text) for slug, text in texts.items()}

    def image(self, catalog: Catalog, slug: str) -> Image:
        """The image, which has a release. Refuses an unknown slug and says which there are."""
        image = catalog.image(slug)
        if image is None:
            known = ", ".join(image.slug for image in catalog.images)
            raise CliError(f"there is no image {slug!r} with a release; there are {known}", Exit.USAGE)
        return image

    def smoke(self, slug: str) -> str:
        """The smoke notebook's Python of an image and of those that it extends, the nearest last."""
        intents = self.sound_intents()
        line = [slug, *ancestors(slug, intents)]
        return "\n".join(str(intents[one].get("smoke", "")) for one in reversed(line)).strip()
