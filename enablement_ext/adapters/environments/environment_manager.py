"""All environments of this machine: making one for a given Python, listing them, and removing those that nothing needs."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from enablement_ext.adapters.environments.package import InstalledPackage
from enablement_ext.adapters.environments.pythons import find_interpreter, find_interpreters
from enablement_ext.adapters.environments.retirement import (
    IDLE_SECONDS,
    RECORD,
    family_of,
    idle_seconds,
    in_use,
    is_starting,
    locked,
    remove,
    remove_renamed,
)
from enablement_ext.adapters.environments.virtual_environments import UvEnvironments, no_report
from enablement_ext.core.errors import EnvironmentUnavailable
from enablement_ext.core.images.definition import PYTHONS
from enablement_ext.core.images.ports import LocalEnvironment
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.releases import Release


class UvEnvironmentManager:
    """Implements the port `EnvironmentManager` in the folder `root`, which hubs of this machine may share."""

    def __init__(self, root: Path, package: InstalledPackage, report: Callable[[str], None] = no_report) -> None:
        self._root = root
        self._package = package
        self._report = report

    def make(self, release: Release, python: str | None) -> LocalEnvironment:
        """Without a Python: the first of the release's that this machine has."""
        wanted = (python,) if python else release.python
        interpreter = next((one for version in wanted if (one := find_interpreter(version)) is not None), None)
        if interpreter is None:
            here = ", ".join(self.pythons()) or "none"
            raise EnvironmentUnavailable(
                f"{release.image}/{release.version}: Python {', '.join(wanted)} is not on this machine (here: {here}); "
                f"install it, or name another one with --python"
            )
        maker = UvEnvironments(self._root, self._package, interpreter.path, self._report)
        made = maker.make(release)
        return _described(Path(made.bin).parent)

    def listed(self) -> Sequence[LocalEnvironment]:
        return [_described(path.parents[1]) for path in sorted(self._root.glob(f"*/{RECORD}"))]

    def pythons(self) -> Mapping[str, str]:
        return find_interpreters(PYTHONS)

    def package_sizes(self, environment: LocalEnvironment) -> Mapping[str, int]:
        site = Path(environment.folder, "lib", f"python{environment.python}", "site-packages")
        return {
            canonical_name(info.name.split("-")[0]): sum(_record_sizes(site, info))
            for info in sorted(site.glob("*.dist-info"))
        }

    def collect(self, keep: frozenset[str], *, pretend: bool) -> Sequence[LocalEnvironment]:
        key = self._package.key()
        listed = {Path(environment.folder): environment for environment in self.listed()}
        gone = []
        for folder, environment in listed.items():
            idle = not folder.name.endswith(f"-{key}") and idle_seconds(folder) > IDLE_SECONDS
            if (environment.digest not in keep or idle) and self._remove(folder, pretend=pretend):
                gone.append(environment)
        for left_over in () if pretend else self._root.glob(".building-*"):
            # An interrupted build's process is gone; one that runs is left alone.
            if not Path("/proc", left_over.name.rpartition("-")[2]).exists():
                remove(left_over)
        return gone

    def _remove(self, folder: Path, *, pretend: bool) -> bool:
        """False where a server runs from it or may be about to."""
        with locked(self._root, family_of(folder)):
            if is_starting(folder) or in_use([folder]):
                return False
            if not pretend:
                self._report(f"removing {folder.name}")
                remove_renamed(folder, self._root)
        return True


def _described(folder: Path) -> LocalEnvironment:
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return LocalEnvironment(
        image=record["image"],
        release=record["release"],
        python=record["python"],
        digest=record["digest"],
        folder=str(folder),
        bytes=sum(status.st_size for status in _files(folder)),
        own_bytes=sum(status.st_size for status in _files(folder) if status.st_nlink == 1),
    )


def _files(folder: Path) -> Iterator[os.stat_result]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        else:
            yield entry.stat(follow_symlinks=False)


def _record_sizes(site: Path, info: Path) -> Iterator[int]:
    """Sizes of the files that a package's RECORD names, and of their bytecode."""
    with (info / "RECORD").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            path = site / row[0]
            if path.is_file():
                yield path.stat().st_size
            if path.suffix == ".py":
                yield from (cached.stat().st_size for cached in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"))
