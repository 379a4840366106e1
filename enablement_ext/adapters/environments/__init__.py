"""Image releases as virtual environments of this machine and as container images.

- `virtual_environments`: one release made by uv; `environment_manager`: all of them, listed and garbage-collected;
  `retirement`: which are used, and which may go.
- `smoke_test`, `smoke_test_server`, `probe`: testing one (`probe` runs inside it).
- `containers`, `layer_files`: building container images with buildah, and the files of their layers.
- `package`: this Enablement, installed into both; `pythons`: the interpreters of this machine.
"""

from __future__ import annotations

from enablement_ext.adapters.environments.containers import BuildahBuilder, Storage
from enablement_ext.adapters.environments.environment_manager import UvEnvironmentManager
from enablement_ext.adapters.environments.package import InstalledPackage
from enablement_ext.adapters.environments.smoke_test import ServerSmokeTest
from enablement_ext.adapters.environments.virtual_environments import UvEnvironments

__all__ = ["BuildahBuilder", "InstalledPackage", "ServerSmokeTest", "Storage", "UvEnvironmentManager", "UvEnvironments"]
