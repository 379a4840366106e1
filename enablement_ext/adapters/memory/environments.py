"""Environments that are only said to be there: for tests, and for trying the hub door on a machine that makes none."""

from __future__ import annotations

from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.ports import ReleaseEnvironment
from enablement_ext.core.images.releases import Release


class MemoryEnvironments:
    """Implements the port `Environments` for one Python version. Nothing is made; `bin` names a folder that does not exist."""

    def __init__(self, python: str = "3.11") -> None:
        self._python = python
        self._made: dict[tuple[str, str, str], ReleaseEnvironment] = {}

    def ready(self, release: Release) -> ReleaseEnvironment | None:
        """See the port."""
        return self._made.get(_key(release))

    def realise(self, release: Release) -> ReleaseEnvironment:
        """See the port."""
        if self._python not in release.python:
            raise EnvironmentUnavailable(
                f"{release.image} {release.version} is for Python {', '.join(release.python)}, not {self._python}"
            )
        folder = f"/environments/{release.image}-{release.version}/bin"
        made = ReleaseEnvironment(release.image, release.version, release.digest, self._python, folder)
        return self._made.setdefault(_key(release), made)


def _key(release: Release) -> tuple[str, str, str]:
    return release.image, release.version, release.digest
