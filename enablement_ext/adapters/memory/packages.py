"""Installed packages without a disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from enablement_ext.core.images.drift import PackageFolder


@dataclass(frozen=True, slots=True)
class MemoryPackages:
    """Implements the port `InstalledPackages` over given folders."""

    package_folders: tuple[PackageFolder, ...]
    modules: Mapping[str, Collection[str]] = field(default_factory=dict)

    def folders(self) -> Sequence[PackageFolder]:
        return self.package_folders

    def imports(self) -> Mapping[str, Collection[str]]:
        """Packages that are not named otherwise are imported by their own names."""
        own = {name.replace("-", "_"): (name,) for folder in self.package_folders for name in folder.packages}
        return {**own, **self.modules}
