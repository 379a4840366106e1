"""Environments and container images that are only said to be there: for tests, and for a dry run on a machine that makes none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.oci.ports import OciRequest
from enablement_ext.core.images.ports import LocalEnvironment, ReleaseEnvironment, SmokeTestResult, StartUpTimes
from enablement_ext.core.images.releases import OciBuild, Release

PACKAGE_BYTES = 1000  # of every package, where nothing else is said
_NEVER = float("inf")


class MemoryEnvironments:
    """Implements the port `Environments` for one Python version. Nothing is made; `bin` names a folder that does not exist, or the one given."""

    def __init__(self, python: str = "3.11", folder: str = "") -> None:
        self._python = python
        self._folder = folder
        self._made: dict[tuple[str, str, str], ReleaseEnvironment] = {}

    def ready(self, release: Release) -> ReleaseEnvironment | None:
        """None until `realise` was called for it."""
        return self._made.get(_key(release))

    def realise(self, release: Release) -> ReleaseEnvironment:
        """Remembers that it is there."""
        if self._python not in release.python:
            raise EnvironmentUnavailable(
                f"{release.image} {release.version} is for Python {', '.join(release.python)}, not {self._python}"
            )
        folder = self._folder or f"/environments/{release.image}-{release.version}/bin"
        made = ReleaseEnvironment(release.image, release.version, release.digest, self._python, folder)
        return self._made.setdefault(_key(release), made)


class MemoryEnvironmentManager:
    """Implements the port `EnvironmentManager` for a machine with these Pythons. `sizes`: bytes of a release, by its version."""

    def __init__(self, pythons: Sequence[str] = ("3.11",), sizes: Mapping[str, int] | None = None) -> None:
        self._pythons = tuple(pythons)
        self._sizes = sizes or {}
        self._made: dict[str, tuple[LocalEnvironment, tuple[str, ...]]] = {}
        self._used: set[str] = set()

    def make(self, release: Release, python: str | None) -> LocalEnvironment:
        """The same release and Python give the same environment."""
        wanted = [one for one in ((python,) if python else release.python) if one in release.python]
        here = next((one for one in wanted if one in self._pythons), None)
        if here is None:
            named = f"{release.image}/{release.version}: Python {python or ', '.join(release.python)}"
            raise EnvironmentUnavailable(f"{named} is not on this machine (here: {', '.join(self._pythons)})")
        folder = f"/environments/{release.image}-{release.version}-py{here}-{release.digest[-12:]}"
        names = tuple(package.name for package in release.packages_for(here))
        size = self._sizes.get(release.version, PACKAGE_BYTES * len(names))
        made = LocalEnvironment(release.image, release.version, here, release.digest, folder, size, size)
        return self._made.setdefault(folder, (made, names))[0]

    def listed(self) -> Sequence[LocalEnvironment]:
        """What was made and not collected."""
        return [self._made[folder][0] for folder in sorted(self._made)]

    def pythons(self) -> Mapping[str, str]:
        """Those that it was told of, below /usr/bin."""
        return {python: f"/usr/bin/python{python}" for python in self._pythons}

    def package_sizes(self, environment: LocalEnvironment) -> Mapping[str, int]:
        """Every package has the same share of the environment's bytes."""
        names = self._made[environment.folder][1]
        return dict.fromkeys(names, environment.bytes // max(len(names), 1))

    def collect(self, keep: frozenset[str], *, pretend: bool) -> Sequence[LocalEnvironment]:
        """A process uses what `use` was called for."""
        gone = [one for one in self.listed() if one.digest not in keep and one.folder not in self._used]
        for environment in () if pretend else gone:
            del self._made[environment.folder]
        return gone

    def use(self, environment: LocalEnvironment, *, used: bool = True) -> None:
        """A process starts in the environment, or ends."""
        (self._used.add if used else self._used.discard)(environment.folder)


class MemorySmokeTester:
    """Implements the port `SmokeTester` with outcomes by release: its problems, and the seconds that its server's starts take, in turn.

    A release that has problems does not start. Without an entry a release works and starts in two seconds.
    """

    def __init__(
        self,
        problems: Mapping[str, tuple[str, ...]] | None = None,
        seconds: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        self._problems = problems or {}
        self._seconds = {release: list(times) for release, times in (seconds or {}).items()}
        self.measurements = 0

    def run(self, environment: LocalEnvironment, release: Release, smoke: str) -> SmokeTestResult:  # noqa: ARG002  # the port's signature
        """What was said of the environment's release, and whether it is this one."""
        problems = self._problems.get(environment.release, ())
        if environment.digest != release.digest:
            problems = (
                *problems,
                f"{release.image}/{release.version}: shown is {release.digest}, installed is {environment.digest}",
            )
        return SmokeTestResult(("said",), problems)

    def measure_startup(self, environment: LocalEnvironment) -> StartUpTimes:
        """The next of the seconds; the last one again and again."""
        self.measurements += 1
        if self._problems.get(environment.release):
            return StartUpTimes(_NEVER, _NEVER)
        times = self._seconds.setdefault(environment.release, [2.0])
        return StartUpTimes(times.pop(0) if len(times) > 1 else times[0], 1.0)


class MemoryOciBuilder:
    """Implements the port `OciBuilder` over bases that are said (reference -> digest): a digest is a hash of all that was asked for."""

    def __init__(self, bases: Mapping[str, str], pythons: Sequence[str] = ("3.11",)) -> None:
        self._bases = bases
        self._pythons = tuple(pythons)
        self.images: dict[str, OciBuild] = {}  # by tag

    def build(self, request: OciRequest) -> OciBuild:
        """Kept under its tag in `images`."""
        if request.python not in self._pythons:
            raise EnvironmentUnavailable(f"Python {request.python} is not on this machine; layers are compiled with it")
        base = self._bases.get(request.base)
        if base is None:
            raise EnvironmentUnavailable(f"there is no base {request.base}; there are {', '.join(self._bases)}")
        contents = [asdict(layer) for layer in request.layers]
        inputs = [base, request.python, contents, request.os_packages, request.command, request.release.digest]
        digest = "sha256:" + hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
        size = PACKAGE_BYTES * (1 + sum(len(layer.packages) for layer in request.layers))
        self.images[request.tag] = OciBuild(digest, base, size)
        return self.images[request.tag]


def _key(release: Release) -> tuple[str, str, str]:
    return release.image, release.version, release.digest
