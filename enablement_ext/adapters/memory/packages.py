"""Installed packages without a disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from enablement_ext.core.images.drift import PackageFolder


@dataclass(frozen=True, slots=True)
class MemoryPackages:
    """Implements the port `InstalledPackages` over folders that are said."""

    said: tuple[PackageFolder, ...]
    modules: Mapping[str, Collection[str]] = field(default_factory=dict)

    def folders(self) -> Sequence[PackageFolder]:
        """See the port."""
        return self.said

    def imports(self) -> Mapping[str, Collection[str]]:
        """See the port. Packages that are not named otherwise are imported by their own names."""
        own = {name.replace("-", "_"): (name,) for folder in self.said for name in folder.packages}
        return {**own, **self.modules}
