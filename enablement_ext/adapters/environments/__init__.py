"""Image releases realised: as virtual environments of this machine (one, all, trying one) and as container images."""

from __future__ import annotations

from enablement_ext.adapters.environments.containers import BuildahBuilder, Storage
from enablement_ext.adapters.environments.environment_manager import UvEnvironmentManager
from enablement_ext.adapters.environments.package import InstalledPackage
from enablement_ext.adapters.environments.smoke_test import ServerSmokeTest
from enablement_ext.adapters.environments.virtual_environments import UvEnvironments

__all__ = ["BuildahBuilder", "InstalledPackage", "ServerSmokeTest", "Storage", "UvEnvironmentManager", "UvEnvironments"]
