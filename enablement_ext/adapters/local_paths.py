"""Where things are on this machine: what ships with the package, and what is kept because it can be made again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
OWN_CATALOG = Path("images")  # a team's, below the working folder
_CATALOG_MARK = "catalog.toml"  # a folder that holds it is a catalog


def shipped(name: str) -> Path:
    """A file or folder that a wheel carries inside the package and a checkout holds at its top."""
    in_wheel = PACKAGE / "shipped" / name
    return in_wheel if in_wheel.exists() else PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class CatalogLocation:
    """A catalog's folder. `kind` says in words how it was chosen; `read_only`: it is inside the installed package, where nothing is written."""

    folder: Path
    kind: str
    read_only: bool

    def __str__(self) -> str:
        return f"catalog: {self.folder} ({self.kind}{', read-only' if self.read_only else ''})"


def locate_catalog(named: str, by: str, variable: str) -> CatalogLocation:
    """The folder that is `named` (`by` what), else by `variable` ($ENABLEMENT_CATALOG), else the team's own in ./images, else the shipped one.

    One rule for hub, commands and `enablement up`.
    """
    if named or variable:
        kind = f"named by {by}" if named else "named by $ENABLEMENT_CATALOG"
        return _chosen(Path(named or variable).expanduser(), kind)
    if (OWN_CATALOG / _CATALOG_MARK).is_file():
        return _chosen(OWN_CATALOG, "your own")
    return CatalogLocation(shipped("images"), "it comes with Enablement", read_only=True)


def _chosen(folder: Path, kind: str) -> CatalogLocation:
    return CatalogLocation(folder, kind, read_only=folder.resolve().is_relative_to(PACKAGE.resolve()))


def cache_folder() -> Path:
    """Where environments and the proxy are kept: $ENABLEMENT_CACHE, else root's where other accounts can read it, else the user's."""
    if given := os.environ.get("ENABLEMENT_CACHE"):
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/enablement")
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "enablement"
