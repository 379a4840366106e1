"""Ports of the image catalog, as Protocols: catalog store and source, solver, environments, smoke tests, usage, installed packages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from enablement_ext.core.images.catalog import Catalog
from enablement_ext.core.images.drift import PackageFolder
from enablement_ext.core.images.releases import Release


class CatalogStore(Protocol):
    """The catalog, where people edit intents and the tool writes releases. Every method raises BadCatalog when it cannot."""

    def read(self) -> Catalog:
        """All images that have a release."""
        ...

    def intents(self) -> Mapping[str, str]:
        """The text of every image.toml by the name of its folder, those without a release too."""
        ...

    def add_image(self, slug: str, intent: str) -> str:
        """Write a new intent; returns where. An existing one is never replaced."""
        ...

    def add_release(self, release: Release) -> str:
        """Write lock and record of a new release; returns where. Append-only."""
        ...

    def replace_record(self, release: Release) -> str:
        """Write the record of an existing release again; returns where. Atomic."""
        ...

    def published(self, revision: str) -> Catalog | None:
        """The catalog as of a revision of its history, None where there is no history or no such revision."""
        ...

    def copies(self) -> Mapping[str, str]:
        """Files kept beside the catalog that were rendered from it: kind of export -> path."""
        ...


@dataclass(frozen=True, slots=True)
class CatalogSnapshot:
    """The newest valid catalog. `problem` says what is wrong with what lies there now, "" when the catalog is just that."""

    catalog: Catalog
    problem: str


class CatalogSource(Protocol):
    """The catalog for a process that goes on running. Safe to use from several threads."""

    def now(self) -> CatalogSnapshot:
        """The catalog as it is now. Never raises; may read files, so call it from a worker thread. Fast when nothing changed."""
        ...


@dataclass(frozen=True, slots=True)
class LockRequest:
    """A question to the solver. `preferred` is an older lock's text whose versions are kept where nothing speaks against it."""

    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    python: str  # the oldest Python it must hold for
    cutoff: date  # packages published later do not exist
    preferred: str = ""
    upgrade: tuple[str, ...] = ()  # with `preferred`: these may move


class Solver(Protocol):
    """Finds versions. Blocking, may ask the package index."""

    def lock(self, request: LockRequest) -> str:
        """A hash lock for every platform, without addresses. Raises BadCatalog with the solver's words when there is no answer."""
        ...


@dataclass(frozen=True, slots=True)
class LocalEnvironment:
    """An environment on this machine: its folder, its Python, its bytes, and those of them that are only in it.

    The rest are hard links that it shares with other environments and with the package tool's cache.
    """

    image: str
    release: str
    python: str
    digest: str
    folder: str
    bytes: int
    own_bytes: int


class EnvironmentManager(Protocol):
    """All environments of this machine, whatever hub made them. Blocking."""

    def make(self, release: Release, python: str | None) -> LocalEnvironment:
        """The environment, made if need be. Raises EnvironmentUnavailable, NoSpace."""
        ...

    def listed(self) -> Sequence[LocalEnvironment]:
        """What is there and complete, by folder."""
        ...

    def pythons(self) -> Mapping[str, str]:
        """The Pythons that environments can be made with here: "3.11" -> path."""
        ...

    def package_sizes(self, environment: LocalEnvironment) -> Mapping[str, int]:
        """Bytes of every installed package, bytecode included, by normalised name."""
        ...

    def collect(self, keep: frozenset[str], *, pretend: bool) -> Sequence[LocalEnvironment]:
        """Remove the environments whose digest is not in `keep`, those of another Enablement that nobody asked for during a day, and
        left-overs of interrupted builds. Never one that a process uses or that a server may be about to start from.
        """
        ...


@dataclass(frozen=True, slots=True)
class SmokeTestResult:
    """The result of a smoke test. `problems` is empty for an environment that works; `steps` names the checks that ran."""

    steps: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartUpTimes:
    """Seconds until a server answers, and from the start of a first kernel to its first executed cell."""

    server_seconds: float
    kernel_seconds: float


class SmokeTester(Protocol):
    """Smoke-tests an environment: imports, a notebook in a kernel, a server with its extensions. Blocking."""

    def run(self, environment: LocalEnvironment, release: Release, smoke: str) -> SmokeTestResult:
        """All checks on one environment. Does not raise for what is wrong with it: that is a problem in the result."""
        ...

    def measure_startup(self, environment: LocalEnvironment) -> StartUpTimes:
        """One measurement of an environment. Infinite where it does not start."""
        ...


@dataclass(frozen=True, slots=True)
class ServerInUse:
    """A user's server that is running, or would be started again, with a release."""

    user: str
    server: str
    image: str
    release: str
    running: bool


@dataclass(frozen=True, slots=True)
class SubmissionInUse:
    """A submission that has not ended and was made in a release."""

    number: int
    title: str
    author: str
    image: str
    release: str


class ImageUsage(Protocol):
    """Who and what uses releases. Raises HubUnavailable, NotSignedIn, Forbidden, Unavailable."""

    def servers(self) -> Sequence[ServerInUse]:
        """Every server whose release is known, by user and server."""
        ...

    def submissions(self) -> Sequence[SubmissionInUse]:
        """Every submission that has not ended, by number."""
        ...


@dataclass(frozen=True, slots=True)
class ReleaseEnvironment:
    """A release made on this machine. `bin` is the folder with `python` and `jupyterhub-singleuser`; `python` is "3.11"."""

    image: str
    release: str
    digest: str
    python: str
    bin: str


class Environments(Protocol):
    """Releases as environments of this machine. Blocking: call it from a worker thread."""

    def ready(self, release: Release) -> ReleaseEnvironment | None:
        """The environment if it is there already, complete and with this Enablement in it; None otherwise. Fast.

        What was given out stays while a server may start from it.
        """
        ...

    def realise(self, release: Release) -> ReleaseEnvironment:
        """The environment, made first if need be. Atomic: an interrupted call leaves what was there usable, and two at once make one.

        Raises `EnvironmentUnavailable`, `NoSpace`.
        """
        ...


class InstalledPackages(Protocol):
    """What a kernel of this server would import. Blocking, and cheap when nothing changed."""

    def folders(self) -> Sequence[PackageFolder]:
        """The folders of Python's path that hold packages, first come first."""
        ...

    def imports(self) -> Mapping[str, Collection[str]]:
        """The names that can be imported, with the normalised names of the packages they come from.

        Dotted where packages share a folder: `google.cloud.storage`; the longest prefix of a module counts.
        """
        ...
