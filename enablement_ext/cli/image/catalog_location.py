"""Which catalog `enablement image` works on: the named one, the team's own in ./images, or the one that comes with Enablement, read-only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from enablement_ext.cli.errors import CliError, Exit

OWN = Path("images")  # below the working folder
MARK = "catalog.toml"  # a folder that holds it is a catalog


@dataclass(frozen=True, slots=True)
class CatalogLocation:
    """A catalog's folder. `kind` says in words how it was chosen; `read_only`: nothing may be written there."""

    folder: Path
    kind: str
    read_only: bool

    def __str__(self) -> str:
        return f"catalog: {self.folder} ({self.kind}{', read-only' if self.read_only else ''})"

    def require_writable(self) -> None:
        """Refuses, and says how to start a catalog of one's own."""
        if self.read_only:
            raise CliError(
                f"{self.folder} comes with Enablement and is not written to. Start a catalog of your own with `enablement image init`, "
                f"which copies it to ./{OWN}, or name another one with --catalog",
                Exit.USAGE,
            )


@dataclass(frozen=True, slots=True)
class ShippedCatalog:
    """The catalog that comes with Enablement, and the folder of the installed package, in which nothing is written."""

    folder: Path
    package: Path


def locate_catalog(named: Path | None, variable: str, shipped: ShippedCatalog) -> CatalogLocation:
    """`named` by --catalog, else by `variable` ($ENABLEMENT_CATALOG), else the team's own, else the shipped one."""
    if named is not None:
        return _chosen(named, "named by --catalog", shipped)
    if variable:
        return _chosen(Path(variable), "named by $ENABLEMENT_CATALOG", shipped)
    if (OWN / MARK).is_file():
        return _chosen(OWN, "your own", shipped)
    return CatalogLocation(shipped.folder, "it comes with Enablement", read_only=True)


def _chosen(folder: Path, kind: str, shipped: ShippedCatalog) -> CatalogLocation:
    inside = folder.expanduser().resolve().is_relative_to(shipped.package.resolve())
    return CatalogLocation(folder, kind, read_only=inside)
