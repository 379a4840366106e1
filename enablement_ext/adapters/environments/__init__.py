"""Image releases realised: as virtual environments of this machine (one, all, trying one) and as container images."""

from __future__ import annotations

from enablement_ext.adapters.environments.containers import BuildahBuilder, Storage
from enablement_ext.adapters.environments.package import InstalledPackage
from enablement_ext.adapters.environments.releases import UvEnvironments
from enablement_ext.adapters.environments.shelf import UvShelf
from enablement_ext.adapters.environments.trial import ServerTrial

__all__ = ["BuildahBuilder", "InstalledPackage", "ServerTrial", "Storage", "UvEnvironments", "UvShelf"]
